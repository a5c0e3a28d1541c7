// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {
    GroupSettings,
    Guardian,
    GuardianSignature,
    PendingPasskey,
    RecoveryRequest,
    RecoveryReveal,
    RecoveryStatus
} from "../types/RecoveryTypes.sol";

/// @title Recovery by guardians
/// @notice Lets guardians whom an account has chosen give it new signers after a delay in which the account can object.
/// @dev An account has one group of guardians per domain, `keccak256` of the origin at which its passkeys are used.
///
/// How a recovery goes: guardians approve a request, each by a call or by an EIP-712 signature that anybody relays. When as
/// many as the threshold have approved the same request, its delay starts. After the delay, and for three days, anybody may
/// finish it, at their own cost. Until then the account can discard it.
///
/// Hashes of requests are EIP-712 hashes; they carry chain, this contract, account, domain and a nonce of the group. The nonce
/// goes up when a recovery starts, is finished or is discarded, and when the module is installed or uninstalled. The running
/// recovery keeps the nonce it started with, so guardians can still add to its approvals. A request other than the running one
/// needs the full threshold, too; it then takes the running one's place with a delay of its own.
///
/// Approvals that a recovery has lost, because their guardian was removed or the threshold was raised, void it if too few are
/// left. Recovery helps who lost their keys. It cannot help against a thief who holds one, since whoever acts for the account
/// can discard recoveries. Nor can it help against a hook that refuses it: hooks see recoveries like all that executors do, and
/// only a signer can schedule the removal of a hook. Who relies on guardians should install no hook that they do not trust.
interface IGuardianRecovery {
    /// @notice An account proposed a guardian.
    /// @param account The account.
    /// @param hashedOriginDomain Domain of the group.
    /// @param guardian The guardian.
    event GuardianProposed(address indexed account, bytes32 indexed hashedOriginDomain, address indexed guardian);

    /// @notice A guardian accepted.
    /// @param account The account.
    /// @param hashedOriginDomain Domain of the group.
    /// @param guardian The guardian.
    event GuardianAdded(address indexed account, bytes32 indexed hashedOriginDomain, address indexed guardian);

    /// @notice An account removed a guardian.
    /// @param account The account.
    /// @param hashedOriginDomain Domain of the group.
    /// @param guardian The guardian.
    event GuardianRemoved(address indexed account, bytes32 indexed hashedOriginDomain, address indexed guardian);

    /// @notice An account set the threshold of a group.
    /// @param account The account.
    /// @param hashedOriginDomain Domain of the group.
    /// @param threshold Number of guardians that must approve.
    event ThresholdChanged(address indexed account, bytes32 indexed hashedOriginDomain, uint256 threshold);

    /// @notice An account set the delay of a group.
    /// @param account The account.
    /// @param hashedOriginDomain Domain of the group.
    /// @param delay The delay, in seconds.
    /// @param effectiveAt When it takes effect, in seconds.
    event DelayChanged(address indexed account, bytes32 indexed hashedOriginDomain, uint256 delay, uint256 effectiveAt);

    /// @notice All groups and recoveries of an account were forgotten, because it installed or uninstalled the module.
    /// @param account The account.
    event GuardiansForgotten(address indexed account);

    /// @notice A guardian approved a request.
    /// @param account Account to recover.
    /// @param requestHash Hash of the request.
    /// @param guardian The guardian.
    /// @param hashedOriginDomain Domain of the group.
    /// @param request The request.
    event RecoveryApproved(
        address indexed account,
        bytes32 indexed requestHash,
        address indexed guardian,
        bytes32 hashedOriginDomain,
        RecoveryRequest request
    );

    /// @notice Enough guardians approved: the delay of a recovery started.
    /// @param account Account to recover.
    /// @param hashedOriginDomain Domain of the group.
    /// @param hashedCredentialId `keccak256` of the new passkey's credential id; zero if there is none.
    /// @param guardian Guardian whose approval was the last one.
    event RecoveryInitiated(
        address indexed account,
        bytes32 indexed hashedOriginDomain,
        bytes32 indexed hashedCredentialId,
        address guardian
    );

