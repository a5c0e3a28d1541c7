// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Condition, SessionOptions, SessionSpec, SessionState, Status} from "../types/SessionTypes.sol";

/// @title Session keys
/// @notice Lets an account hand out keys that may do a restricted set of things until they expire or are revoked.
/// @dev A session transaction is signed as `abi.encode(bytes signature, address validator, bytes validatorData)`.
///
/// `signature` is 65 bytes of ECDSA, `r ‖ s ‖ v`, or, for keys of other kinds, `abi.encode(bytes verifierAndKey, bytes
/// signature)`, an ERC-7913 signer and what its verifier checks.
///
/// For a session without options, `validatorData = abi.encode(SessionSpec spec, uint64[] periodIds)`. `periodIds` says in which
/// period the sender believes each `Allowance` limit to be, `now / period` (zero for the other limits): `[0]` the fee limit,
/// `[1]` the value limit of the policy used, then, when an approval-based paymaster is used, one per constraint of the token's
/// `approve` policy, then one per constraint of the call policy used.
///
/// For a session with options, `validatorData = abi.encode(SessionSpec spec, SessionOptions options, uint64 time)`, where `time`
/// is the Unix time that the sender believes it to be; all periods follow from it. Such a session may call the account's own
/// `execute` with a batch that reverts as a whole: each of its calls is checked and charged by itself.
interface ISessionKeyValidator {
    /// @notice A session was opened.
    /// @param account The account.
    /// @param sessionHash `keccak256(abi.encode(sessionSpec))`.
    /// @param sessionSpec The specification.
    event SessionCreated(address indexed account, bytes32 indexed sessionHash, SessionSpec sessionSpec);

    /// @notice A session with options was opened.
    /// @param account The account.
    /// @param sessionHash `keccak256(abi.encode(sessionSpec, options))`.
    /// @param sessionSpec The specification.
    /// @param options The options.
    event SessionWithOptionsCreated(
        address indexed account, bytes32 indexed sessionHash, SessionSpec sessionSpec, SessionOptions options
    );

    /// @notice A session was closed.
    /// @param account The account.
    /// @param sessionHash Hash of its specification.
    event SessionRevoked(address indexed account, bytes32 indexed sessionHash);

    /// @notice All sessions of an account were closed at once.
    /// @param account The account.
    event AllSessionsRevoked(address indexed account);

    /// @notice An account chose where its sessions read the time.
    /// @param account The account.
    /// @param asserter The asserter; zero means the chain's own.
    event TimestampAsserterChanged(address indexed account, address asserter);

    /// @notice The calling account has not installed this module.
    /// @param account The caller.
    error SessionModuleNotInstalled(address account);

    /// @notice The signer is zero.
    error SessionZeroSigner();

    /// @notice The session is not encoded the way Solidity's `abi.encode` does.
    error SessionEncodingNotCanonical();

    /// @notice The fee limit is `Unlimited`.
    error SessionUnlimitedFees();

    /// @notice The account opened this session before.
    /// @param sessionHash Its hash.
    error SessionAlreadyExists(bytes32 sessionHash);

    /// @notice The session would be over within a minute, in which no transaction can be validated.
    /// @param expiresAt The expiry.
    error SessionExpiresTooSoon(uint256 expiresAt);

    /// @notice A policy names a target that sessions may never reach: the account, one of its modules, or a system contract.
    /// @param target The target.
    error SessionTargetBanned(address target);

    /// @notice Two policies cover the same target and selector (zero for transfers).
    /// @param target The target.
    /// @param selector The selector.
    error SessionDuplicatePolicy(address target, bytes4 selector);

    /// @notice An `Allowance` has a period too short to be usable, or absurdly long.
    /// @param period The period, in seconds.
    error SessionInvalidPeriod(uint256 period);

    /// @notice The session would start less than a minute before its end, or never.
    /// @param validAfter First second.
    /// @param expiresAt Last second.
    error SessionNeverValid(uint256 validAfter, uint256 expiresAt);

