// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IWebAuthValidator} from "../interfaces/IWebAuthValidator.sol";

/// @title Names of passkeys
library PasskeyId {
    /// @dev Longest origin.
    uint256 private constant MAX_ORIGIN_LENGTH = 253;

    /// @dev Shortest credential id; authenticators use at least 100 random bits.
    uint256 private constant MIN_CREDENTIAL_ID_LENGTH = 16;

    /// @dev Longest credential id that WebAuthn allows.
    uint256 private constant MAX_CREDENTIAL_ID_LENGTH = 1023;

    /// @notice Id of a passkey: what its storage is keyed by, besides the account.
    /// @param rpIdHash SHA-256 of the relying party id.
    /// @param origin Origin.
    /// @param credentialId Credential id.
    /// @return The id.
    function derive(bytes32 rpIdHash, bytes calldata origin, bytes calldata credentialId)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(rpIdHash, origin.length, origin, credentialId));
    }

    /// @notice Reverts unless origin and credential id are well-formed.
    /// @dev An origin must have no quote and no backslash, so that it stands in client data as it is.
    /// @param origin Origin.
    /// @param credentialId Credential id.
    function check(string calldata origin, bytes calldata credentialId) internal pure {
        if (!_isPlain(bytes(origin))) revert IWebAuthValidator.WebAuthnInvalidOrigin(origin);
        uint256 length = credentialId.length;
        if (length < MIN_CREDENTIAL_ID_LENGTH || length > MAX_CREDENTIAL_ID_LENGTH) {
            revert IWebAuthValidator.WebAuthnInvalidCredentialIdLength(length);
        }
    }

    /// @notice SHA-256 of the relying party id that browsers use by default: the host of the origin.
    /// @dev Reverts if the origin has no host.
    /// @param origin Origin, `scheme://host` or `scheme://host:port`.
    /// @return SHA-256 of the host.
    function defaultRpIdHash(string calldata origin) internal pure returns (bytes32) {
        bytes calldata text = bytes(origin);
        uint256 start = 3;
        while (start < text.length && bytes3(text[start - 3:start]) != "://") ++start;
        uint256 end = start;
        while (end < text.length && text[end] != ":") ++end;
        if (start >= end) revert IWebAuthValidator.WebAuthnInvalidOrigin(origin);
        return sha256(text[start:end]);
    }

    /// @dev Whether an origin has an acceptable length and only acceptable characters.
    function _isPlain(bytes calldata origin) private pure returns (bool) {
        if (origin.length == 0 || origin.length > MAX_ORIGIN_LENGTH) return false;
        for (uint256 i = 0; i < origin.length; ++i) {
            bytes1 c = origin[i];
            if (c <= " " || c > "~" || c == '"' || c == "\\") return false;
        }
        return true;
    }
}
