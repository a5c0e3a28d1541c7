// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ISessionKeyValidator} from "../interfaces/ISessionKeyValidator.sol";
import {LimitType, UsageLimit} from "../types/SessionTypes.sol";
import {SessionStorage} from "./SessionStorage.sol";

/// @title Use of session limits
/// @notice Counts what a transaction uses up and gathers in which range of time its claims about periods hold.
/// @dev Block time is unreadable in validation. The sender claims a period for each allowance; the claims are checked together
/// at the end by one assertion about the time. Both ends of each period count: with the lower end alone, periods that passed
/// unused could be spent later, all at once.
library SessionLimits {
    /// @dev Bits of a tracker that hold the sum used in a period.
    uint256 private constant ALLOWANCE_BITS = 192;

    /// @notice Range of time in which a transaction is acceptable.
    /// @param start First second, in Unix time.
    /// @param end Last second, in Unix time.
    struct Window {
        uint256 start;
        uint256 end;
    }

    /// @notice Charges a tracker.
    /// @dev Reverts if the limit would be exceeded.
    /// @param session The session.
    /// @param tracker Position of the tracker.
    /// @param limit The limit.
    /// @param amount Amount used.
    /// @param periodIds Periods claimed by the sender.
    /// @param position Position of this limit's period.
    /// @param window Range of time, narrowed to the period.
    function charge(
        SessionStorage.Session storage session,
        uint256 tracker,
        UsageLimit calldata limit,
        uint256 amount,
        uint64[] calldata periodIds,
        uint256 position,
        Window memory window
    ) internal {
        LimitType limitType = limit.limitType;
        if (limitType == LimitType.Unlimited) return;
        if (limitType == LimitType.Lifetime) {
            session.trackers[tracker] = addLifetime(session.trackers[tracker], amount, limit.limit);
            return;
        }
        uint256 period = claimPeriod(limit, periodIds, position, window);
        uint256 used = usedIn(session.trackers[tracker], period);
        session.trackers[tracker] = period << ALLOWANCE_BITS | addAllowance(used, amount, limit.limit, period);
    }

    /// @notice Charges the fee limit.
    /// @dev Reverts if the limit would be exceeded.
    /// @param head Head of the session.
    /// @param limit The fee limit.
    /// @param fee Highest fee of the transaction, in wei.
    /// @param periodIds Periods claimed by the sender.
    /// @param window Range of time, narrowed to the period.
    /// @return Head after.
    function chargeFee(
        uint256 head,
        UsageLimit calldata limit,
        uint256 fee,
        uint64[] calldata periodIds,
        Window memory window
    ) internal pure returns (uint256) {
        (uint256 usedPeriod, uint256 used) = SessionStorage.feesOf(head);
        if (limit.limitType == LimitType.Lifetime) {
            return SessionStorage.withFees(head, 0, addLifetime(used, fee, limit.limit));
        }
        uint256 period = claimPeriod(limit, periodIds, 0, window);
        if (usedPeriod != period) used = 0;
        return SessionStorage.withFees(head, period, addAllowance(used, fee, limit.limit, period));
    }

    /// @notice Adds to a lifetime sum.
    /// @dev Reverts if the limit would be exceeded; sums cannot overflow, whatever the limit.
    /// @param used Sum before; not above the limit.
    /// @param amount Amount used.
    /// @param limit The limit.
    /// @return Sum after.
    function addLifetime(uint256 used, uint256 amount, uint256 limit) internal pure returns (uint256) {
        // No overflow: the sum is used only if it does not exceed the limit.
        unchecked {
            if (amount > limit || used > limit - amount) {
                revert ISessionKeyValidator.SessionLifetimeLimitExceeded(used, amount, limit);
            }
            return used + amount;
        }
    }

    /// @notice Adds to the sum of a period.
    /// @dev Reverts if the allowance would be exceeded.
    /// @param used Sum before; not above the limit.
    /// @param amount Amount used.
    /// @param limit The limit.
    /// @param period The period.
    /// @return Sum after.
    function addAllowance(uint256 used, uint256 amount, uint256 limit, uint256 period) internal pure returns (uint256) {
        // No overflow: the sum is used only if it does not exceed the limit.
        unchecked {
            if (amount > limit || used > limit - amount) {
                revert ISessionKeyValidator.SessionAllowanceExceeded(used, amount, limit, period);
            }
            return used + amount;
        }
    }

    /// @notice Sum that an allowance's tracker holds for a period.
    /// @param tracker The tracker.
    /// @param period The period.
    /// @return The sum; zero if the tracker is about another period.
    function usedIn(uint256 tracker, uint256 period) internal pure returns (uint256) {
        return tracker >> ALLOWANCE_BITS == period ? uint192(tracker) : 0;
    }

    /// @notice Takes the sender's word for a period and narrows the window to it.
    /// @dev Reverts if there is no word for it.
    /// @param limit The allowance; its period is below 2^64.
    /// @param periodIds Periods claimed by the sender.
    /// @param position Position of this limit's period.
    /// @param window Range of time, narrowed to the period.
    /// @return period The period.
    function claimPeriod(UsageLimit calldata limit, uint64[] calldata periodIds, uint256 position, Window memory window)
        internal
        pure
        returns (uint256 period)
    {
        if (position >= periodIds.length) revert ISessionKeyValidator.SessionPeriodIdMissing(position);
        period = periodIds[position];
        // No overflow: both factors are below 2^64.
        unchecked {
            uint256 start = period * limit.period;
            uint256 end = start + limit.period - 1;
            if (start > window.start) window.start = start;
            if (end < window.end) window.end = end;
        }
    }
}