    /// @notice There are more limits on uses than policies.
    /// @param limits Number of limits.
    /// @param policies Number of policies.
    error SessionTooManyUseLimits(uint256 limits, uint256 policies);

    /// @notice A policy allows calling a function of a token with a budget, and what the function lets out of the account is
    /// not known.
    /// @param token The token.
    /// @param selector The function.
    error SessionOutflowUnknown(address token, bytes4 selector);

    /// @notice A limit is higher than can be counted.
    /// @param limit The limit.
    error SessionLimitTooLarge(uint256 limit);

    /// @notice The session has more policies and constraints than can be tracked.
    /// @param trackers How many counters it needs.
    /// @param highest How many there may be.
    error SessionTooLarge(uint256 trackers, uint256 highest);

    /// @notice A call would be charged with more limits than validation has gas for.
    /// @param target Target of its policy.
    /// @param selector Selector of its policy.
    /// @param limits How many limits its constraints have, or budgets its target.
    /// @param highest How many there may be.
    error SessionTooManyLimits(address target, bytes4 selector, uint256 limits, uint256 highest);

    /// @notice The session is not open, or was closed.
    /// @param sessionHash Its hash.
    error SessionNotActive(bytes32 sessionHash);

    /// @notice No policy allows the call.
    /// @param target The target.
    /// @param selector The selector.
    error SessionCallNotAllowed(address target, bytes4 selector);

    /// @notice No policy allows the transfer.
    /// @param target The recipient.
    error SessionTransferNotAllowed(address target);

    /// @notice The calldata is neither empty nor long enough for a selector.
    /// @param length Its length.
    error SessionInvalidCalldata(uint256 length);

    /// @notice The value of a single use is above the policy's bound.
    /// @param value The value, in wei.
    /// @param maxValuePerUse The bound, in wei.
    error SessionMaxValueExceeded(uint256 value, uint256 maxValuePerUse);

    /// @notice A constraint looks at a word beyond the end of the calldata.
    /// @param index Index of the word.
    /// @param length Length of the calldata, in bytes.
    error SessionArgumentMissing(uint256 index, uint256 length);

    /// @notice An argument does not meet its condition.
    /// @param index Index of the argument's word.
    /// @param actual The argument.
    /// @param refValue What it was compared with.
    /// @param condition The comparison.
    error SessionConditionFailed(uint256 index, bytes32 actual, bytes32 refValue, Condition condition);

    /// @notice A lifetime limit would be exceeded.
    /// @param used Used before.
    /// @param amount Asked for now.
    /// @param limit The limit.
    error SessionLifetimeLimitExceeded(uint256 used, uint256 amount, uint256 limit);

    /// @notice An allowance would be exceeded.
    /// @param used Used before in this period.
    /// @param amount Asked for now.
    /// @param limit The limit.
    /// @param periodId The period.
    error SessionAllowanceExceeded(uint256 used, uint256 amount, uint256 limit, uint256 periodId);

    /// @notice There are fewer period ids than limits.
    /// @param index Position of the missing id.
    error SessionPeriodIdMissing(uint256 index);

    /// @notice The input of an approval-based paymaster is too short.
    /// @param length Its length, in bytes.
    error SessionInvalidPaymasterInput(uint256 length);

    /// @notice The address that should be a timestamp asserter has no code.
    /// @param asserter The address.
    error SessionInvalidTimestampAsserter(address asserter);

    /// @notice The session may not use this paymaster.
    /// @param paymaster The paymaster.
    error SessionPaymasterNotAllowed(address paymaster);

    /// @notice The fee of a single transaction is above the session's bound.
    /// @param fee Highest fee of the transaction, in wei.
    /// @param maxFeePerUse The bound, in wei.
    error SessionMaxFeeExceeded(uint256 fee, uint256 maxFeePerUse);

