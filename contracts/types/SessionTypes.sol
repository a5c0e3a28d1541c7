// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @notice How the use of a limited quantity is counted.
/// @dev `Unlimited` counts nothing, `Lifetime` sums over the whole session, `Allowance` starts from zero in each period.
enum LimitType {
    Unlimited,
    Lifetime,
    Allowance
}

/// @notice Comparison of one calldata word with a reference value. Both are read as unsigned integers, or as signed ones
/// (two's complement) by the conditions whose names say so.
enum Condition {
    Unconstrained,
    Equal,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    NotEqual,
    SignedGreater,
    SignedLess,
    SignedGreaterOrEqual,
    SignedLessOrEqual
}

/// @notice Life cycle of a session. `Closed` is final: the same specification can never be opened again.
enum Status {
    NotInitialized,
    Active,
    Closed
}

/// @notice Bound on a quantity.
/// @param limitType How use is counted.
/// @param limit Highest sum allowed, in the unit of the quantity.
/// @param period Length of a period in seconds; used by `Allowance` only. Period `p` is `[p * period, (p + 1) * period)`.
struct UsageLimit {
    LimitType limitType;
    uint256 limit;
    uint256 period;
}

/// @notice Condition and limit on one 32-byte argument of a call.
/// @param condition Comparison with `refValue`.
/// @param index Position of the word after the selector, counted in words.
/// @param refValue Right-hand side of the comparison.
/// @param limit Limit charged with the word's value.
struct Constraint {
    Condition condition;
    uint64 index;
    bytes32 refValue;
    UsageLimit limit;
}

/// @notice Permission to call one function of one contract.
/// @param target Contract.
/// @param selector Function.
/// @param maxValuePerUse Highest value of a single call, in wei.
/// @param valueLimit Limit on the sum of values.
/// @param constraints Checks on the arguments, applied in order.
struct CallSpec {
    address target;
    bytes4 selector;
    uint256 maxValuePerUse;
    UsageLimit valueLimit;
    Constraint[] constraints;
}

/// @notice Permission to send the base token, without calldata, to one address.
/// @param target Recipient.
/// @param maxValuePerUse Highest value of a single transfer, in wei.
/// @param valueLimit Limit on the sum of values.
struct TransferSpec {
    address target;
    uint256 maxValuePerUse;
    UsageLimit valueLimit;
}

/// @notice Everything a session key may do. The session's hash is `keccak256(abi.encode(spec))`, or, with options,
/// `keccak256(abi.encode(spec, options))`.
/// @param signer secp256k1 address of the session key, or, for other kinds of keys, the last 20 bytes of
/// `keccak256(abi.encode(bytes verifierAndKey))`, an ERC-7913 signer: the verifier's address followed by its key.
/// @param expiresAt Last second in which the session may be used, in Unix time.
/// @param feeLimit Limit on the fees paid by the account; must not be `Unlimited`.
/// @param callPolicies Calls that are allowed.
/// @param transferPolicies Transfers that are allowed.
struct SessionSpec {
    address signer;
    uint256 expiresAt;
    UsageLimit feeLimit;
    CallSpec[] callPolicies;
    TransferSpec[] transferPolicies;
}

/// @notice Bound on what may leave the account in one ERC-20 token, whatever the function: `transfer`, `approve`,
/// `increaseAllowance`, and `transferFrom` out of the account all charge it with their amount.
/// @param token The token.
/// @param limit The bound, in the token's smallest unit.
struct TokenBudget {
    address token;
    UsageLimit limit;
}

/// @notice What a session may be restricted by beyond its specification. A session with options may send batches.
/// @param validAfter First second in which the session may be used, in Unix time.
/// @param maxFeePerUse Highest fee of one transaction that the account pays, in wei.
/// @param anyPaymaster Whether every paymaster is allowed; if not, only the listed ones are.
/// @param paymasters Allowed paymasters.
/// @param useLimit Limit on the number of calls and transfers together; each call of a batch counts.
/// @param transferUseLimits Limits on the number of transfers by each transfer policy, in their order; missing ones are
/// unlimited.
/// @param callUseLimits Limits on the number of calls by each call policy, in their order; missing ones are unlimited.
/// @param tokenBudgets Bounds on ERC-20 tokens.
struct SessionOptions {
    uint256 validAfter;
    uint256 maxFeePerUse;
    bool anyPaymaster;
    address[] paymasters;
    UsageLimit useLimit;
    UsageLimit[] transferUseLimits;
    UsageLimit[] callUseLimits;
    TokenBudget[] tokenBudgets;
}

/// @notice What is left of one limit.
/// @param remaining Amount left; the highest `uint256` when unlimited.
/// @param target Target of the policy.
/// @param selector Selector of the policy; zero for transfers.
/// @param index Word index of the constraint; zero for limits on value.
struct LimitState {
    uint256 remaining;
    address target;
    bytes4 selector;
    uint256 index;
}

/// @notice What is left of a session.
/// @param status Life cycle state; expiry does not change it.
/// @param feesRemaining Fees left, in wei.
/// @param transferValue Value left per transfer policy.
/// @param callValue Value left per call policy.
/// @param callParams Amount left per constraint whose limit is not `Unlimited`.
struct SessionState {
    Status status;
    uint256 feesRemaining;
    LimitState[] transferValue;
    LimitState[] callValue;
    LimitState[] callParams;
}
