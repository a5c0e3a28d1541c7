// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Transaction} from "../types/Transaction.sol";

/// @title Signed hash of type-113 transactions
/// @notice EIP-712 hash over domain `zkSync`, version `2`, and this chain's id. It commits to the sender.
library TransactionHash {
    /// @dev Transaction type whose hash this is.
    uint256 internal constant EIP712_TX_TYPE = 113;

    bytes32 private constant DOMAIN_TYPEHASH = keccak256("EIP712Domain(string name,string version,uint256 chainId)");

    bytes32 private constant TRANSACTION_TYPEHASH = keccak256(
        "Transaction(uint256 txType,uint256 from,uint256 to,uint256 gasLimit,uint256 gasPerPubdataByteLimit,"
        "uint256 maxFeePerGas,uint256 maxPriorityFeePerGas,uint256 paymaster,uint256 nonce,uint256 value,bytes data,"
        "bytes32[] factoryDeps,bytes paymasterInput)"
    );

    /// @notice Hashes a transaction.
    /// @param transaction The transaction; its type is hashed, not checked.
    /// @return The hash.
    function hash(Transaction calldata transaction) internal view returns (bytes32) {
        bytes32 domain = keccak256(abi.encode(DOMAIN_TYPEHASH, keccak256("zkSync"), keccak256("2"), block.chainid));
        return keccak256(abi.encodePacked("\x19\x01", domain, _structHash(transaction)));
    }

    /// @dev Hash of the `Transaction` struct. Its first ten members are the first ten words of the calldata struct.
    function _structHash(Transaction calldata transaction) private pure returns (bytes32) {
        bytes memory head = new bytes(320);
        // Equals `abi.encode(transaction.txType, …, transaction.value)`.
        assembly ("memory-safe") {
            calldatacopy(add(head, 32), transaction, 320)
        }
        return keccak256(
            bytes.concat(
                TRANSACTION_TYPEHASH,
                head,
                keccak256(transaction.data),
                keccak256(abi.encodePacked(transaction.factoryDeps)),
                keccak256(transaction.paymasterInput)
            )
        );
    }
}
