// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {Guardian, RecoveryRequest, RecoveryStatus} from "../../contracts/types/RecoveryTypes.sol";
import {RecoveryFixture} from "./support/RecoveryFixture.sol";

/// @title Group of guardians in the plainest form
/// @notice Says what should happen, with no thought for cost: who is in, who approved what, and what runs since when.
contract GroupModel {
    uint256 internal constant GUARDIANS = 5;
    uint256 internal constant REQUESTS = 2;
    uint256 internal constant NONE = REQUESTS;

    bool[GUARDIANS] public known;
    bool[GUARDIANS] public active;
    bool[GUARDIANS][REQUESTS] public collected;
    bool[GUARDIANS] public backing;
    uint256 public threshold = 1;
    uint256 public current = NONE;
    uint256 public readyAt;

    function propose(uint256 who) external returns (bool ok) {
        if (known[who]) return false;
        return known[who] = true;
    }

    function accept(uint256 who) external returns (bool ok) {
        if (!known[who]) return false;
        return active[who] = true;
    }

    function remove(uint256 who) external returns (bool ok) {
        if (!known[who]) return false;
        uint256 left = count(active) - (active[who] ? 1 : 0);
        if (active[who] && left != 0 && left < threshold) return false;
        (known[who], active[who], backing[who]) = (false, false, false);
        for (uint256 i = 0; i < REQUESTS; ++i) {
            collected[i][who] = false;
        }
        _drop();
        return true;
    }

    function setThreshold(uint256 value) external returns (bool ok) {
        if (value == 0 || value > count(known)) return false;
        threshold = value;
        _drop();
        return true;
    }

    function approve(uint256 who, uint256 request, uint256 time) external returns (bool ok) {
        if (!active[who]) return false;
        if (request == current) {
            backing[who] = true;
            return true;
        }
        collected[request][who] = true;
        if (count(collected[request]) < threshold) return true;
        (current, backing, readyAt) = (request, collected[request], time + 1 days);
        _forgetCollected();
        return true;
    }

    function discard() external returns (bool ok) {
        current = NONE;
        _forgetCollected();
        return true;
    }

    function setTime(uint256 time) external {
        if (current != NONE && time >= readyAt + 3 days) current = NONE;
    }

    function backers() external view returns (uint256) {
        return current == NONE ? 0 : count(backing);
    }

    function count(bool[GUARDIANS] memory flags) public pure returns (uint256 sum) {
        for (uint256 i = 0; i < GUARDIANS; ++i) {
            if (flags[i]) ++sum;
        }
    }

    function _drop() private {
        if (current != NONE && count(backing) < threshold) current = NONE;
    }

    function _forgetCollected() private {
        delete collected;
    }
}

