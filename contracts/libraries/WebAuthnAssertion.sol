// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ClientData} from "./ClientData.sol";
import {MemorySlice} from "./MemorySlice.sol";
import {P256} from "./P256.sol";
import {PasskeyId} from "./PasskeyId.sol";
import {PasskeyPolicy} from "./PasskeyPolicy.sol";
import {Sha256} from "./Sha256.sol";

/// @title WebAuthn assertions
/// @notice Reads `abi.encode(bytes authenticatorData, string clientDataJSON, bytes32[2] rs, bytes credentialId)`. Never reverts.
/// @dev Follows "Verifying an Authentication Assertion" of WebAuthn Level 3 (§7.2): the comments name its steps. Steps about
/// the browser session, extensions and the signature counter, which synchronised passkeys do not keep, are skipped.
library WebAuthnAssertion {
    using MemorySlice for bytes;

    /// @dev Where the members' offsets and the signature stand in the head of the encoded assertion, and its length.
    uint256 private constant AUTHENTICATOR_DATA = 0;
    uint256 private constant CLIENT_DATA = 32;
    uint256 private constant R = 64;
    uint256 private constant S = 96;
    uint256 private constant CREDENTIAL_ID = 128;
    uint256 private constant HEAD = 160;

    /// @dev Authenticator data: hash of the relying party id, flags, counter. Extensions rarely add anything.
    uint256 private constant MIN_DATA_LENGTH = 37;
    uint256 private constant MAX_DATA_LENGTH = 1024;

    /// @notice Whether an assertion is encoded canonically and has members of acceptable lengths, consistent flags (steps 16 to
    /// 18, as far as a policy does not matter) and a canonical signature.
    /// @param assertion The encoded assertion.
    /// @return True if so.
    function isWellFormed(bytes memory assertion) internal pure returns (bool) {
        if (assertion.length < HEAD) return false;
        if (!_isCanonical(assertion)) return false;
        if (!PasskeyPolicy.areConsistent(flags(assertion))) return false;
        return P256.isCanonical(assertion.word(R), assertion.word(S));
    }

    /// @dev Whether the members stand one after the other, as all encoders write them, with nothing behind the last one.
    function _isCanonical(bytes memory assertion) private pure returns (bool) {
        // Lengths are bounded before they are used. What is too short wraps and becomes too long.
        unchecked {
            uint256 offset = HEAD;
            if (assertion.word(AUTHENTICATOR_DATA) != offset) return false;
            uint256 length = assertion.word(offset);
            if (length - MIN_DATA_LENGTH > MAX_DATA_LENGTH - MIN_DATA_LENGTH) return false;
            offset += _encodedLength(length);
            if (assertion.word(CLIENT_DATA) != offset) return false;
            length = assertion.word(offset);
            if (!ClientData.isProperLength(length)) return false;
            offset += _encodedLength(length);
            if (assertion.word(CREDENTIAL_ID) != offset) return false;
            length = assertion.word(offset);
            if (length > PasskeyId.MAX_CREDENTIAL_ID_LENGTH) return false;
            return offset + _encodedLength(length) == assertion.length;
        }
    }

    /// @dev Length of a member with its length word and padding.
    function _encodedLength(uint256 length) private pure returns (uint256) {
        unchecked {
            return (length + 63) & ~uint256(31);
        }
    }

    /// @notice Signature of an assertion.
    /// @param assertion The encoded assertion; well-formed.
    /// @return r First half.
    /// @return s Second half.
    function signature(bytes memory assertion) internal pure returns (uint256 r, uint256 s) {
        return (assertion.word(R), assertion.word(S));
    }

    /// @notice Flags of an assertion's authenticator data, for {PasskeyPolicy-isSatisfied}.
    /// @param assertion The encoded assertion; well-formed.
    /// @return The flags.
    function flags(bytes memory assertion) internal pure returns (uint256) {
        // They are the byte after the first word.
        return uint8(assertion.at(HEAD).word(1));
    }

    /// @notice Credential id of an assertion.
    /// @param assertion The encoded assertion; well-formed.
    /// @return The credential id, where it stands.
    function credentialId(bytes memory assertion) internal pure returns (bytes memory) {
        return assertion.at(assertion.word(CREDENTIAL_ID));
    }

    /// @notice Reads all other parts of an assertion, and destroys it.
    /// @dev Whether it is for the challenge is told apart: a dummy made for an estimate, which cannot be, costs as much as a
    /// real assertion.
    /// @param challenge The challenge.
    /// @param assertion The encoded assertion; well-formed.
    /// @return passkeyId Id of the passkey that it claims to be by. If the client data are malformed, it is nobody's.
    /// @return messageHash Hash that is signed.
    /// @return matches Whether it is for the challenge.
    function read(bytes32 challenge, bytes memory assertion)
        internal
        view
        returns (bytes32 passkeyId, bytes32 messageHash, bool matches)
    {
        bytes memory authenticatorData = assertion.at(HEAD);
        bytes memory clientData = assertion.at(assertion.word(CLIENT_DATA));
        bytes32 clientDataHash = Sha256.hash(clientData.start(), clientData.length);
        // Steps 11 to 14: type, challenge, origin, crossOrigin, topOrigin.
        bytes memory webOrigin;
        (matches, webOrigin) = ClientData.read(clientData, challenge);
        // Step 15: the hash of the relying party id is part of the passkey's id.
        passkeyId = PasskeyId.derive(bytes32(authenticatorData.word(0)), webOrigin, credentialId(assertion));
        // Steps 20 and 21: what is signed are the authenticator data and the hash, which is written behind them.
        unchecked {
            uint256 start = authenticatorData.start();
            uint256 end = start + authenticatorData.length;
            assembly ("memory-safe") {
                mstore(end, clientDataHash)
            }
            messageHash = Sha256.hash(start, end + 32 - start);
        }
    }
}
