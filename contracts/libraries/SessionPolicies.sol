// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {CallSpec, Condition, Constraint, SessionSpec, TransferSpec} from "../types/SessionTypes.sol";
import {Transaction} from "../types/Transaction.sol";
import {CalldataSlice} from "./CalldataSlice.sol";
import {PaymasterInput} from "./PaymasterInput.sol";
import {SessionLimits} from "./SessionLimits.sol";
import {SessionStorage} from "./SessionStorage.sol";

/// @title Session policies at use
/// @notice Finds the policy that allows a transaction and charges its limits. Reverts with the rule that is broken.
library SessionPolicies {
    using CalldataSlice for bytes;
    using SessionLimits for SessionStorage.Session;

    /// @dev Position of the policy's value limit in the periods claimed by the sender; constraints follow.
    uint256 private constant VALUE_POSITION = 1;
    uint256 private constant FIRST_CONSTRAINT_POSITION = 2;

    /// @dev Length of the calldata of `approve(address,uint256)`.
    uint256 private constant APPROVE_CALL_LENGTH = 68;

    /// @notice Applies the policy for the approval that an approval-based paymaster asks for, if the transaction uses one.
    /// @dev The approval counts as a call `approve(paymaster, minAllowance)` of the token.
    /// @param session The session.
    /// @param spec Its specification.
    /// @param transaction The transaction.
    /// @param periodIds Periods claimed by the sender.
    /// @param window Range of time.
    /// @return token Token of the approval; zero if there is none.
    /// @return position Position after the periods used.
    function applyApproval(
        SessionStorage.Session storage session,
        SessionSpec calldata spec,
        Transaction calldata transaction,
        uint64[] calldata periodIds,
        SessionLimits.Window memory window
    ) internal returns (address token, uint256 position) {
        bytes calldata input = transaction.paymasterInput;
        position = FIRST_CONSTRAINT_POSITION;
        if (transaction.paymaster == 0 || !PaymasterInput.isApprovalBased(input)) return (address(0), position);
        if (!PaymasterInput.isComplete(input)) revert ISessionKeyValidator.SessionInvalidPaymasterInput(input.length);
        (uint256 tokenWord, uint256 minAllowance) = PaymasterInput.approval(input);
        (CallSpec calldata policy, uint256 tracker) = _findCall(spec, tokenWord, IERC20.approve.selector);
        Constraint[] calldata constraints = policy.constraints;
        for (uint256 i = 0; i < constraints.length; ++i) {
            uint256 index = constraints[i].index;
            if (index > 1) revert ISessionKeyValidator.SessionArgumentMissing(index, APPROVE_CALL_LENGTH);
            uint256 word = index == 0 ? transaction.paymaster : minAllowance;
            _checkCondition(constraints[i], word);
            session.charge(tracker + 1 + i, constraints[i].limit, word, periodIds, position + i, window);
        }
        return (policy.target, position + constraints.length);
    }

    /// @notice Applies the policy for the transaction's own call or transfer.
    /// @param session The session.
    /// @param spec Its specification.
    /// @param transaction The transaction.
    /// @param periodIds Periods claimed by the sender.
    /// @param position Position of the first constraint's period.
    /// @param window Range of time.
    /// @return target Target of the policy.
    function applyCall(
        SessionStorage.Session storage session,
        SessionSpec calldata spec,
        Transaction calldata transaction,
        uint64[] calldata periodIds,
        uint256 position,
        SessionLimits.Window memory window
    ) internal returns (address target) {
        bytes calldata data = transaction.data;
        uint256 value = transaction.value;
        if (data.length == 0) {
            (TransferSpec calldata transfer, uint256 slot) = _findTransfer(spec, transaction.to);
            _checkValue(value, transfer.maxValuePerUse);
            session.charge(slot, transfer.valueLimit, value, periodIds, VALUE_POSITION, window);
            return transfer.target;
        }
        if (data.length < 4) revert ISessionKeyValidator.SessionInvalidCalldata(data.length);
        (CallSpec calldata policy, uint256 tracker) = _findCall(spec, transaction.to, bytes4(data));
        Constraint[] calldata constraints = policy.constraints;
        for (uint256 i = 0; i < constraints.length; ++i) {
            uint256 word = _argument(data, constraints[i].index);
            _checkCondition(constraints[i], word);
            session.charge(tracker + 1 + i, constraints[i].limit, word, periodIds, position + i, window);
        }
        _checkValue(value, policy.maxValuePerUse);
        session.charge(tracker, policy.valueLimit, value, periodIds, VALUE_POSITION, window);
        return policy.target;
    }

    /// @notice Whether a word meets a condition.
    /// @param condition The comparison.
    /// @param word Left-hand side.
    /// @param refValue Right-hand side.
    /// @return True if it does.
    function holds(Condition condition, uint256 word, uint256 refValue) internal pure returns (bool) {
        if (condition == Condition.Unconstrained) return true;
        if (condition == Condition.Equal) return word == refValue;
        if (condition == Condition.Greater) return word > refValue;
        if (condition == Condition.Less) return word < refValue;
        if (condition == Condition.GreaterOrEqual) return word >= refValue;
        if (condition == Condition.LessOrEqual) return word <= refValue;
        return word != refValue;
    }

    /// @dev Policy for a call, and position of its first tracker.
    function _findCall(SessionSpec calldata spec, uint256 target, bytes4 selector)
        private
        pure
        returns (CallSpec calldata policy, uint256 tracker)
    {
        tracker = spec.transferPolicies.length;
        CallSpec[] calldata policies = spec.callPolicies;
        for (uint256 i = 0; i < policies.length; ++i) {
            policy = policies[i];
            if (uint160(policy.target) == target && policy.selector == selector) return (policy, tracker);
            tracker += 1 + policy.constraints.length;
        }
        revert ISessionKeyValidator.SessionCallNotAllowed(address(uint160(target)), selector);
    }

    /// @dev Policy for a transfer, and position of its tracker.
    function _findTransfer(SessionSpec calldata spec, uint256 target)
        private
        pure
        returns (TransferSpec calldata policy, uint256 tracker)
    {
        TransferSpec[] calldata policies = spec.transferPolicies;
        for (; tracker < policies.length; ++tracker) {
            policy = policies[tracker];
            if (uint160(policy.target) == target) return (policy, tracker);
        }
        revert ISessionKeyValidator.SessionTransferNotAllowed(address(uint160(target)));
    }

    /// @dev Argument word of a call.
    function _argument(bytes calldata data, uint256 index) private pure returns (uint256) {
        uint256 offset = 4 + 32 * index;
        if (data.length < offset + 32) revert ISessionKeyValidator.SessionArgumentMissing(index, data.length);
        return data.word(offset);
    }

    /// @dev Reverts unless a word meets a constraint's condition.
    function _checkCondition(Constraint calldata constraint, uint256 word) private pure {
        Condition condition = constraint.condition;
        bytes32 refValue = constraint.refValue;
        if (!holds(condition, word, uint256(refValue))) {
            revert ISessionKeyValidator.SessionConditionFailed(constraint.index, bytes32(word), refValue, condition);
        }
    }

    /// @dev Reverts if a value is above the bound for one use.
    function _checkValue(uint256 value, uint256 maxValuePerUse) private pure {
        if (value > maxValuePerUse) revert ISessionKeyValidator.SessionMaxValueExceeded(value, maxValuePerUse);
    }
}
