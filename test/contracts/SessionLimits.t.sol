// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {SessionLimits} from "../../contracts/libraries/SessionLimits.sol";
import {SessionPolicies} from "../../contracts/libraries/SessionPolicies.sol";
import {SessionStorage} from "../../contracts/libraries/SessionStorage.sol";
import {Condition, Status} from "../../contracts/types/SessionTypes.sol";
import {Test} from "./support/Test.sol";

contract SessionLimitsTest is Test {
    function addLifetime(uint256 used, uint256 amount, uint256 limit) external pure returns (uint256) {
        return SessionLimits.addLifetime(used, amount, limit);
    }

    function addAllowance(uint256 used, uint256 amount, uint256 limit) external pure returns (uint256) {
        return SessionLimits.addAllowance(used, amount, limit, 7);
    }

    function testFuzz_lifetimeIsNeverExceeded(uint256 first, uint256 second, uint256 limit) public view {
        uint256 used = _tryAdd(this.addLifetime, 0, first, limit);
        assertTrue(used <= limit, "limit holds");
        assertEq(used, first <= limit ? first : 0);
        uint256 total = _tryAdd(this.addLifetime, used, second, limit);
        assertTrue(total <= limit && total >= used, "limit holds");
        bool fits = second <= limit && used <= limit - second;
        assertEq(total, fits ? used + second : used);
    }

    function testFuzz_allowanceIsNeverExceeded(uint256 first, uint256 second, uint256 limit) public view {
        uint256 used = _tryAdd(this.addAllowance, 0, first, limit);
        uint256 total = _tryAdd(this.addAllowance, used, second, limit);
        assertTrue(used <= limit && total <= limit && total >= used, "limit holds");
    }

    function testFuzz_headFieldsAreIndependent(uint64 period, uint128 used, uint96 epoch, address asserter)
        public
        pure
    {
        uint256 config = SessionStorage.withAsserter(uint256(epoch) << 160, asserter);
        assertEq(SessionStorage.asserterOf(config), asserter);
        uint256 head = SessionStorage.withFees(SessionStorage.openHead(config), period, used);
        (uint256 actualPeriod, uint256 actualUsed) = SessionStorage.feesOf(head);
        assertEq(actualPeriod, period);
        assertEq(actualUsed, used);
        assertTrue(SessionStorage.statusOf(head, config) == Status.Active, "active");
        uint256 next = SessionStorage.nextEpoch(config);
        assertEq(SessionStorage.asserterOf(next), asserter);
        assertTrue(SessionStorage.statusOf(head, next) == Status.Closed, "closed by epoch");
        head = SessionStorage.closedHead(head);
        assertTrue(SessionStorage.statusOf(head, config) == Status.Closed, "closed");
        (actualPeriod, actualUsed) = SessionStorage.feesOf(head);
        assertEq(actualUsed, used);
    }

    function test_conditionsCompareUnsigned() public pure {
        uint256 ref = 10;
        uint256[5] memory words = [uint256(0), ref - 1, ref, ref + 1, type(uint256).max];
        for (uint256 i = 0; i < words.length; ++i) {
            uint256 word = words[i];
            assertTrue(SessionPolicies.holds(Condition.Unconstrained, word, ref), "Unconstrained");
            assertTrue(SessionPolicies.holds(Condition.Equal, word, ref) == (i == 2), "Equal");
            assertTrue(SessionPolicies.holds(Condition.Greater, word, ref) == (i > 2), "Greater");
            assertTrue(SessionPolicies.holds(Condition.Less, word, ref) == (i < 2), "Less");
            assertTrue(SessionPolicies.holds(Condition.GreaterOrEqual, word, ref) == (i >= 2), "GreaterOrEqual");
            assertTrue(SessionPolicies.holds(Condition.LessOrEqual, word, ref) == (i <= 2), "LessOrEqual");
            assertTrue(SessionPolicies.holds(Condition.NotEqual, word, ref) == (i != 2), "NotEqual");
        }
    }

    /// @dev Sum after adding, or the sum before if the addition is refused.
    function _tryAdd(
        function(uint256, uint256, uint256) external view returns (uint256) add,
        uint256 used,
        uint256 amount,
        uint256 limit
    ) private view returns (uint256) {
        try add(used, amount, limit) returns (uint256 total) {
            return total;
        } catch {
            return used;
        }
    }
}
