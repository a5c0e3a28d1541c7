// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @notice What a recovery does to an account: adds a passkey, a secp256k1 owner or both, and then, if asked, takes away old
/// signers. Guardians approve exactly this.
/// @dev Only what is named here happens, in this order: the passkey is added, the owner is added, the passkeys are removed,
/// the owners are removed, the sessions are closed. Removals of signers that are gone already are skipped, and so are
/// additions of signers that are there already.
/// @param webAuthValidator Installed passkey validator of the account that passkeys are added to and removed from; zero if
/// the request names no passkey.
/// @param credentialIdHash `keccak256` of the new passkey's credential id; zero, like the next three, for no new passkey.
/// @param rpIdHash SHA-256 of the new passkey's relying party id; zero means the host of the origin.
/// @param keyX First coordinate of the new passkey's public key.
/// @param keyY Second coordinate of the new passkey's public key.
/// @param owner New secp256k1 owner; zero for none.
/// @param removedPasskeys Ids of passkeys to remove, as {IWebAuthValidator-listKeys} has them, in ascending order. Only
/// passkeys of the group's own origin can be removed.
/// @param removedOwners secp256k1 owners to remove, in ascending order.
/// @param sessionValidator Installed session validator of the account whose sessions are all closed; zero to leave them.
/// @param deadline Latest time at which guardians may approve, in seconds.
struct RecoveryRequest {
    address webAuthValidator;
    bytes32 credentialIdHash;
    bytes32 rpIdHash;
    bytes32 keyX;
    bytes32 keyY;
    address owner;
    bytes32[] removedPasskeys;
    address[] removedOwners;
    address sessionValidator;
    uint256 deadline;
}

/// @notice What the hashes in a request stand for; needed when it is carried out.
/// @param origin Origin of all passkeys in the request; its `keccak256` is the group's domain.
/// @param credentialId Credential id of the new passkey.
/// @param removedPasskeys The passkeys to remove, in the order of the request.
struct RecoveryReveal {
    string origin;
    bytes credentialId;
    PasskeyReveal[] removedPasskeys;
}

/// @notice A passkey at a known origin.
/// @param credentialId Credential id.
/// @param rpIdHash SHA-256 of the relying party id.
struct PasskeyReveal {
    bytes credentialId;
    bytes32 rpIdHash;
}

/// @notice Approval of a request by a guardian that does not send a transaction.
/// @param guardian The guardian.
/// @param signature ECDSA signature (65 bytes, low `s`) of a guardian without code, else what its ERC-1271 function accepts.
struct GuardianSignature {
    address guardian;
    bytes signature;
}

/// @notice A guardian as views show it.
/// @param addr The guardian.
/// @param isReady Whether it has accepted.
/// @param addedAt When it accepted or, until then, when it was proposed, in seconds.
struct Guardian {
    address addr;
    bool isReady;
    uint64 addedAt;
}

/// @notice The passkey that a running recovery adds, as views show it.
/// @param hashedCredentialId `keccak256` of its credential id; zero if no recovery runs or if it adds no passkey.
/// @param rawPublicKey Coordinates x and y.
/// @param timestamp When the recovery started; zero if none runs.
struct PendingPasskey {
    bytes32 hashedCredentialId;
    bytes32[2] rawPublicKey;
    uint256 timestamp;
}

/// @notice A running recovery as views show it; all zero if none runs.
/// @param requestHash Hash of its request.
/// @param approvals Number of guardians that approved it.
/// @param startedAt When the last missing guardian approved it, in seconds.
/// @param readyAt First moment at which it can be finished.
/// @param expiresAt First moment at which it can no longer be finished.
struct RecoveryStatus {
    bytes32 requestHash;
    uint256 approvals;
    uint256 startedAt;
    uint256 readyAt;
    uint256 expiresAt;
}

/// @notice Settings of a group of guardians as views show them.
/// @param threshold Number of guardians that must approve a recovery.
/// @param guardians Number of guardians that have accepted.
/// @param delay Time between start and finish of a recovery that starts now, in seconds.
/// @param nextDelay Lower delay that was asked for; zero if none was.
/// @param nextDelayAt When the lower delay takes effect; zero if none was asked for.
struct GroupSettings {
    uint256 threshold;
    uint256 guardians;
    uint256 delay;
    uint256 nextDelay;
    uint256 nextDelayAt;
}
