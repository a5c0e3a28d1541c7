// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @notice How the use of a limited quantity is counted.
/// @dev `Unlimited` counts nothing, `Lifetime` sums over the whole session, `Allowance` starts from zero in each period.
enum LimitType {
    Unlimited,
    Lifetime,
    Allowance
}

/// @notice Comparison of one calldata word with a reference value; both are read as unsigned integers.
enum Condition {
    Unconstrained,
    Equal,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    NotEqual
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

/// @notice Everything a session key may do. The session's hash is `keccak256(abi.encode(spec))`.
/// @param signer secp256k1 address of the session key.
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
