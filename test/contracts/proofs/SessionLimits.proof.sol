// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {SessionLimits} from "../../../contracts/libraries/SessionLimits.sol";
import {SessionStorage} from "../../../contracts/libraries/SessionStorage.sol";

/// @title Proofs about the arithmetic of session limits, for Halmos
/// @notice Each `check_` function holds for all arguments: Halmos tries them symbolically. A use that reverts is a use refused.
contract SessionLimitsProof {
    /// @notice No sequence of two uses exceeds a lifetime limit, and sums are exact.
    function check_lifetimeIsNeverExceeded(uint256 used, uint256 first, uint256 second, uint256 limit) external pure {
        if (used > limit) return;
        uint256 once = SessionLimits.addLifetime(used, first, limit);
        uint256 twice = SessionLimits.addLifetime(once, second, limit);
        assert(twice <= limit);
        assert(once >= used && twice >= once);
        unchecked {
            assert(twice - used == first + second && first + second >= first);
        }
    }

    /// @notice No sequence of two uses exceeds an allowance within one period.
    function check_allowanceIsNeverExceeded(uint256 first, uint256 second, uint192 limit, uint64 period) external pure {
        uint256 tracker = _use(0, first, limit, period);
        tracker = _use(tracker, second, limit, period);
        uint256 used = SessionLimits.usedIn(tracker, period);
        assert(used <= limit);
        unchecked {
            assert(used == first + second && first + second >= first);
        }
    }

    /// @notice In another period everything is there again, and the earlier one's use is forgotten, not carried over.
    function check_allowanceStartsAnewInAnotherPeriod(
        uint256 first,
        uint256 second,
        uint192 limit,
        uint64 period,
        uint64 later
    ) external pure {
        if (later == period) return;
        uint256 tracker = _use(0, first, limit, period);
        assert(SessionLimits.usedIn(tracker, later) == 0);
        tracker = _use(tracker, second, limit, later);
        assert(SessionLimits.usedIn(tracker, later) == second && second <= limit);
    }

    /// @notice What is stored for an allowance is exactly its period and its sum: neither spills over into the other.
    function check_trackersKeepPeriodAndSumApart(uint64 period, uint192 sum) external pure {
        uint256 tracker = uint256(period) << 192 | sum;
        assert(SessionLimits.usedIn(tracker, period) == sum);
        assert(tracker >> 192 == period);
    }

    /// @notice Fields of a session's head do not touch each other.
    function check_headKeepsItsFieldsApart(uint256 head, uint64 period, uint128 used) external pure {
        uint256 changed = SessionStorage.withFees(head, period, used);
        (uint256 feePeriod, uint256 fees) = SessionStorage.feesOf(changed);
        assert(feePeriod == period && fees == used);
        assert(changed >> 192 == head >> 192);
    }

    /// @notice Configurations: counting sessions, choosing an asserter and closing everything do not disturb each other.
    function check_configurationKeepsItsFieldsApart(uint256 config, address asserter) external pure {
        uint256 changed = SessionStorage.withAsserter(config, asserter);
        assert(SessionStorage.asserterOf(changed) == asserter);
        assert(changed >> 160 == config >> 160);
        uint256 next = SessionStorage.nextEpoch(config);
        assert(SessionStorage.countOf(next) == SessionStorage.countOf(config));
        assert(SessionStorage.asserterOf(next) == SessionStorage.asserterOf(config));
    }

    /// @dev One use of an allowance, as {SessionLimits-charge} stores it.
    function _use(uint256 tracker, uint256 amount, uint256 limit, uint256 period) private pure returns (uint256) {
        uint256 used = SessionLimits.usedIn(tracker, period);
        return period << 192 | SessionLimits.addAllowance(used, amount, limit, period);
    }
}