    /// @notice A recovery was carried out.
    /// @param account The account.
    /// @param hashedOriginDomain Domain of the group.
    /// @param hashedCredentialId `keccak256` of the new passkey's credential id; zero if there is none.
    event RecoveryFinished(
        address indexed account, bytes32 indexed hashedOriginDomain, bytes32 indexed hashedCredentialId
    );

    /// @notice A recovery will not be carried out: the account discarded it, another one took its place, or it lost approvals.
    /// Also emitted when the account discards approvals while no recovery is running.
    /// @param account The account.
    /// @param hashedOriginDomain Domain of the group.
    /// @param hashedCredentialId `keccak256` of the new passkey's credential id; zero if there is none.
    event RecoveryDiscarded(
        address indexed account, bytes32 indexed hashedOriginDomain, bytes32 indexed hashedCredentialId
    );

    /// @notice The account has not installed this module as an executor.
    /// @param account The account.
    error RecoveryModuleNotInstalled(address account);

    /// @notice The address cannot be a guardian: zero or the account itself.
    /// @param guardian The address.
    error RecoveryInvalidGuardian(address guardian);

    /// @notice The guardian is in the group already.
    /// @param guardian The guardian.
    error RecoveryGuardianAlreadyProposed(address guardian);

    /// @notice The account has not proposed the guardian.
    /// @param guardian The guardian.
    error RecoveryGuardianNotProposed(address guardian);

    /// @notice The guardian is not in the group.
    /// @param guardian The guardian.
    error RecoveryGuardianNotFound(address guardian);

    /// @notice The address is not a guardian that has accepted.
    /// @param guardian The address.
    error RecoveryGuardianNotActive(address guardian);

    /// @notice The group has as many guardians as it may.
    /// @param limit The highest number of guardians.
    error RecoveryTooManyGuardians(uint256 limit);

    /// @notice The threshold is zero or above the number of guardians.
    /// @param threshold The threshold.
    /// @param guardians Number of guardians, proposed ones included.
    error RecoveryInvalidThreshold(uint256 threshold, uint256 guardians);

    /// @notice The remaining guardians could not reach the threshold.
    /// @param threshold The threshold.
    /// @param guardians Number of guardians that have accepted and would remain.
    error RecoveryThresholdUnreachable(uint256 threshold, uint256 guardians);

    /// @notice The delay is out of range.
    /// @param delay The delay, in seconds.
    /// @param lowest The shortest delay.
    /// @param highest The longest delay.
    error RecoveryInvalidDelay(uint256 delay, uint256 lowest, uint256 highest);

    /// @notice The deadline for approving the request is over.
    /// @param deadline The deadline.
    error RecoveryDeadlinePassed(uint256 deadline);

    /// @notice The request adds neither a passkey nor an owner.
    error RecoveryWithoutNewSigner();

    /// @notice The new passkey has no credential id or its point is not on the P-256 curve.
    /// @param credentialIdHash Hash of its credential id.
    /// @param keyX First coordinate.
    /// @param keyY Second coordinate.
    error RecoveryInvalidPasskey(bytes32 credentialIdHash, bytes32 keyX, bytes32 keyY);

    /// @notice The new owner cannot sign: it is the account itself or a system contract.
    /// @param owner The owner.
    error RecoveryInvalidOwner(address owner);

    /// @notice The signers to remove are not in ascending order.
    error RecoveryUnorderedRemovals();

    /// @notice The module that the request names is not an installed validator of the kind that it is named for.
    /// @param module The module.
    error RecoveryValidatorNotInstalled(address module);

    /// @notice The account has no passkey validator or has several, so a request must name one.
    /// @param account The account.
    error RecoveryPasskeyValidatorUnclear(address account);

    /// @notice The guardian has not signed the request.
    /// @param guardian The guardian.
    error RecoveryInvalidSignature(address guardian);

    /// @notice No recovery is running with this request.
    error RecoveryNotFound();

    /// @notice The delay is not over.
    /// @param readyAt When it is.
    error RecoveryNotReady(uint256 readyAt);

    /// @notice The recovery can no longer be finished.
    /// @param expiredAt Since when.
    error RecoveryExpired(uint256 expiredAt);

