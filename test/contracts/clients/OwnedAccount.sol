// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {K1Signature} from "../../../contracts/libraries/K1Signature.sol";
import {SystemContracts} from "../../../contracts/system/SystemContracts.sol";
import {Transaction} from "../../../contracts/types/Transaction.sol";

/// @title Smart account with one key
contract OwnedAccount {
    using K1Signature for bytes32;

    address private immutable _OWNER;

    /// @notice A transaction's call failed.
    error OwnedAccountCallFailed();

    /// @notice The bootloader did not take the fee.
    error OwnedAccountPaymentFailed();

    /// @notice Creates the account.
    /// @param owner Address of its key.
    constructor(address owner) {
        _OWNER = owner;
    }

    /// @notice Takes ether.
    receive() external payable {}

    /// @notice Agrees to what the owner signed.
    /// @param signedHash Hash that the owner has to sign.
    /// @param transaction The transaction.
    /// @return magic Agreement, or zero.
    function validateTransaction(bytes32, bytes32 signedHash, Transaction calldata transaction)
        external
        payable
        returns (bytes4 magic)
    {
        SystemContracts.useNonce(transaction.nonce);
        if (signedHash.recover(transaction.signature) == _OWNER) magic = this.validateTransaction.selector;
    }

    /// @notice Pays the fee.
    /// @param transaction The transaction.
    function payForTransaction(bytes32, bytes32, Transaction calldata transaction) external payable {
        if (!SystemContracts.payBootloader(transaction.maxFeePerGas * transaction.gasLimit)) {
            revert OwnedAccountPaymentFailed();
        }
    }

    /// @notice Has nothing to prepare.
    function prepareForPaymaster(bytes32, bytes32, Transaction calldata) external payable {}

    /// @notice Makes the transaction's call.
    /// @param transaction The transaction.
    function executeTransaction(bytes32, bytes32, Transaction calldata transaction) external payable {
        (bool success,) = address(uint160(transaction.to)).call{value: transaction.value}(transaction.data);
        if (!success) revert OwnedAccountCallFailed();
    }
}
