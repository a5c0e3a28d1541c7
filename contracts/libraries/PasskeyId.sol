// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IWebAuthValidator} from "../interfaces/IWebAuthValidator.sol";
import {MemorySlice} from "./MemorySlice.sol";
import {Sha256} from "./Sha256.sol";

/// @title Names of passkeys
library PasskeyId {
    using MemorySlice for bytes;

    /// @dev Longest origin.
    uint256 private constant MAX_ORIGIN_LENGTH = 253;

    /// @dev Shortest credential id; authenticators use at least 100 random bits.
    uint256 private constant MIN_CREDENTIAL_ID_LENGTH = 16;

    /// @notice Longest credential id that WebAuthn allows.
    uint256 internal constant MAX_CREDENTIAL_ID_LENGTH = 1023;

    /// @dev Acceptable characters of an origin, a bit for each: printable ASCII without quote and backslash.
    uint256 private constant PLAIN = (1 << 0x7f) - (1 << 0x21) - (1 << 0x22) - (1 << 0x5c);

    uint256 private constant COLON = 0x3a;

    /// @dev What follows the colon between the scheme and the host of an origin.
    uint256 private constant SLASHES = uint16(bytes2("//"));

    /// @notice Id of a passkey: what its storage is keyed by, besides the account.
    /// @param rpIdHash SHA-256 of the relying party id.
    /// @param webOrigin Origin.
    /// @param credentialId Credential id.
    /// @return id The id.
    function derive(bytes32 rpIdHash, bytes memory webOrigin, bytes memory credentialId)
        internal
        pure
        returns (bytes32 id)
    {
        // Equals `keccak256(abi.encodePacked(rpIdHash, webOrigin.length, webOrigin, credentialId))`, without allocating that.
        assembly ("memory-safe") {
            let start := mload(64)
            let length := add(mload(webOrigin), 64)
            mstore(start, rpIdHash)
            mcopy(add(start, 32), webOrigin, sub(length, 32))
            mcopy(add(start, length), add(credentialId, 32), mload(credentialId))
            id := keccak256(start, add(length, mload(credentialId)))
        }
    }

    /// @notice As {derive}, for a relying party that may be the default one.
    /// @dev Reverts if it is and the origin has no host.
    /// @param rpIdHash SHA-256 of the relying party id; zero for the host of the origin.
    /// @param origin Origin.
    /// @param credentialId Credential id.
    /// @return The id.
    function resolve(bytes32 rpIdHash, bytes memory origin, bytes memory credentialId) internal view returns (bytes32) {
        return derive(rpIdHash == 0 ? defaultRpIdHash(origin) : rpIdHash, origin, credentialId);
    }

    /// @notice Reverts unless origin and credential id are well-formed.
    /// @dev An origin must have no quote and no backslash, so that it stands in client data as it is.
    /// @param origin Origin.
    /// @param credentialId Credential id.
    function check(bytes memory origin, bytes memory credentialId) internal pure {
        if (!_isPlain(origin)) _refuse(origin);
        uint256 length = credentialId.length;
        // What is too short wraps and becomes too long.
        unchecked {
            if (length - MIN_CREDENTIAL_ID_LENGTH <= MAX_CREDENTIAL_ID_LENGTH - MIN_CREDENTIAL_ID_LENGTH) return;
        }
        revert IWebAuthValidator.WebAuthnInvalidCredentialIdLength(length);
    }

    /// @notice SHA-256 of the relying party id that browsers use by default: the host of the origin.
    /// @dev Reverts if the origin has no host.
    /// @param origin Origin, `scheme://host` or `scheme://host:port`.
    /// @return SHA-256 of the host.
    function defaultRpIdHash(bytes memory origin) internal view returns (bytes32) {
        unchecked {
            uint256 end = origin.start() + origin.length;
            uint256 colon = _colon(origin.start(), end);
            uint256 host = colon + 3;
            end = _colon(host, end);
            if (host >= end) _refuse(origin);
            if (MemorySlice.wordAt(colon + 1) >> 240 != SLASHES) _refuse(origin);
            return Sha256.hash(host, end - host);
        }
    }

    /// @dev Address of the first colon from an address on; the end, or the address if that is behind, if there is none.
    function _colon(uint256 from, uint256 end) private pure returns (uint256) {
        unchecked {
            for (; from < end; ++from) {
                if (MemorySlice.wordAt(from) >> 248 == COLON) break;
            }
        }
        return from;
    }

    /// @dev Whether an origin has an acceptable length and only acceptable characters.
    function _isPlain(bytes memory origin) private pure returns (bool) {
        unchecked {
            // The empty one wraps and becomes too long.
            if (origin.length - 1 >= MAX_ORIGIN_LENGTH) return false;
            uint256 end = origin.start() + origin.length;
            for (uint256 from = origin.start(); from < end; ++from) {
                if (PLAIN >> (MemorySlice.wordAt(from) >> 248) & 1 == 0) return false;
            }
        }
        return true;
    }

    /// @dev Reverts because of an origin.
    function _refuse(bytes memory origin) private pure {
        revert IWebAuthValidator.WebAuthnInvalidOrigin(string(origin));
    }
}