    /// @notice The nonce's key belongs to somebody else.
    /// @param nonceKey Upper 192 bits of the nonce.
    error SessionNonceKeyNotAllowed(uint256 nonceKey);

    /// @notice A call of the account by itself is not a batch of at least one call that reverts as a whole, properly encoded
    /// and without value.
    error SessionInvalidBatch();

    /// @notice A session may not publish bytecode.
    error SessionFactoryDepsNotAllowed();

    /// @notice No timestamp asserter is known or deployed on the chain, and the account has not set one.
    /// @param chainId The chain.
    error SessionNoTimestampAsserter(uint256 chainId);

    /// @notice Opens a session for the calling account.
    /// @dev Reverts if this module is not installed, the specification was used before or breaks one of the rules named by the
    /// errors of this interface.
    /// @param sessionSpec The specification.
    function createSession(SessionSpec calldata sessionSpec) external;

    /// @notice Opens a session with options for the calling account.
    /// @dev Reverts as {createSession}, and if the options break one of the rules named by the errors of this interface.
    /// @param sessionSpec The specification.
    /// @param options The options.
    function createSessionWithOptions(SessionSpec calldata sessionSpec, SessionOptions calldata options) external;

    /// @notice Closes a session of the calling account.
    /// @dev Reverts if it is not open.
    /// @param sessionHash Its hash.
    function revokeKey(bytes32 sessionHash) external;

    /// @notice Closes sessions of the calling account.
    /// @dev Reverts if one of them is not open.
    /// @param sessionHashes Their hashes.
    function revokeKeys(bytes32[] calldata sessionHashes) external;

    /// @notice Closes all sessions of the calling account, known or not.
    function revokeAllKeys() external;

    /// @notice Sets where the calling account's sessions read the time, for chains this contract does not know.
    /// @dev Only an asserter that the chain's operator recognises passes validation. Reverts if the address has no code.
    /// @param asserter The asserter; zero to use the chain's own.
    function setTimestampAsserter(address asserter) external;

    /// @notice Where the sessions of an account read the time.
    /// @dev Reverts if none is known.
    /// @param account The account.
    /// @return The asserter.
    function timestampAsserter(address account) external view returns (address);

    /// @notice What is left of a session without options.
    /// @dev Reverts if the specification is not encoded canonically.
    /// @param account The account.
    /// @param sessionSpec The specification.
    /// @return The state.
    function sessionState(address account, SessionSpec calldata sessionSpec) external view returns (SessionState memory);

    /// @notice Life cycle state of a session. An expired session stays `Active`.
    /// @param account The account.
    /// @param sessionHash Its hash.
    /// @return The status.
    function sessionStatus(address account, bytes32 sessionHash) external view returns (Status);

    /// @notice What is stored about a session, with or without options.
    /// @param account The account.
    /// @param sessionHash Its hash.
    /// @param count Number of trackers asked for; at most 120.
    /// @return status Life cycle state.
    /// @return head Status (8 bits), epoch of creation (56), period of the fee limit (64), fees used (128), from the top.
    /// @return trackers Use of each limit, in this order: with options, all uses together, uses of each limited transfer
    /// policy, uses of each limited call policy, token budgets; then value limits of the transfer policies; then for each call
    /// policy its value limit and its constraints. A `Lifetime` limit has the sum, an `Allowance` the period (64 bits) and the
    /// sum in it (192 bits).
    function sessionRecord(address account, bytes32 sessionHash, uint256 count)
        external
        view
        returns (Status status, uint256 head, uint256[] memory trackers);

    /// @notice Hashes of the sessions that an account ever opened, oldest first, closed and expired ones included.
    /// @param account The account.
    /// @param offset Number of sessions to skip.
    /// @param limit Highest number of hashes returned.
    /// @return sessionHashes The hashes.
    function listSessions(address account, uint256 offset, uint256 limit)
        external
        view
        returns (bytes32[] memory sessionHashes);
}
