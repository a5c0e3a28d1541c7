// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IGuardianRecovery} from "../../contracts/interfaces/IGuardianRecovery.sol";
import {RecoveryRequest} from "../../contracts/types/RecoveryTypes.sol";
import {RecoveryFixture} from "./support/RecoveryFixture.sol";

/// @title Cheat codes for logs
interface LogVm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    /// @notice Begins to record logs.
    function recordLogs() external;

    /// @notice Logs recorded since the last call.
    function getRecordedLogs() external returns (Log[] memory logs);
}

/// @title What existing clients and indexers of guardian recovery rely on
contract GuardianCompatibilityTest is RecoveryFixture {
    LogVm private constant logVm = LogVm(address(vm));

    function test_keepsFunctions() public pure {
        assertEq(bytes32(IGuardianRecovery.proposeGuardian.selector), bytes32(bytes4(0x9f5d29c9)));
        assertEq(bytes32(IGuardianRecovery.removeGuardian.selector), bytes32(bytes4(0x3cab947d)));
        assertEq(bytes32(IGuardianRecovery.addGuardian.selector), bytes32(bytes4(0x85431596)));
        assertEq(bytes32(IGuardianRecovery.initRecovery.selector), bytes32(bytes4(0x236ad679)));
        assertEq(bytes32(IGuardianRecovery.discardRecovery.selector), bytes32(bytes4(0x51bd1f69)));
        assertEq(bytes32(IGuardianRecovery.guardiansFor.selector), bytes32(bytes4(0x511f723d)));
        assertEq(bytes32(IGuardianRecovery.guardianOf.selector), bytes32(bytes4(0xcb339850)));
        assertEq(bytes32(IGuardianRecovery.getPendingRecoveryData.selector), bytes32(bytes4(0xab9d5fff)));
    }

    function test_keepsTheFormOfViews() public {
        propose(guardian(0));
        accept(guardian(0));
        (bool success, bytes memory answer) =
            address(recovery).call(abi.encodeWithSelector(0x511f723d, DOMAIN, address(account)));
        // Offset, length, then address, flag and time.
        bytes memory expected = abi.encode(uint256(32), uint256(1), guardian(0), true, NOW);
        assertTrue(success, "guardiansFor");
        assertEq(answer, expected);
        approve(0, plain());
        (success, answer) = address(recovery).call(abi.encodeWithSelector(0xab9d5fff, DOMAIN, address(account)));
        assertTrue(success, "getPendingRecoveryData");
        assertEq(answer, abi.encode(keccak256(NEW_ID), publicKey(NEW_KEY), NOW));
    }

    function test_keepsEvents() public {
        logVm.recordLogs();
        propose(guardian(0));
        bytes32 first = bytes32(uint256(uint160(guardian(0))));
        _expectLog(0x3deaf0877005efc7ea2c571de4f96ff33bf60c0b32e188f1fa32bab3da8b870e, first, "");
        accept(guardian(0));
        _expectLog(0x6aba2dccf4edc3319e24e776ffc5d7f8fa89456e0f15421abf316d28d427ed33, first, "");
        approve(0, plain());
        _expectLog(
            0x750203e1c6151c9136eca3be6c61d060ea236395244e97c72ee3735c131c3802,
            keccak256(NEW_ID),
            abi.encode(guardian(0))
        );
        approve(0, passkeyRequest(NEW_KEY + 1));
        _expectLog(0xa4e8705d9ef0c51657f9c64b028c7199ff3cd3ee5d057d6e1088e64580853d13, keccak256(NEW_ID), "");
        discard();
        _expectLog(0xa4e8705d9ef0c51657f9c64b028c7199ff3cd3ee5d057d6e1088e64580853d13, keccak256(NEW_ID), "");
        approve(0, plain());
        pass(1 days);
        finish(plain(), plainReveal());
        _expectLog(0x122f699d3998d7d483d87a65abbdba44780a412ca03b283c5c6fc45b6d7d94d2, keccak256(NEW_ID), "");
        remove(guardian(0));
        _expectLog(0xb9c57fa4d0e004062979bfe03380ddabcf23ec66f36e471ee5b5ab67349485b2, first, "");
    }

    /// @notice G-04: a recovery that is voided says so.
    function test_reportsVoidedRecoveries() public {
        appoint(2, 2);
        approve(0, plain());
        approve(1, plain());
        setThreshold(1);
        logVm.recordLogs();
        remove(guardian(0));
        assertFalse(_hasLog(IGuardianRecovery.RecoveryDiscarded.selector), "alive");
        remove(guardian(1));
        _expectLog(IGuardianRecovery.RecoveryDiscarded.selector, keccak256(NEW_ID), "");
    }

    /// @notice Whoever watches an account learns what guardians approve, in full.
    function test_reportsWholeRequests() public {
        appoint(2, 2);
        (RecoveryRequest memory request,) = replacement();
        logVm.recordLogs();
        bytes32 requestHash = approve(0, request);
        LogVm.Log[] memory logs = logVm.getRecordedLogs();
        assertEq(logs.length, 1);
        assertEq(logs[0].topics[0], IGuardianRecovery.RecoveryApproved.selector);
        assertEq(logs[0].topics[1], bytes32(uint256(uint160(address(account)))));
        assertEq(logs[0].topics[2], requestHash);
        assertEq(logs[0].topics[3], bytes32(uint256(uint160(guardian(0)))));
        assertEq(logs[0].data, abi.encode(DOMAIN, request));
        approve(0, request);
        assertEq(logVm.getRecordedLogs().length, 0);
    }

    /// @dev Expects a log of the account and its domain among those since the last time.
    function _expectLog(bytes32 topic, bytes32 last, bytes memory data) private {
        LogVm.Log[] memory logs = logVm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != topic) continue;
            assertEq(logs[i].emitter, address(recovery));
            assertEq(logs[i].topics.length, 4);
            assertEq(logs[i].topics[1], bytes32(uint256(uint160(address(account)))));
            assertEq(logs[i].topics[2], DOMAIN);
            assertEq(logs[i].topics[3], last);
            assertEq(logs[i].data, data);
            return;
        }
        assertTrue(false, "log");
    }

    function _hasLog(bytes32 topic) private returns (bool) {
        LogVm.Log[] memory logs = logVm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == topic) return true;
        }
        return false;
    }
}
