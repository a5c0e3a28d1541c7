// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {
    CallSpec,
    Constraint,
    LimitState,
    LimitType,
    SessionSpec,
    SessionState,
    Status,
    TransferSpec,
    UsageLimit
} from "../types/SessionTypes.sol";
import {SessionLimits} from "./SessionLimits.sol";
import {SessionStorage} from "./SessionStorage.sol";

/// @title What is left of a session
library SessionViews {
    /// @notice State of a session now.
    /// @param session The session.
    /// @param spec Its specification.
    /// @param status Its status.
    /// @return state The state.
    function stateOf(SessionStorage.Session storage session, SessionSpec calldata spec, Status status)
        internal
        view
        returns (SessionState memory state)
    {
        state.status = status;
        state.feesRemaining = _feesRemaining(session.head, spec.feeLimit);
        uint256 transfers = spec.transferPolicies.length;
        state.transferValue = new LimitState[](transfers);
        for (uint256 i = 0; i < transfers; ++i) {
            TransferSpec calldata policy = spec.transferPolicies[i];
            uint256 left = _remaining(session.trackers[i], policy.valueLimit);
            state.transferValue[i] = LimitState(left, policy.target, bytes4(0), 0);
        }
        _addCalls(state, session, spec.callPolicies, transfers);
    }

    /// @dev Fills in what is left of the call policies.
    function _addCalls(
        SessionState memory state,
        SessionStorage.Session storage session,
        CallSpec[] calldata policies,
        uint256 tracker
    ) private view {
        state.callValue = new LimitState[](policies.length);
        state.callParams = new LimitState[](_countLimitedConstraints(policies));
        uint256 filled = 0;
        for (uint256 i = 0; i < policies.length; ++i) {
            CallSpec calldata policy = policies[i];
            uint256 left = _remaining(session.trackers[tracker++], policy.valueLimit);
            state.callValue[i] = LimitState(left, policy.target, policy.selector, 0);
            for (uint256 j = 0; j < policy.constraints.length; ++j) {
                Constraint calldata constraint = policy.constraints[j];
                left = _remaining(session.trackers[tracker++], constraint.limit);
                if (constraint.limit.limitType == LimitType.Unlimited) continue;
                state.callParams[filled++] = LimitState(left, policy.target, policy.selector, constraint.index);
            }
        }
    }

    /// @dev Fees left.
    function _feesRemaining(uint256 head, UsageLimit calldata limit) private view returns (uint256) {
        (uint256 period, uint256 used) = SessionStorage.feesOf(head);
        if (limit.limitType == LimitType.Unlimited) return type(uint256).max;
        if (limit.limitType == LimitType.Allowance && period != block.timestamp / limit.period) used = 0;
        return limit.limit - used;
    }

    /// @dev Amount left of a limit.
    function _remaining(uint256 tracker, UsageLimit calldata limit) private view returns (uint256) {
        if (limit.limitType == LimitType.Unlimited) return type(uint256).max;
        if (limit.limitType == LimitType.Lifetime) return limit.limit - tracker;
        return limit.limit - SessionLimits.usedIn(tracker, block.timestamp / limit.period);
    }

    /// @dev Number of constraints with a limit.
    function _countLimitedConstraints(CallSpec[] calldata policies) private pure returns (uint256 count) {
        for (uint256 i = 0; i < policies.length; ++i) {
            Constraint[] calldata constraints = policies[i].constraints;
            for (uint256 j = 0; j < constraints.length; ++j) {
                if (constraints[j].limit.limitType != LimitType.Unlimited) ++count;
            }
        }
    }
}