    /// @notice The origin or a credential is not the one whose hash is in the request.
    error RecoveryRevealMismatch();

    /// @notice Proposes a guardian for the calling account.
    /// @dev Reverts if the caller has not installed this module, if the guardian is zero, the caller or in the group already,
    /// or if the group is full.
    /// @param hashedOriginDomain Domain of the group.
    /// @param newGuardian The guardian.
    function proposeGuardian(bytes32 hashedOriginDomain, address newGuardian) external;

    /// @notice Accepts to guard an account; called by the guardian.
    /// @dev Reverts if the account has not proposed the caller.
    /// @param hashedOriginDomain Domain of the group.
    /// @param accountToGuard The account.
    /// @return False if the caller has accepted before.
    function addGuardian(bytes32 hashedOriginDomain, address accountToGuard) external returns (bool);

    /// @notice Removes a guardian of the calling account, be it proposed or active.
    /// @dev Reverts if the guardian is not in the group, and if it is active and fewer active guardians than the threshold
    /// would remain: lower the threshold first. Only the last active one may always go; nobody can recover then.
    /// @param hashedOriginDomain Domain of the group.
    /// @param guardianToRemove The guardian.
    function removeGuardian(bytes32 hashedOriginDomain, address guardianToRemove) external;

    /// @notice Sets how many guardians of a group of the calling account must approve a recovery. A new group has one.
    /// @dev Reverts if the caller has not installed this module, or if the threshold is zero or above the number of guardians.
    /// @param hashedOriginDomain Domain of the group.
    /// @param threshold The threshold.
    function setThreshold(bytes32 hashedOriginDomain, uint256 threshold) external;

    /// @notice Sets the delay between start and finish of recoveries of the calling account. A new group has one day.
    /// @dev A longer delay takes effect at once, a shorter one when the present delay has passed. A running recovery keeps its
    /// times. Reverts if the caller has not installed this module, or if the delay is below one day or above 365.
    /// @param hashedOriginDomain Domain of the group.
    /// @param delay The delay, in seconds.
    function setDelay(bytes32 hashedOriginDomain, uint256 delay) external;

    /// @notice Approves, as a guardian, to add a passkey and nothing else, without a deadline. The passkey goes to the
    /// account's only passkey validator, for the relying party named by the origin's host.
    /// @dev Reverts if the account has no or several passkey validators, otherwise as {approveRecovery}.
    /// @param accountToRecover The account.
    /// @param hashedCredentialId `keccak256` of the credential id.
    /// @param rawPublicKey Coordinates x and y of the public key.
    /// @param hashedOriginDomain Domain of the group.
    function initRecovery(
        address accountToRecover,
        bytes32 hashedCredentialId,
        bytes32[2] calldata rawPublicKey,
        bytes32 hashedOriginDomain
    ) external;

    /// @notice Approves a request as a guardian. Starts its delay if enough guardians have approved.
    /// @dev Reverts if the caller is not an active guardian of the group, if the account has not installed this module or a
    /// validator that the request names, or if the request is malformed or past its deadline.
    /// @param hashedOriginDomain Domain of the group.
    /// @param account Account to recover.
    /// @param request The request.
    /// @return requestHash Hash of the request.
    function approveRecovery(bytes32 hashedOriginDomain, address account, RecoveryRequest calldata request)
        external
        returns (bytes32 requestHash);

    /// @notice Hands in approvals that guardians signed. Starts the delay if enough guardians have approved.
    /// @dev Reverts as {approveRecovery}, and if a signature is not its guardian's over {hashRequest} with the group's nonce
    /// or, for the running recovery, with the nonce before.
    /// @param hashedOriginDomain Domain of the group.
    /// @param account Account to recover.
    /// @param request The request.
    /// @param signatures The approvals.
    /// @return requestHash Hash of the request.
    function approveRecoveryBySignatures(
        bytes32 hashedOriginDomain,
        address account,
        RecoveryRequest calldata request,
        GuardianSignature[] calldata signatures
    ) external returns (bytes32 requestHash);

