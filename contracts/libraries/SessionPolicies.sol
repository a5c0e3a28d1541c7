// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {
    CallSpec,
    Condition,
    Constraint,
    SessionOptions,
    SessionSpec,
    TokenBudget,
    TransferSpec,
    UsageLimit
} from "../types/SessionTypes.sol";
import {Transaction} from "../types/Transaction.sol";
import {CalldataSlice} from "./CalldataSlice.sol";
import {PaymasterInput} from "./PaymasterInput.sol";
import {SessionLimits} from "./SessionLimits.sol";
import {SessionStorage} from "./SessionStorage.sol";
import {SessionTargets} from "./SessionTargets.sol";
import {TokenOutflow} from "./TokenOutflow.sol";

/// @title Session policies at use
/// @notice Finds the policy that allows a call and charges its limits. Reverts with the rule that is broken.
library SessionPolicies {
    using CalldataSlice for bytes;
    using SessionLimits for SessionStorage.Session;

    /// @dev Position of the policy's value limit in the periods claimed by the sender; constraints follow.
    uint256 private constant VALUE_POSITION = 1;
    uint256 private constant FIRST_CONSTRAINT_POSITION = 2;

    /// @dev Length of the calldata of `approve(address,uint256)`.
    uint256 private constant APPROVE_CALL_LENGTH = 68;

    /// @notice One use of a session.
    /// @param claims Claims about the time.
    /// @param extended Whether the session has options.
    /// @param position Position of the next constraint's period among those claimed.
    /// @param sent Value sent so far under each policy, transfers first, if the use is a batch; else empty.
    struct Use {
        SessionLimits.Claims claims;
        bool extended;
        uint256 position;
        uint256[] sent;
    }

    /// @dev What a call or transfer has to do with the policy that allows it.
    /// @param policy Position of the policy, transfers first.
    /// @param tracker Position of the tracker of its value limit.
    /// @param target Its target.
    /// @param maxValuePerUse Its bound on the value of one use.
    struct Match {
        uint256 policy;
        uint256 tracker;
        address target;
        uint256 maxValuePerUse;
    }

    /// @notice Applies the policy for the approval that an approval-based paymaster asks for, if the transaction uses one.
    /// @dev The approval counts as a call `approve(paymaster, minAllowance)` of the token.
    /// @param session The session.
    /// @param spec Its specification.
    /// @param options Its options, if it has any.
    /// @param transaction The transaction.
    /// @param use The use.
    function applyApproval(
        SessionStorage.Session storage session,
        SessionSpec calldata spec,
        SessionOptions calldata options,
        Transaction calldata transaction,
        Use memory use
    ) internal {
        bytes calldata input = transaction.paymasterInput;
        use.position = FIRST_CONSTRAINT_POSITION;
        if (transaction.paymaster == 0 || !PaymasterInput.isApprovalBased(input)) return;
        if (!PaymasterInput.isComplete(input)) revert ISessionKeyValidator.SessionInvalidPaymasterInput(input.length);
        (uint256 token, uint256 minAllowance) = PaymasterInput.approval(input);
        (CallSpec calldata policy, Match memory found) = _findCall(spec, options, use, token, IERC20.approve.selector);
        // The input has the shape of the call it stands for: a selector, then a word where the spender would be, then the
        // amount.
        _applyConstraints(session, policy, found, input[:APPROVE_CALL_LENGTH], transaction.paymaster, use);
        SessionTargets.requireReachable(found.target);
        if (use.extended) _chargeBudgets(session, options, use, found.target, minAllowance);
    }

    /// @notice Applies the policy for a call or transfer.
    /// @param session The session.
    /// @param spec Its specification.
    /// @param options Its options, if it has any.
    /// @param use The use.
    /// @param to Target, as a whole word.
    /// @param value Base token sent, in wei.
    /// @param data Calldata.
    function applyCall(
        SessionStorage.Session storage session,
        SessionSpec calldata spec,
        SessionOptions calldata options,
        Use memory use,
        uint256 to,
        uint256 value,
        bytes calldata data
    ) internal {
        Match memory found;
        UsageLimit calldata valueLimit;
        if (data.length == 0) {
            TransferSpec calldata transfer;
            (transfer, found) = _findTransfer(spec, options, use, to);
            valueLimit = transfer.valueLimit;
        } else {
            if (data.length < 4) revert ISessionKeyValidator.SessionInvalidCalldata(data.length);
            CallSpec calldata policy;
            (policy, found) = _findCall(spec, options, use, to, bytes4(data));
            _applyConstraints(session, policy, found, data, data.word(4), use);
            valueLimit = policy.valueLimit;
        }
        _checkValue(found, use, value);
        session.charge(found.tracker, valueLimit, value, use.claims, VALUE_POSITION);
        SessionTargets.requireReachable(found.target);
        if (use.extended) _applyOptions(session, spec, options, use, found, data);
    }

    /// @notice Number of trackers that options need. They come before those of the specification.
    /// @param options The options.
    /// @return One for all uses together, one for each limit on the uses of a policy, one for each budget.
    function optionTrackers(SessionOptions calldata options) internal pure returns (uint256) {
        return 1 + options.transferUseLimits.length + options.callUseLimits.length + options.tokenBudgets.length;
    }

    /// @notice Whether a word meets a condition.
    /// @param condition The comparison.
    /// @param word Left-hand side.
    /// @param refValue Right-hand side.
    /// @return True if it does.
    function holds(Condition condition, uint256 word, uint256 refValue) internal pure returns (bool) {
        if (condition == Condition.Unconstrained) return true;
        if (condition == Condition.Equal) return word == refValue;
        if (condition == Condition.NotEqual) return word != refValue;
        uint256 kind = uint256(condition);
        if (kind >= uint256(Condition.SignedGreater)) {
            // With the sign bit flipped, two's complement has the order of unsigned integers.
            word ^= 1 << 255;
            refValue ^= 1 << 255;
            kind -= uint256(Condition.SignedGreater) - uint256(Condition.Greater);
        }
        if (kind == uint256(Condition.Greater)) return word > refValue;
        if (kind == uint256(Condition.Less)) return word < refValue;
        return kind == uint256(Condition.GreaterOrEqual) ? word >= refValue : word <= refValue;
    }

    /// @dev Applies what options add to a policy: limits on the number of uses, and budgets.
    function _applyOptions(
        SessionStorage.Session storage session,
        SessionSpec calldata spec,
        SessionOptions calldata options,
        Use memory use,
        Match memory found,
        bytes calldata data
    ) private {
        session.charge(0, options.useLimit, 1, use.claims, 0);
        uint256 transfers = spec.transferPolicies.length;
        if (found.policy < transfers) {
            _chargeUse(session, options.transferUseLimits, found.policy, 1, use);
            return;
        }
        uint256 first = 1 + options.transferUseLimits.length;
        _chargeUse(session, options.callUseLimits, found.policy - transfers, first, use);
        if (options.tokenBudgets.length == 0) return;
        _chargeBudgets(session, options, use, found.target, TokenOutflow.amountOf(data, msg.sender));
    }

    /// @dev Charges the limit on the uses of a policy, if there is one.
    function _chargeUse(
        SessionStorage.Session storage session,
        UsageLimit[] calldata limits,
        uint256 policy,
        uint256 firstTracker,
        Use memory use
    ) private {
        if (policy < limits.length) {
            session.charge(firstTracker + policy, limits[policy], 1, use.claims, 0);
        }
    }

    /// @dev Charges the budget of a token, if there is one.
    function _chargeBudgets(
        SessionStorage.Session storage session,
        SessionOptions calldata options,
        Use memory use,
        address token,
        uint256 amount
    ) private {
        TokenBudget[] calldata budgets = options.tokenBudgets;
        uint256 first = 1 + options.transferUseLimits.length + options.callUseLimits.length;
        for (uint256 i = 0; i < budgets.length; ++i) {
            if (budgets[i].token == token) session.charge(first + i, budgets[i].limit, amount, use.claims, 0);
        }
    }

    /// @dev Applies constraints in order. The word at index 0 is given apart, since it is not always in the calldata.
    function _applyConstraints(
        SessionStorage.Session storage session,
        CallSpec calldata policy,
        Match memory found,
        bytes calldata data,
        uint256 firstWord,
        Use memory use
    ) private {
        Constraint[] calldata constraints = policy.constraints;
        for (uint256 i = 0; i < constraints.length; ++i) {
            Constraint calldata constraint = constraints[i];
            uint256 index = constraint.index;
            uint256 offset = 4 + 32 * index;
            if (data.length < offset + 32) revert ISessionKeyValidator.SessionArgumentMissing(index, data.length);
            uint256 word = index == 0 ? firstWord : data.word(offset);
            _checkCondition(constraint, word);
            session.charge(found.tracker + 1 + i, constraint.limit, word, use.claims, use.position + i);
        }
        use.position += constraints.length;
    }

    /// @dev Policy for a call.
    function _findCall(
        SessionSpec calldata spec,
        SessionOptions calldata options,
        Use memory use,
        uint256 target,
        bytes4 selector
    ) private pure returns (CallSpec calldata policy, Match memory found) {
        CallSpec[] calldata policies = spec.callPolicies;
        found.policy = spec.transferPolicies.length;
        found.tracker = found.policy + _firstTracker(options, use);
        for (uint256 i = 0; i < policies.length; ++i) {
            policy = policies[i];
            if (uint160(policy.target) == target && policy.selector == selector) {
                found.policy += i;
                found.target = policy.target;
                found.maxValuePerUse = policy.maxValuePerUse;
                return (policy, found);
            }
            found.tracker += 1 + policy.constraints.length;
        }
        revert ISessionKeyValidator.SessionCallNotAllowed(address(uint160(target)), selector);
    }

    /// @dev Policy for a transfer.
    function _findTransfer(SessionSpec calldata spec, SessionOptions calldata options, Use memory use, uint256 target)
        private
        pure
        returns (TransferSpec calldata policy, Match memory found)
    {
        TransferSpec[] calldata policies = spec.transferPolicies;
        for (uint256 i = 0; i < policies.length; ++i) {
            policy = policies[i];
            if (uint160(policy.target) != target) continue;
            found.policy = i;
            found.tracker = i + _firstTracker(options, use);
            found.target = policy.target;
            found.maxValuePerUse = policy.maxValuePerUse;
            return (policy, found);
        }
        revert ISessionKeyValidator.SessionTransferNotAllowed(address(uint160(target)));
    }

    /// @dev Position of the first tracker of the specification.
    function _firstTracker(SessionOptions calldata options, Use memory use) private pure returns (uint256) {
        return use.extended ? optionTrackers(options) : 0;
    }

    /// @dev Reverts unless a word meets a constraint's condition.
    function _checkCondition(Constraint calldata constraint, uint256 word) private pure {
        Condition condition = constraint.condition;
        bytes32 refValue = constraint.refValue;
        if (!holds(condition, word, uint256(refValue))) {
            revert ISessionKeyValidator.SessionConditionFailed(constraint.index, bytes32(word), refValue, condition);
        }
    }

    /// @dev Reverts if a value is above the bound for one use. All calls of a batch under one policy are one use.
    function _checkValue(Match memory found, Use memory use, uint256 value) private pure {
        if (use.sent.length != 0) value = use.sent[found.policy] += value;
        if (value > found.maxValuePerUse) {
            revert ISessionKeyValidator.SessionMaxValueExceeded(value, found.maxValuePerUse);
        }
    }
}
