// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {CallSpec, Constraint, LimitType, SessionSpec, TransferSpec, UsageLimit} from "../types/SessionTypes.sol";
import {SessionStorage} from "./SessionStorage.sol";

/// @title Rules that a session specification has to meet
/// @notice Everything about a specification that depends on nothing but itself and the time.
library SessionRules {
    /// @dev Operators reject transactions whose asserted range of time ends within a minute.
    uint256 private constant TIME_MARGIN = 60;

    /// @dev Shortest period of an allowance: leaves at least a minute of use in each.
    uint256 private constant MIN_PERIOD = 2 * TIME_MARGIN;

    /// @notice Reverts unless a specification is acceptable.
    /// @param spec The specification.
    function check(SessionSpec calldata spec) internal view {
        if (spec.signer == address(0)) revert ISessionKeyValidator.SessionZeroSigner();
        uint256 expiresAt = spec.expiresAt;
        if (expiresAt <= block.timestamp + TIME_MARGIN) revert ISessionKeyValidator.SessionExpiresTooSoon(expiresAt);
        _checkFeeLimit(spec.feeLimit);
        uint256 trackers = _checkTransfers(spec.transferPolicies) + _checkCalls(spec.callPolicies);
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
    function _checkTransfers(TransferSpec[] calldata policies) private pure returns (uint256 trackers) {
        for (uint256 i = 0; i < policies.length; ++i) {
            address target = policies[i].target;
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
    function _checkCalls(CallSpec[] calldata policies) private pure returns (uint256 trackers) {
        for (uint256 i = 0; i < policies.length; ++i) {
            CallSpec calldata policy = policies[i];
            _checkLimit(policy.valueLimit);
            trackers += 1 + _checkConstraints(policy.constraints);
            for (uint256 j = 0; j < i; ++j) {
                if (policies[j].target == policy.target && policies[j].selector == policy.selector) {
                    revert ISessionKeyValidator.SessionDuplicatePolicy(policy.target, policy.selector);
                }
            }
        }
    }

    /// @dev Checks constraints; returns how many trackers they need.
    function _checkConstraints(Constraint[] calldata constraints) private pure returns (uint256 trackers) {
        for (uint256 i = 0; i < constraints.length; ++i) {
            _checkLimit(constraints[i].limit);
        }
        return constraints.length;
    }

    /// @dev Allowances share a slot with their period's number.
    function _checkLimit(UsageLimit calldata limit) private pure {
        if (limit.limitType != LimitType.Allowance) return;
        if (limit.limit > type(uint192).max) revert ISessionKeyValidator.SessionLimitTooLarge(limit.limit);
        uint256 period = limit.period;
        if (period < MIN_PERIOD || period > type(uint64).max) revert ISessionKeyValidator.SessionInvalidPeriod(period);
    }
}