    /// @notice Carries out the running recovery. Anybody may do so; the account pays nothing.
    /// @dev Reverts if no recovery is running with this request, if it is too early or too late, if the account has not
    /// installed a validator that the request names, if the reveal does not belong to the request, or if one of the account's
    /// calls fails; the recovery then stays as it was. Adding a passkey to an account that has as many as its validator
    /// allows is such a failure.
    /// @param hashedOriginDomain Domain of the group.
    /// @param account Account to recover.
    /// @param request The request.
    /// @param reveal What the hashes in the request stand for.
    function finishRecovery(
        bytes32 hashedOriginDomain,
        address account,
        RecoveryRequest calldata request,
        RecoveryReveal calldata reveal
    ) external;

    /// @notice Discards the running recovery of the calling account, if any, and all approvals given so far.
    /// @param hashedOriginDomain Domain of the group.
    function discardRecovery(bytes32 hashedOriginDomain) external;

    /// @notice Guardians of an account, proposed ones included.
    /// @param hashedOriginDomain Domain of the group.
    /// @param addr The account.
    /// @return The guardians.
    function guardiansFor(bytes32 hashedOriginDomain, address addr) external view returns (Guardian[] memory);

    /// @notice Accounts that an address is an active guardian of.
    /// @param hashedOriginDomain Domain of the groups.
    /// @param guardian The address.
    /// @return The accounts.
    function guardianOf(bytes32 hashedOriginDomain, address guardian) external view returns (address[] memory);

    /// @notice Accounts that an address is an active guardian of, page by page.
    /// @param hashedOriginDomain Domain of the groups.
    /// @param guardian The address.
    /// @param offset Number of entries to skip.
    /// @param limit Highest number of entries to look at. Those of accounts that uninstalled the module are left out.
    /// @return accounts The accounts.
    function guardedAccounts(bytes32 hashedOriginDomain, address guardian, uint256 offset, uint256 limit)
        external
        view
        returns (address[] memory accounts);

    /// @notice The passkey that the running recovery of an account adds.
    /// @param hashedOriginDomain Domain of the group.
    /// @param account The account.
    /// @return The passkey and when the recovery started; zeros if none is running.
    function getPendingRecoveryData(bytes32 hashedOriginDomain, address account)
        external
        view
        returns (PendingPasskey memory);

    /// @notice The running recovery of an account.
    /// @param hashedOriginDomain Domain of the group.
    /// @param account The account.
    /// @return The recovery; zeros if none is running.
    function recoveryStatus(bytes32 hashedOriginDomain, address account) external view returns (RecoveryStatus memory);

    /// @notice Settings of a group.
    /// @param hashedOriginDomain Domain of the group.
    /// @param account The account.
    /// @return The settings.
    function groupSettings(bytes32 hashedOriginDomain, address account) external view returns (GroupSettings memory);

    /// @notice Number of active guardians that approved a request.
    /// @param hashedOriginDomain Domain of the group.
    /// @param account The account.
    /// @param requestHash Hash of the request.
    /// @return The number.
    function approvalCount(bytes32 hashedOriginDomain, address account, bytes32 requestHash)
        external
        view
        returns (uint256);

    /// @notice Whether an active guardian approved a request.
    /// @param hashedOriginDomain Domain of the group.
    /// @param account The account.
    /// @param requestHash Hash of the request.
    /// @param guardian The guardian.
    /// @return True if it did.
    function hasApproved(bytes32 hashedOriginDomain, address account, bytes32 requestHash, address guardian)
        external
        view
        returns (bool);

    /// @notice Nonce of requests that may be approved now, the running one excepted, whose nonce is one less.
    /// @param hashedOriginDomain Domain of the group.
    /// @param account The account.
    /// @return The nonce.
    function nonceOf(bytes32 hashedOriginDomain, address account) external view returns (uint256);

    /// @notice EIP-712 hash of a request: what guardians sign.
    /// @param hashedOriginDomain Domain of the group.
    /// @param account Account to recover.
    /// @param nonce Nonce of the group.
    /// @param request The request.
    /// @return The hash.
    function hashRequest(bytes32 hashedOriginDomain, address account, uint256 nonce, RecoveryRequest calldata request)
        external
        view
        returns (bytes32);
}
