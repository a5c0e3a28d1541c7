// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

import {CalldataSlice} from "./CalldataSlice.sol";
import {K1Signature} from "./K1Signature.sol";
import {StaticQuery} from "./StaticQuery.sol";

/// @title Keys of sessions
/// @notice A session's signer is an address: that of a secp256k1 key, or one that commits to an ERC-7913 signer, the address of a
/// stateless verifier followed by a key of whatever kind it verifies.
library SessionSigner {
    using CalldataSlice for bytes;

    /// @dev Length of `r ‖ s ‖ v`. Encodings of other signatures are never so long.
    uint256 private constant K1_SIGNATURE_LENGTH = 65;

    /// @dev Length of the head of `abi.encode(bytes, bytes)`.
    uint256 private constant HEAD = 64;

    /// @dev Length of an address.
    uint256 private constant VERIFIER_LENGTH = 20;

    /// @notice Whether a session's key made a signature. Never reverts.
    /// @param signer Signer of the session; not zero.
    /// @param hash Signed hash.
    /// @param signature `r ‖ s ‖ v`, or `abi.encode(bytes verifierAndKey, bytes signature)`.
    /// @return True if it did.
    function hasSigned(address signer, bytes32 hash, bytes calldata signature) internal view returns (bool) {
        if (signature.length == K1_SIGNATURE_LENGTH) return K1Signature.recover(hash, signature) == signer;
        if (signature.length < HEAD) return false;
        (bool okKey, bytes calldata key) = signature.tryBytes(signature.word(0));
        (bool okInner, bytes calldata inner) = signature.tryBytes(signature.word(32));
        if (!okKey || !okInner || key.length < VERIFIER_LENGTH || addressOf(key) != signer) return false;
        bytes memory question = abi.encodeCall(IERC7913SignatureVerifier.verify, (key[VERIFIER_LENGTH:], hash, inner));
        bytes4 magic = IERC7913SignatureVerifier.verify.selector;
        return StaticQuery.answer(type(uint256).max, address(bytes20(key)), question) == bytes32(magic);
    }

    /// @notice Address that commits to an ERC-7913 signer.
    /// @param verifierAndKey Address of the verifier, followed by the key.
    /// @return The address.
    function addressOf(bytes calldata verifierAndKey) internal pure returns (address) {
        // Encoded with its length, it cannot be mistaken for the preimage of any other kind of address.
        return address(uint160(uint256(keccak256(abi.encode(verifierAndKey)))));
    }
}
