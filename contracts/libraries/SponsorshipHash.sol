// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Sponsorship} from "../types/SponsorTypes.sol";

/// @title EIP-712 hash of a sponsorship
/// @notice Bound to this chain and this contract.
library SponsorshipHash {
    string internal constant DOMAIN_NAME = "zksso sponsor paymaster";

    string internal constant DOMAIN_VERSION = "1";

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    bytes32 private constant SPONSORSHIP_TYPEHASH = keccak256(
        "Sponsorship(address from,address to,uint256 value,bytes data,uint256 nonce,uint256 maxFeePerGas,uint256 gasLimit,"
        "address token,uint48 validUntil)"
    );

    /// @notice Hashes a sponsorship.
    /// @param sponsorship The sponsorship.
    /// @return The hash.
    function hash(Sponsorship memory sponsorship) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                DOMAIN_TYPEHASH,
                keccak256(bytes(DOMAIN_NAME)),
                keccak256(bytes(DOMAIN_VERSION)),
                block.chainid,
                address(this)
            )
        );
        // All members are static, so the struct is encoded word by word.
        bytes32 structHash = keccak256(abi.encode(SPONSORSHIP_TYPEHASH, sponsorship));
        return keccak256(abi.encodePacked("\x19\x01", domain, structHash));
    }
}
