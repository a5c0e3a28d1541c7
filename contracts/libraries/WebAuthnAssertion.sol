// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {CalldataSlice} from "./CalldataSlice.sol";
import {ClientData} from "./ClientData.sol";
import {P256} from "./P256.sol";
import {PasskeyId} from "./PasskeyId.sol";

/// @title WebAuthn assertions
/// @notice Reads `abi.encode(bytes authenticatorData, string clientDataJSON, bytes32[2] rs, bytes credentialId)` and checks
/// everything about it but the public key. Never reverts.
/// @dev Follows "Verifying an Authentication Assertion" of WebAuthn Level 3 (§7.2): the comments name its steps. Steps about
/// the browser session, extensions and the signature counter, which synchronised passkeys do not keep, are skipped.
library WebAuthnAssertion {
    using CalldataSlice for bytes;

    /// @dev Length of the head of the encoded assertion.
    uint256 private constant HEAD = 160;

    /// @dev Hash of the relying party id, flags, counter.
    uint256 private constant MIN_AUTHENTICATOR_DATA_LENGTH = 37;

    /// @dev Longest authenticator data looked at; extensions rarely add anything.
    uint256 private constant MAX_AUTHENTICATOR_DATA_LENGTH = 1024;

    /// @dev User present (bit 0) and user verified (bit 2).
    uint8 private constant PRESENT_AND_VERIFIED = 0x05;

    /// @dev Backup eligible (bit 3).
    uint8 private constant BACKUP_ELIGIBLE = 0x08;

    /// @dev Backed up (bit 4).
    uint8 private constant BACKED_UP = 0x10;

    /// @notice What has to be checked with a public key.
    /// @param passkeyId Id of the passkey that the assertion claims to be by.
    /// @param messageHash Hash that is signed.
    /// @param r First half of the signature.
    /// @param s Second half of the signature.
    struct Claim {
        bytes32 passkeyId;
        bytes32 messageHash;
        uint256 r;
        uint256 s;
    }

    /// @notice Reads and checks an assertion.
    /// @param challenge Hash that the assertion must be for.
    /// @param assertion The encoded assertion.
    /// @return ok Whether it passes all checks that need no public key.
    /// @return claim What remains to be checked; empty if not ok.
    function read(bytes32 challenge, bytes calldata assertion) internal pure returns (bool ok, Claim memory claim) {
        if (assertion.length < HEAD) return (false, claim);
        (bool okAuth, bytes calldata authenticatorData) = assertion.tryBytes(assertion.word(0));
        (bool okClient, bytes calldata clientData) = assertion.tryBytes(assertion.word(32));
        (bool okId, bytes calldata credentialId) = assertion.tryBytes(assertion.word(128));
        if (!okAuth || !okClient || !okId || !_hasGoodFlags(authenticatorData)) return (false, claim);
        claim.r = assertion.word(64);
        claim.s = assertion.word(96);
        if (!P256.isCanonical(claim.r, claim.s) || clientData.length > ClientData.MAX_LENGTH) return (false, claim);
        // Steps 11 to 14: type, challenge, origin, crossOrigin, topOrigin.
        bytes memory client = clientData;
        (bool okData, uint256 start, uint256 end) = ClientData.parse(client, challenge);
        if (!okData) return (false, claim);
        // Step 15: the hash of the relying party id is part of the passkey's id.
        claim.passkeyId = PasskeyId.derive(bytes32(authenticatorData.word(0)), clientData[start:end], credentialId);
        // Steps 20 and 21: the signed message is authenticatorData ‖ hash of clientData.
        claim.messageHash = sha256(abi.encodePacked(authenticatorData, sha256(client)));
        return (true, claim);
    }

    /// @dev Steps 16 to 18: user present, user verified, and nothing backed up that is not eligible for it.
    function _hasGoodFlags(bytes calldata authenticatorData) private pure returns (bool) {
        uint256 length = authenticatorData.length;
        if (length < MIN_AUTHENTICATOR_DATA_LENGTH || length > MAX_AUTHENTICATOR_DATA_LENGTH) return false;
        uint8 flags = uint8(authenticatorData[32]);
        bool consistent = flags & BACKED_UP == 0 || flags & BACKUP_ELIGIBLE != 0;
        return consistent && flags & PRESENT_AND_VERIFIED == PRESENT_AND_VERIFIED;
    }
}
