// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IBatchCaller} from "../../contracts/interfaces/IBatchCaller.sol";
import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {INativeAccount} from "../../contracts/interfaces/INativeAccount.sol";
import {IUpgradeableAccount} from "../../contracts/interfaces/IUpgradeableAccount.sol";
import {SystemContracts} from "../../contracts/system/SystemContracts.sol";
import {Call, Execution} from "../../contracts/types/Execution.sol";
import {OpenExecutor} from "./doubles/OpenExecutor.sol";
import {AccountFixture, ModuleStub} from "./support/AccountFixture.sol";
import {Target} from "./support/Counterparties.sol";
import {HookJournal, HookStub} from "./support/HookStub.sol";
import {Vm} from "./support/Vm.sol";

contract AccountExecutionTest is AccountFixture {
    OpenExecutor private executor;
    Target private target;

    function setUp() public override {
        super.setUp();
        executor = new OpenExecutor();
        target = new Target();
        install(2, address(executor));
        payable(address(account)).transfer(1 ether);
    }

    /// @notice F-01: only the account executes for itself, and only an installed executor for it.
    function test_RevertWhen_aStrangerExecutes() public {
        bytes memory data = abi.encodePacked(target, uint256(1), "");
        ModuleStub validator = new ModuleStub(true, true, false);
        install(1, address(validator));
        address[5] memory strangers = [address(this), owner, BOOTLOADER, address(validator), address(target)];
        for (uint256 i = 0; i < strangers.length; ++i) {
            bytes memory notSelf = abi.encodeWithSelector(IUpgradeableAccount.AccountNotFromSelf.selector, strangers[i]);
            vm.expectRevert(notSelf);
            vm.prank(strangers[i]);
            account.execute(SINGLE, data);
            vm.expectRevert(notSelf);
            vm.prank(strangers[i]);
            account.batchCall(new Call[](0));
            vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, 2, strangers[i]));
            vm.prank(strangers[i]);
            account.executeFromExecutor(SINGLE, data);
        }
        // Not even the account itself is an executor, nor is one that was uninstalled.
        vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, 2, address(account)));
        vm.prank(address(account));
        account.executeFromExecutor(SINGLE, data);
        uninstall(2, address(executor));
        vm.expectRevert(
            abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, 2, address(executor))
        );
        executor.run(account, SINGLE, data);
    }

    function test_executesSingleCalls() public {
        bytes memory data = abi.encodePacked(target, uint256(7), abi.encodeCall(Target.set, (42)));
        transact(abi.encodeCall(account.execute, (SINGLE, data)));
        assertEq(target.number(), 42);
        assertEq(target.lastSender(), address(account));
        assertEq(target.lastValue(), 7);
        bytes[] memory results = executor.run(account, SINGLE, data);
        assertEq(results.length, 1);
        assertEq(results[0], abi.encode(43));
    }

    function test_executesBatches() public {
        bytes memory data = abi.encode(_batch(3));
        transact(abi.encodeCall(account.execute, (BATCH, data)));
        assertEq(target.number(), 2);
        bytes[] memory results = executor.run(account, BATCH, data);
        assertEq(results.length, 3);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(results[i], abi.encode(i + 1));
        }
        results = executor.run(account, BATCH, abi.encode(_batch(0)));
        assertEq(results.length, 0);
    }

    /// @notice F-12, F-16: whatever mode is not announced is refused, delegate calls by anybody among them.
    function testFuzz_RevertWhen_modeIsNotSupported(bytes32 mode) public {
        vm.assume(!account.supportsExecutionMode(mode));
        _expectUnsupported(mode);
    }

    /// @notice F-12, F-16: each single bit beside the supported ones makes a mode unsupported.
    function test_RevertWhen_anyOtherBitIsSet() public {
        for (uint256 bit = 0; bit < 256; ++bit) {
            bytes32 changed = bytes32(uint256(BATCH_TRY) ^ 1 << bit);
            bool known = changed == BATCH || changed == SINGLE_TRY;
            assertTrue(account.supportsExecutionMode(changed) == known, "mode");
            if (!known) _expectUnsupported(changed);
        }
        _expectUnsupported(bytes32(bytes1(0xff)));
        _expectUnsupported(bytes32(bytes1(0xfe)));
    }

    /// @notice F-12: calldata that do not have the form of their mode are refused.
    function test_RevertWhen_executionCalldataIsImproper() public {
        bytes memory invalid = plain(IERC7579Account.AccountInvalidExecutionCalldata.selector);
        bytes[3] memory singles = [bytes(""), new bytes(51), abi.encodePacked(target)];
        for (uint256 i = 0; i < singles.length; ++i) {
            expectRefusal(invalid, abi.encodeCall(account.execute, (SINGLE, singles[i])));
        }
        bytes[6] memory batches = [
            bytes(""),
            new bytes(63),
            abi.encode(33, 0),
            abi.encode(type(uint256).max, 0),
            abi.encode(32, 1),
            abi.encode(32, type(uint256).max)
        ];
        for (uint256 i = 0; i < batches.length; ++i) {
            expectRefusal(invalid, abi.encodeCall(account.execute, (BATCH, batches[i])));
            vm.expectRevert(invalid);
            executor.run(account, BATCH_TRY, batches[i]);
        }
    }

    /// @notice F-12: members of a batch that lie outside are refused, too.
    function test_RevertWhen_aBatchMemberLiesOutside() public {
        bytes memory data = abi.encode(_batch(1));
        // The offset of the first member.
        assembly {
            mstore(add(data, 96), not(0))
        }
        (bool success,) = address(executor).call(abi.encodeCall(OpenExecutor.run, (account, BATCH, data)));
        assertFalse(success, "run");
    }

    function test_RevertWhen_aCallFails() public {
        bytes memory reason = abi.encodeWithSelector(Target.Failed.selector, 5);
        bytes memory data = abi.encodePacked(target, uint256(0), abi.encodeCall(Target.fail, (5)));
        expectRefusal(reason, address(target), 0, abi.encodeCall(Target.fail, (5)));
        expectRefusal(reason, abi.encodeCall(account.execute, (SINGLE, data)));
        vm.expectRevert(reason);
        executor.run(account, SINGLE, data);
        Execution[] memory batch = _batch(2);
        batch[1].callData = abi.encodeCall(Target.fail, (5));
        vm.expectRevert(reason);
        executor.run(account, BATCH, abi.encode(batch));
        assertEq(target.lastSender(), address(0));
    }

    /// @notice F-14: what fails in try mode is reported with its position and revert data, and the rest goes on.
    function test_triesCalls() public {
        bytes memory reason = abi.encodeWithSelector(Target.Failed.selector, 5);
        Execution[] memory batch = _batch(3);
        batch[1].callData = abi.encodeCall(Target.fail, (5));
        vm.recordLogs();
        bytes[] memory results = executor.run(account, BATCH_TRY, abi.encode(batch));
        assertEq(results[0], abi.encode(1));
        assertEq(results[1], reason);
        assertEq(results[2], abi.encode(3));
        assertEq(eventData(IERC7579Account.TryExecuteUnsuccessful.selector), abi.encode(1, reason));
        assertEq(target.number(), 2);
        vm.recordLogs();
        bytes memory data = abi.encodePacked(target, uint256(0), abi.encodeCall(Target.fail, (5)));
        transact(abi.encodeCall(account.execute, (SINGLE_TRY, data)));
        assertEq(eventData(IERC7579Account.TryExecuteUnsuccessful.selector), abi.encode(0, reason));
    }

    /// @notice F-14: nothing is reported when everything succeeds.
    function test_reportsNoFailureWhenThereIsNone() public {
        vm.recordLogs();
        executor.run(account, BATCH_TRY, abi.encode(_batch(3)));
        assertEq(vm.getRecordedLogs().length, 0);
    }

    /// @notice F-15: a call to an address without code succeeds, with or without data, as it does for any sender.
    function test_callsAddressesWithoutCode() public {
        bytes[] memory results =
            executor.run(account, SINGLE, abi.encodePacked(address(0xe0a), uint256(5), hex"01020304"));
        assertEq(results[0], "");
        assertEq(address(0xe0a).balance, 5);
        transact(address(0xe0a), 1, hex"0102");
        assertEq(address(0xe0a).balance, 6);
    }

    /// @notice A-23: a value of 2^128 is refused everywhere, a smaller one depends on the balance only.
    function test_RevertWhen_valueIsTooLarge() public {
        uint256 value = 1 << 128;
        bytes memory reason = abi.encodeWithSelector(INativeAccount.AccountValueTooLarge.selector, value);
        expectRefusal(reason, address(target), value, "");
        vm.expectRevert(reason);
        executor.run(account, SINGLE, abi.encodePacked(target, value, ""));
        vm.expectRevert(reason);
        executor.run(account, SINGLE_TRY, abi.encodePacked(target, value, ""));
        Call[] memory calls = new Call[](1);
        calls[0] = Call(address(target), true, value, "");
        expectRefusal(reason, abi.encodeCall(account.batchCall, (calls)));
        expectRefusal("", address(target), value - 1, "");
    }

    /// @notice F-21: an executor may do all the account may do, to itself and other modules, too.
    function test_executorsActForTheAccount() public {
        ModuleStub module = new ModuleStub(false, true, false);
        _executeOnSelf(abi.encodeCall(account.installModule, (2, address(module), "")));
        assertTrue(account.isModule(address(module)), "installed");
        _executeOnSelf(abi.encodeCall(account.uninstallModule, (2, address(module), "")));
        assertFalse(account.isModule(address(module)), "uninstalled");
        _executeOnSelf(abi.encodeCall(account.addK1Owner, (address(0xa))));
        assertTrue(account.isK1Owner(address(0xa)), "owner");
        _executeOnSelf(abi.encodeCall(account.uninstallModule, (2, address(executor), "")));
        assertFalse(account.isModule(address(executor)), "itself");
    }

    /// @notice F-21: where it may not is what hooks are for.
    function test_RevertWhen_aHookRefusesAnExecutor() public {
        HookStub hook = new HookStub(new HookJournal(), "a");
        install(4, address(hook));
        hook.set(true, false, false);
        vm.expectRevert(plain(HookStub.RefusedBefore.selector));
        _executeOnSelf(abi.encodeCall(account.uninstallModule, (4, address(hook), "")));
    }

    // Batches with per-call tolerance.

    /// @notice F-23: the values have to add up to the value sent; what a tolerated failing call did not take stays.
    function test_batchesCallsWithValue() public {
        Call[] memory calls = _calls();
        vm.recordLogs();
        transact(address(account), 6, abi.encodeCall(account.batchCall, (calls)));
        bytes memory reason = abi.encodeWithSelector(Target.Failed.selector, 5);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 1);
        assertEq(logs[0].topics[0], IBatchCaller.BatchCallFailure.selector);
        assertEq(uint256(logs[0].topics[1]), 1);
        assertEq(logs[0].data, abi.encode(reason));
        assertEq(address(target).balance, 4);
        assertEq(address(account).balance, 1 ether - 4);
        bytes4 mismatch = IBatchCaller.AccountBatchValueMismatch.selector;
        expectRefusal(
            abi.encodeWithSelector(mismatch, 5, 6), address(account), 5, abi.encodeCall(account.batchCall, (calls))
        );
        expectRefusal(
            abi.encodeWithSelector(mismatch, 0, 6), address(account), 0, abi.encodeCall(account.batchCall, (calls))
        );
    }

    /// @notice F-23: values that overflow are refused.
    function test_RevertWhen_batchValuesOverflow() public {
        Call[] memory calls = new Call[](2);
        calls[0] = Call(address(target), true, 1, "");
        calls[1] = Call(address(target), true, type(uint256).max, "");
        expectRefusal(abi.encodeWithSignature("Panic(uint256)", 0x11), abi.encodeCall(account.batchCall, (calls)));
    }

    function test_RevertWhen_aCallOfABatchMayNotFail() public {
        Call[] memory calls = _calls();
        calls[1].allowFailure = false;
        expectRefusal(
            abi.encodeWithSelector(Target.Failed.selector, 5),
            address(account),
            6,
            abi.encodeCall(account.batchCall, (calls))
        );
    }

    /// @notice F-23, F-24: long revert data of tolerated failures are reported up to 4,096 bytes, and nothing in memory is
    /// damaged by them.
    function test_boundsReportedRevertData() public {
        uint256[5] memory lengths = [uint256(0), 31, 4096, 4097, 200_000];
        for (uint256 i = 0; i < lengths.length; ++i) {
            Execution[] memory batch = _batch(3);
            batch[1].callData = abi.encodeCall(Target.failAtLength, (lengths[i]));
            bytes memory reason = _blob(lengths[i] > 4096 ? 4096 : lengths[i]);
            vm.recordLogs();
            bytes[] memory results = executor.run(account, BATCH_TRY, abi.encode(batch));
            assertEq(eventData(IERC7579Account.TryExecuteUnsuccessful.selector), abi.encode(1, reason));
            assertEq(results[0], abi.encode(1));
            assertEq(results[1], reason);
            assertEq(results[2], abi.encode(3));

            Call[] memory calls = _calls();
            calls[1].callData = abi.encodeCall(Target.failAtLength, (lengths[i]));
            vm.recordLogs();
            transact(address(account), 6, abi.encodeCall(account.batchCall, (calls)));
            assertEq(eventData(IBatchCaller.BatchCallFailure.selector), abi.encode(reason));
        }
    }

    /// @notice F-24: what a successful call returns is copied for executors only, who asked for it.
    function test_copiesResultsForExecutorsOnly() public {
        bytes memory data = abi.encodePacked(target, uint256(0), abi.encodeCall(Target.answerAtLength, (500_000)));
        bytes memory call = abi.encodeCall(account.execute, (SINGLE, data));
        uint256 before = gasleft();
        transact(call);
        // Nearly all of it is the target's own memory.
        assertTrue(before - gasleft() < 700_000, "gas");
        assertEq(executor.run(account, SINGLE, data)[0].length, 500_000);
    }

    /// @notice A-16: the system flag is set for the four functions that deploy, and nothing else.
    function test_recognisesDeployments() public view {
        string[4] memory deployments = [
            "create(bytes32,bytes32,bytes)",
            "create2(bytes32,bytes32,bytes)",
            "createAccount(bytes32,bytes32,bytes,uint8)",
            "create2Account(bytes32,bytes32,bytes,uint8)"
        ];
        address deployer = address(0x8006);
        for (uint256 i = 0; i < deployments.length; ++i) {
            bytes memory data = abi.encodeWithSignature(deployments[i]);
            assertTrue(this.isDeployment(deployer, data), "deployment");
            assertFalse(this.isDeployment(address(0x8007), data), "elsewhere");
            assertFalse(this.isDeployment(deployer, abi.encodePacked(bytes3(data))), "short");
        }
        string[4] memory others = [
            "updateAccountVersion(uint8)",
            "updateNonceOrdering(uint8)",
            "forceDeployOnAddresses((bytes32,address,bool,uint256,bytes)[])",
            "extendedAccountVersion(address)"
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            assertFalse(this.isDeployment(deployer, abi.encodeWithSignature(others[i])), "other");
        }
        assertFalse(this.isDeployment(deployer, ""), "empty");
    }

    function isDeployment(address to, bytes calldata data) external pure returns (bool) {
        return SystemContracts.isDeployment(to, data);
    }

    function _executeOnSelf(bytes memory data) private {
        executor.run(account, SINGLE, abi.encodePacked(account, uint256(0), data));
    }

    function _expectUnsupported(bytes32 mode) private {
        bytes memory reason = abi.encodeWithSelector(IERC7579Account.AccountUnsupportedExecutionMode.selector, mode);
        bytes memory data = abi.encodePacked(target, uint256(0), abi.encodeCall(Target.set, (1)));
        vm.expectRevert(reason);
        vm.prank(address(account));
        account.execute(mode, data);
        vm.expectRevert(reason);
        executor.run(account, mode, data);
    }

    /// @dev Calls that set 0, 1, 2 …
    function _batch(uint256 length) private view returns (Execution[] memory batch) {
        batch = new Execution[](length);
        for (uint256 i = 0; i < length; ++i) {
            batch[i] = Execution(address(target), i, abi.encodeCall(Target.set, (i)));
        }
    }

    /// @dev Three calls with values 1, 2 and 3, of which the second fails and may.
    function _calls() private view returns (Call[] memory calls) {
        calls = new Call[](3);
        calls[0] = Call(address(target), false, 1, "");
        calls[1] = Call(address(target), true, 2, abi.encodeCall(Target.fail, (5)));
        calls[2] = Call(address(target), false, 3, "");
    }

    /// @dev What {Target-failAtLength} reverts with.
    function _blob(uint256 length) private pure returns (bytes memory blob) {
        blob = new bytes(length);
        for (uint256 i = 0; i < length; i += 32) {
            uint256 left = length - i;
            uint256 mask = left < 32 ? type(uint256).max << 8 * (32 - left) : type(uint256).max;
            assembly {
                mstore(add(add(blob, 32), i), and(add(i, 1), mask))
            }
        }
    }
}
