// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

import {MemorySlice} from "../libraries/MemorySlice.sol";
import {P256} from "../libraries/P256.sol";
import {PasskeyId} from "../libraries/PasskeyId.sol";
import {PasskeyPolicy} from "../libraries/PasskeyPolicy.sol";
import {WebAuthnAssertion} from "../libraries/WebAuthnAssertion.sol";

/// @title ERC-7913 verifier of WebAuthn assertions
/// @notice The key is `abi.encodePacked(bytes32 x, bytes32 y, bytes32 rpIdHash, uint8 policy, string origin)`; see
/// {PasskeyPolicy}. The signature is the one that {IWebAuthValidator} takes, and its challenge is the hash. Which credential of
/// the relying party made it does not matter: the public key tells.
/// @dev Has no storage and no immutables, so that it may be called in the validation step. Never reverts. Points off the
/// curve verify nothing: the precompile refuses them.
contract WebAuthnVerifier is IERC7913SignatureVerifier {
    using MemorySlice for bytes;
    using WebAuthnAssertion for bytes;

    /// @dev Answer for anything but a valid signature.
    bytes4 private constant INVALID = 0xffffffff;

    /// @dev Where the parts of a key stand.
    uint256 private constant X = 0;
    uint256 private constant Y = 32;
    uint256 private constant RP_ID_HASH = 64;
    uint256 private constant POLICY = 96;
    uint256 private constant ORIGIN = 97;

    /// @inheritdoc IERC7913SignatureVerifier
    function verify(bytes memory key, bytes32 hash, bytes memory signature) external view returns (bytes4) {
        if (key.length <= ORIGIN || !signature.isWellFormed()) return INVALID;
        uint256 policy = key.word(POLICY) >> 248;
        if (!PasskeyPolicy.isKnown(policy) || !PasskeyPolicy.isSatisfied(policy, signature.flags())) return INVALID;
        return _isSignedBy(key, hash, signature) ? IERC7913SignatureVerifier.verify.selector : INVALID;
    }

    /// @dev Whether a well-formed assertion for a hash was made with a key. Destroys both.
    function _isSignedBy(bytes memory key, bytes32 hash, bytes memory assertion) private view returns (bool) {
        (uint256 r, uint256 s) = assertion.signature();
        (uint256 x, uint256 y) = (key.word(X), key.word(Y));
        // What the passkey would be called if the credential were its own.
        bytes32 expected = PasskeyId.derive(bytes32(key.word(RP_ID_HASH)), _origin(key), assertion.credentialId());
        (bytes32 id, bytes32 messageHash, bool matches) = WebAuthnAssertion.read(hash, assertion);
        // Asked first, so that a dummy made for an estimate costs as much as a real assertion.
        return P256.verify(messageHash, r, s, x, y) && matches && id == expected;
    }

    /// @dev Makes the origin in a key a string of its own by writing its length before it, over other parts.
    function _origin(bytes memory key) private pure returns (bytes memory webOrigin) {
        uint256 length = key.length - ORIGIN;
        assembly ("memory-safe") {
            webOrigin := add(key, ORIGIN)
            mstore(webOrigin, length)
        }
    }
}