contract GuardianBookkeepingTest is RecoveryFixture {
    uint256 private constant GUARDIANS = 5;
    uint256 private constant REQUESTS = 2;

    GroupModel private model;
    RecoveryRequest[REQUESTS] private requests;

    function setUp() public override {
        super.setUp();
        model = new GroupModel();
        requests[0] = plain();
        requests[1] = ownerRequest(address(0xbeef0001));
    }

    /// forge-config: default.fuzz.runs = 64
    /// @notice G-02, G-03, G-04: whatever happens in whatever order, the module agrees with the plain model.
    function testFuzz_agreesWithTheModel(uint16[48] calldata operations) public {
        for (uint256 i = 0; i < operations.length; ++i) {
            bool expected = _model(operations[i]);
            assertTrue(_module(operations[i]) == expected, "outcome");
            _compare();
        }
    }

    /// forge-config: default.fuzz.runs = 64
    /// @notice G-02, G-04: the same from a full group, where recoveries are frequent.
    function testFuzz_agreesWithTheModelFromAFullGroup(uint8 threshold, uint16[32] calldata operations) public {
        for (uint256 i = 0; i < GUARDIANS; ++i) {
            propose(guardian(i));
            accept(guardian(i));
            model.propose(i);
            model.accept(i);
        }
        setThreshold(1 + threshold % GUARDIANS);
        model.setThreshold(1 + threshold % GUARDIANS);
        for (uint256 i = 0; i < operations.length; ++i) {
            // Mostly approvals: kinds from five on.
            uint16 operation = operations[i] % 5 == 0 ? operations[i] : operations[i] / 8 * 8 + 5 + operations[i] % 3;
            bool expected = _model(operation);
            assertTrue(_module(operation) == expected, "outcome");
            _compare();
        }
    }

    /// @dev Kind of operation in the lower three bits, then what it is about.
    function _model(uint16 operation) private returns (bool) {
        (uint256 kind, uint256 who, uint256 what) = _decode(operation);
        if (kind == 0) return model.propose(who);
        if (kind == 1) return model.accept(who);
        if (kind == 2) return model.remove(who);
        if (kind == 3) return model.setThreshold(what % 7);
        if (kind == 4 && what % 4 == 0) return model.discard();
        if (kind == 4) {
            model.setTime(time + what * 1 hours);
            return true;
        }
        return model.approve(who, what % REQUESTS, time);
    }

    function _module(uint16 operation) private returns (bool ok) {
        (uint256 kind, uint256 who, uint256 what) = _decode(operation);
        if (kind == 0) {
            return _call(address(account), abi.encodeCall(recovery.proposeGuardian, (DOMAIN, guardian(who))));
        }
        if (kind == 1) return _call(guardian(who), abi.encodeCall(recovery.addGuardian, (DOMAIN, address(account))));
        if (kind == 2) {
            return _call(address(account), abi.encodeCall(recovery.removeGuardian, (DOMAIN, guardian(who))));
        }
        if (kind == 3) return _call(address(account), abi.encodeCall(recovery.setThreshold, (DOMAIN, what % 7)));
        if (kind == 4 && what % 4 == 0) {
            return _call(address(account), abi.encodeCall(recovery.discardRecovery, (DOMAIN)));
        }
        if (kind == 4) {
            pass(what * 1 hours);
            return true;
        }
        RecoveryRequest memory request = requests[what % REQUESTS];
        return _call(guardian(who), abi.encodeCall(recovery.approveRecovery, (DOMAIN, address(account), request)));
    }

    function _call(address caller, bytes memory data) private returns (bool ok) {
        vm.prank(caller);
        (ok,) = address(recovery).call(data);
    }

    function _compare() private view {
        RecoveryStatus memory status = recovery.recoveryStatus(DOMAIN, address(account));
        assertTrue((status.requestHash != 0) == (model.current() != REQUESTS), "running");
        assertEq(status.approvals, model.backers());
        if (status.requestHash != 0) {
            assertEq(status.readyAt, model.readyAt());
            assertTrue(status.approvals >= model.threshold(), "threshold");
            bytes32 expected = recovery.hashRequest(
                DOMAIN, address(account), recovery.nonceOf(DOMAIN, address(account)) - 1, requests[model.current()]
            );
            assertEq(status.requestHash, expected);
        }
        _compareGuardians();
        _compareApprovals();
    }

    function _compareGuardians() private view {
        Guardian[] memory guardians = recovery.guardiansFor(DOMAIN, address(account));
        uint256 found = 0;
        for (uint256 i = 0; i < GUARDIANS; ++i) {
            if (model.known(i)) ++found;
            for (uint256 j = 0; j < guardians.length; ++j) {
                if (guardians[j].addr != guardian(i)) continue;
                assertTrue(model.known(i) && model.active(i) == guardians[j].isReady, "member");
            }
            assertEq(recovery.guardianOf(DOMAIN, guardian(i)).length, model.active(i) ? 1 : 0);
        }
        assertEq(guardians.length, found);
        assertEq(recovery.groupSettings(DOMAIN, address(account)).threshold, model.threshold());
    }

    function _compareApprovals() private view {
        for (uint256 request = 0; request < REQUESTS; ++request) {
            bytes32 requestHash = hashNow(requests[request]);
            uint256 expected = 0;
            for (uint256 i = 0; i < GUARDIANS; ++i) {
                bool approved = recovery.hasApproved(DOMAIN, address(account), requestHash, guardian(i));
                assertTrue(approved == model.collected(request, i), "approval");
                if (approved) ++expected;
            }
            assertEq(recovery.approvalCount(DOMAIN, address(account), requestHash), expected);
        }
    }

    function _decode(uint16 operation) private pure returns (uint256 kind, uint256 who, uint256 what) {
        return (operation % 8, operation / 8 % GUARDIANS, operation / 64);
    }
}
