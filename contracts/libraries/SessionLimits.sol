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

    /// @notice What a transaction claims about the time, and in which range of time its claims hold.
    /// @param start First second of the range, in Unix time.
    /// @param end Last second of the range, in Unix time.
    /// @param time Time that the sender claims it to be, in Unix time; zero if periods are claimed one by one.
    /// @param periodIds Position in the calldata of the claimed periods, one word each.
    /// @param periodCount Their number.
    struct Claims {
        uint256 start;
        uint256 end;
        uint256 time;
        uint256 periodIds;
        uint256 periodCount;
    }

    /// @notice Charges a tracker.
    /// @dev Reverts if the limit would be exceeded.
    /// @param session The session.
    /// @param tracker Position of the tracker.
    /// @param limit The limit.
    /// @param amount Amount used.
    /// @param claims Claims about the time, narrowed to the period.
    /// @param position Position of this limit's period among those claimed.
    function charge(
        SessionStorage.Session storage session,
        uint256 tracker,
        UsageLimit calldata limit,
        uint256 amount,
        Claims memory claims,
        uint256 position
    ) internal {
        LimitType limitType = limit.limitType;
        if (limitType == LimitType.Unlimited) return;
        if (limitType == LimitType.Lifetime) {
            // Nothing used changes nothing: what was used before is within the limit.
            if (amount == 0) return;
            session.trackers[tracker] = addLifetime(session.trackers[tracker], amount, limit.limit);
            return;
        }
        uint256 period = claimPeriod(limit, claims, position);
        uint256 used = usedIn(session.trackers[tracker], period);
        session.trackers[tracker] = period << ALLOWANCE_BITS | addAllowance(used, amount, limit.limit, period);
    }

    /// @notice Charges the fee limit.
    /// @dev Reverts if the limit would be exceeded.
    /// @param head Head of the session.
    /// @param limit The fee limit.
    /// @param fee Highest fee of the transaction, in wei.
    /// @param claims Claims about the time, narrowed to the period.
    /// @param isEstimate Whether the transaction is not signed and the fee thus no more than a guess: too high a fee then uses
    /// up the limit instead of reverting.
    /// @return Head after.
    function chargeFee(uint256 head, UsageLimit calldata limit, uint256 fee, Claims memory claims, bool isEstimate)
        internal
        pure
        returns (uint256)
    {
        (uint256 usedPeriod, uint256 used) = SessionStorage.feesOf(head);
        bool isLifetime = limit.limitType == LimitType.Lifetime;
        uint256 period = isLifetime ? 0 : claimPeriod(limit, claims, 0);
        if (usedPeriod != period) used = 0;
        uint256 highest = limit.limit;
        // No underflow: what was used was checked against the limit.
        unchecked {
            if (isEstimate && fee > highest - used) fee = highest - used;
        }
        used = isLifetime ? addLifetime(used, fee, highest) : addAllowance(used, fee, highest, period);
        return SessionStorage.withFees(head, period, used);
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

    /// @notice Takes the sender's word for the period and narrows the range of time to it.
    /// @dev Reverts if there is no word for it.
    /// @param limit The allowance; its period is not zero and below 2^64.
    /// @param claims Claims about the time, narrowed to the period.
    /// @param position Position of this limit's period among those claimed.
    /// @return period The period.
    function claimPeriod(UsageLimit calldata limit, Claims memory claims, uint256 position)
        internal
        pure
        returns (uint256 period)
    {
        uint256 length = limit.period;
        if (claims.time != 0) {
            period = claims.time / length;
        } else {
            if (position >= claims.periodCount) revert ISessionKeyValidator.SessionPeriodIdMissing(position);
            uint256 ids = claims.periodIds;
            // Equals `periodIds[position]`, which is cut to 64 bits instead of being refused when it is wider.
            assembly ("memory-safe") {
                period := and(calldataload(add(ids, shl(5, position))), 0xffffffffffffffff)
            }
        }
        // No overflow: both factors are below 2^64.
        unchecked {
            uint256 start = period * length;
            uint256 end = start + length - 1;
            if (start > claims.start) claims.start = start;
            if (end < claims.end) claims.end = end;
        }
    }
}
