// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {
    CallSpec,
    Constraint,
    LimitType,
    SessionOptions,
    SessionSpec,
    TokenBudget,
    TransferSpec,
    UsageLimit
} from "../types/SessionTypes.sol";
import {SessionPolicies} from "./SessionPolicies.sol";
import {SessionStorage} from "./SessionStorage.sol";
import {SessionTargets} from "./SessionTargets.sol";
import {TokenOutflow} from "./TokenOutflow.sol";

/// @title Rules that a session has to meet when it is opened
/// @dev Every member that is narrower than a word is read once, if only to be read: reading reverts if it has bits that its type has
/// not. With such bits the session could never be used, and who decodes its event would stumble.
library SessionRules {
    /// @dev Operators reject transactions whose asserted range of time ends within a minute.
    uint256 private constant TIME_MARGIN = 60;

    /// @dev Shortest period of an allowance: leaves at least a minute of use in each.
    uint256 private constant MIN_PERIOD = 2 * TIME_MARGIN;

    /// @dev Most sums over arguments, and most budgets, that one call may be charged with: each takes about 7,300 of the 300,000
    /// gas of validation.
    uint256 private constant MAX_LIMITS = 8;

    /// @notice Reverts unless a specification is acceptable.
    /// @param spec The specification.
    /// @return trackers How many trackers it needs.
    function check(SessionSpec calldata spec) internal view returns (uint256 trackers) {
        if (spec.signer == address(0)) revert ISessionKeyValidator.SessionZeroSigner();
        uint256 expiresAt = spec.expiresAt;
        if (expiresAt <= block.timestamp + TIME_MARGIN) revert ISessionKeyValidator.SessionExpiresTooSoon(expiresAt);
        _checkFeeLimit(spec.feeLimit);
        return _checkTransfers(spec.transferPolicies) + _checkCalls(spec.callPolicies);
    }

    /// @notice Reverts unless options are acceptable for a specification.
    /// @param spec The specification.
    /// @param options The options.
    /// @return trackers How many trackers they need.
    function check(SessionSpec calldata spec, SessionOptions calldata options)
        internal
        pure
        returns (uint256 trackers)
    {
        uint256 validAfter = options.validAfter;
        if (validAfter >= type(uint64).max || validAfter + TIME_MARGIN >= spec.expiresAt) {
            revert ISessionKeyValidator.SessionNeverValid(validAfter, spec.expiresAt);
        }
        options.anyPaymaster;
        for (uint256 i = 0; i < options.paymasters.length; ++i) {
            options.paymasters[i];
        }
        _checkLimit(options.useLimit);
        _checkUseLimits(options.transferUseLimits, spec.transferPolicies.length);
        _checkUseLimits(options.callUseLimits, spec.callPolicies.length);
        _checkBudgets(options.tokenBudgets, spec.callPolicies);
        return SessionPolicies.optionTrackers(options);
    }

    /// @notice Reverts if there are more trackers than validation may reach.
    /// @param trackers Their number.
    function requireRoom(uint256 trackers) internal pure {
        if (trackers > SessionStorage.MAX_TRACKERS) {
            revert ISessionKeyValidator.SessionTooLarge(trackers, SessionStorage.MAX_TRACKERS);
        }
    }

    /// @dev Fees have to be limited, and share a slot with other things.
    function _checkFeeLimit(UsageLimit calldata limit) private pure {
        if (limit.limitType == LimitType.Unlimited) revert ISessionKeyValidator.SessionUnlimitedFees();
        if (limit.limit > type(uint128).max) revert ISessionKeyValidator.SessionLimitTooLarge(limit.limit);
        _checkLimit(limit);
    }

    /// @dev Checks the transfer policies; returns how many trackers they need.
    function _checkTransfers(TransferSpec[] calldata policies) private view returns (uint256 trackers) {
        for (uint256 i = 0; i < policies.length; ++i) {
            address target = policies[i].target;
            SessionTargets.requireReachable(target);
            _checkLimit(policies[i].valueLimit);
            for (uint256 j = 0; j < i; ++j) {
                if (policies[j].target == target) {
                    revert ISessionKeyValidator.SessionDuplicatePolicy(target, bytes4(0));
                }
            }
        }
        return policies.length;
    }

    /// @dev Checks the call policies; returns how many trackers they need.
    function _checkCalls(CallSpec[] calldata policies) private view returns (uint256 trackers) {
        for (uint256 i = 0; i < policies.length; ++i) {
            CallSpec calldata policy = policies[i];
            address target = policy.target;
            policy.selector;
            SessionTargets.requireReachable(target);
            _checkLimit(policy.valueLimit);
            trackers += 1 + _checkConstraints(policy);
            for (uint256 j = 0; j < i; ++j) {
                if (policies[j].target == target && policies[j].selector == policy.selector) {
                    revert ISessionKeyValidator.SessionDuplicatePolicy(target, policy.selector);
                }
            }
        }
    }

    /// @dev Checks the constraints of a policy; returns how many trackers they need.
    function _checkConstraints(CallSpec calldata policy) private pure returns (uint256 trackers) {
        Constraint[] calldata constraints = policy.constraints;
        uint256 limits;
        for (uint256 i = 0; i < constraints.length; ++i) {
            constraints[i].condition;
            constraints[i].index;
            if (_checkLimit(constraints[i].limit)) ++limits;
        }
        _requireFew(policy, limits);
        return constraints.length;
    }

    /// @dev Checks limits on uses; there may not be more than policies.
    function _checkUseLimits(UsageLimit[] calldata limits, uint256 policies) private pure {
        if (limits.length > policies) revert ISessionKeyValidator.SessionTooManyUseLimits(limits.length, policies);
        for (uint256 i = 0; i < limits.length; ++i) {
            _checkLimit(limits[i]);
        }
    }

    /// @dev Checks budgets. Every function of their tokens that the session may call has to be one whose outflow is known.
    function _checkBudgets(TokenBudget[] calldata budgets, CallSpec[] calldata policies) private pure {
        for (uint256 i = 0; i < policies.length; ++i) {
            CallSpec calldata policy = policies[i];
            uint256 limits;
            for (uint256 j = 0; j < budgets.length; ++j) {
                if (budgets[j].token != policy.target) continue;
                if (!TokenOutflow.isKnown(policy.selector)) {
                    revert ISessionKeyValidator.SessionOutflowUnknown(policy.target, policy.selector);
                }
                if (budgets[j].limit.limitType != LimitType.Unlimited) ++limits;
            }
            _requireFew(policy, limits);
        }
        for (uint256 i = 0; i < budgets.length; ++i) {
            budgets[i].token;
            _checkLimit(budgets[i].limit);
        }
    }

    /// @dev Reverts if a call would be charged with more limits than validation has gas for.
    function _requireFew(CallSpec calldata policy, uint256 limits) private pure {
        if (limits > MAX_LIMITS) {
            revert ISessionKeyValidator.SessionTooManyLimits(policy.target, policy.selector, limits, MAX_LIMITS);
        }
    }

    /// @dev Allowances share a slot with their period's number. Whether it limits anything at all.
    function _checkLimit(UsageLimit calldata limit) private pure returns (bool) {
        LimitType limitType = limit.limitType;
        if (limitType == LimitType.Allowance) {
            if (limit.limit > type(uint192).max) revert ISessionKeyValidator.SessionLimitTooLarge(limit.limit);
            uint256 period = limit.period;
            if (period < MIN_PERIOD || period > type(uint64).max) {
                revert ISessionKeyValidator.SessionInvalidPeriod(period);
            }
        }
        return limitType != LimitType.Unlimited;
    }
}
