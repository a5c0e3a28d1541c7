// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Passkeys as signers
/// @notice Keeps P-256 keys per account and checks WebAuthn assertions made with them.
/// @dev A key is found by relying party, origin, credential and account. Functions without `rpIdHash` mean the relying party
/// id that browsers use by default: the host of the origin.
///
/// A signature is `abi.encode(bytes authenticatorData, string clientDataJSON, bytes32[2] rs, bytes credentialId)`, encoded
/// canonically; the challenge is the signed hash. Accepted are assertions with user presence, with user verification unless the
/// passkey's policy says otherwise, with low `s`, and with client data exactly as browsers serialise it (WebAuthn §5.8.1.2):
/// type, challenge, origin, then `crossOrigin` false or absent, then nothing or further keys.
interface IWebAuthValidator {
    /// @notice A passkey was added.
    /// @param keyOwner The account.
    /// @param originDomain Origin at which the passkey is used.
    /// @param credentialId Credential id.
    event PasskeyCreated(address indexed keyOwner, string originDomain, bytes credentialId);

    /// @notice A passkey was removed.
    /// @param keyOwner The account.
    /// @param originDomain Origin at which the passkey was used.
    /// @param credentialId Credential id.
    event PasskeyRemoved(address indexed keyOwner, string originDomain, bytes credentialId);

    /// @notice All passkeys of an account were removed at once, because it uninstalled the validator.
    /// @param keyOwner The account.
    event AllPasskeysRemoved(address indexed keyOwner);

    /// @notice The data given at installation is not the encoding of a passkey.
    error WebAuthnInvalidInstallData();

    /// @notice The account has this passkey already.
    error WebAuthnKeyAlreadyExists();

    /// @notice The account does not have this passkey.
    error WebAuthnKeyNotFound();

    /// @notice The point is not on the P-256 curve.
    /// @param x First coordinate.
    /// @param y Second coordinate.
    error WebAuthnInvalidKey(bytes32 x, bytes32 y);

    /// @notice The origin is not 1 to 253 printable ASCII characters without quotes and backslashes, or has no host from
    /// which to take the relying party id.
    /// @param originDomain The origin.
    error WebAuthnInvalidOrigin(string originDomain);

    /// @notice The credential id is not 16 to 1023 bytes long.
    /// @param length Its length.
    error WebAuthnInvalidCredentialIdLength(uint256 length);

    /// @notice The word is not a policy.
    /// @param policy The word.
    error WebAuthnInvalidPolicy(uint256 policy);

    /// @notice The account has as many passkeys as it may.
    /// @param limit The highest number of passkeys.
    error WebAuthnTooManyKeys(uint256 limit);

    /// @notice Without this passkey nobody could sign for the account.
    error WebAuthnLastRootSigner();

    /// @notice Adds a passkey to the calling account, for the relying party named by the origin's host. Its user must be
    /// verified each time.
    /// @dev Reverts if the passkey exists, whatever its key and policy; if the point is off the curve or has a second coordinate
    /// below 256, which no authenticator makes; if the origin or the credential id is malformed; or if the account has too many
    /// passkeys.
    /// @param credentialId Credential id.
    /// @param rawPublicKey Coordinates x and y of the public key.
    /// @param originDomain Full origin as it appears in the client data, for instance `https://example.com:8443`.
    function addValidationKey(
        bytes calldata credentialId,
        bytes32[2] calldata rawPublicKey,
        string calldata originDomain
    ) external;

    /// @notice Adds a passkey to the calling account with everything that may be said about it.
    /// @dev Reverts as {addValidationKey}, or if the policy is unknown.
    /// @param credentialId Credential id.
    /// @param rawPublicKey Coordinates x and y of the public key.
    /// @param originDomain Full origin.
    /// @param rpIdHash SHA-256 of the relying party id; zero for the host of the origin.
    /// @param policy What assertions must show; see {PasskeyPolicy}. Zero requires user verification.
    function addPasskey(
        bytes calldata credentialId,
        bytes32[2] calldata rawPublicKey,
        string calldata originDomain,
        bytes32 rpIdHash,
        uint256 policy
    ) external;

    /// @notice Removes a passkey of the calling account.
    /// @dev Reverts if the account does not have it, or if nobody could sign for the account afterwards.
    /// @param credentialId Credential id.
    /// @param originDomain Full origin.
    function removeValidationKey(bytes calldata credentialId, string calldata originDomain) external;

    /// @notice Removes a passkey whose relying party id is not the origin's host.
    /// @dev Reverts as {removeValidationKey}.
    /// @param credentialId Credential id.
    /// @param originDomain Full origin.
    /// @param rpIdHash SHA-256 of the relying party id; zero for the host of the origin.
    function removePasskey(bytes calldata credentialId, string calldata originDomain, bytes32 rpIdHash) external;

    /// @notice Public key of a passkey.
    /// @param originDomain Full origin.
    /// @param credentialId Credential id.
    /// @param account The account.
    /// @return Coordinates x and y; zeros if the account does not have the passkey.
    function getAccountKey(string calldata originDomain, bytes calldata credentialId, address account)
        external
        view
        returns (bytes32[2] memory);

    /// @notice Public key and policy of a passkey.
    /// @param id Id of the passkey; see {listKeys}.
    /// @param account The account.
    /// @return x First coordinate; zero if the account does not have the passkey.
    /// @return y Second coordinate; zero if the account does not have the passkey.
    /// @return policy Its policy.
    function getPasskey(bytes32 id, address account) external view returns (bytes32 x, bytes32 y, uint256 policy);

    /// @notice First account that registered a credential and still has it.
    /// @dev Anybody may register any credential id for their own account. Who must be sure compares public keys over
    /// {registeredAccounts}.
    /// @param originDomain Full origin.
    /// @param credentialId Credential id.
    /// @return account The account, or zero.
    function registeredAddress(string calldata originDomain, bytes calldata credentialId)
        external
        view
        returns (address account);

    /// @notice Accounts that registered a credential and still have it, oldest first.
    /// @param originDomain Full origin.
    /// @param credentialId Credential id.
    /// @param offset Number of registrations to skip.
    /// @param limit Highest number of registrations to look at.
    /// @return accounts The accounts.
    function registeredAccounts(
        string calldata originDomain,
        bytes calldata credentialId,
        uint256 offset,
        uint256 limit
    ) external view returns (address[] memory accounts);

    /// @notice Ids of the passkeys of an account. An id is
    /// `keccak256(rpIdHash ‖ uint256(length of origin) ‖ origin ‖ credentialId)`.
    /// @param account The account.
    /// @return ids The ids.
    function listKeys(address account) external view returns (bytes32[] memory ids);
}
