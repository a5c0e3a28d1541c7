// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {IModuleRemoval} from "../../contracts/interfaces/IModuleRemoval.sol";
import {INativeAccount} from "../../contracts/interfaces/INativeAccount.sol";
import {IOwners} from "../../contracts/interfaces/IOwners.sol";
import {ISessionKeyValidator} from "../../contracts/interfaces/ISessionKeyValidator.sol";
import {IUpgradeableAccount} from "../../contracts/interfaces/IUpgradeableAccount.sol";
import {Call} from "../../contracts/types/Execution.sol";
import {CallSpec, LimitType, SessionSpec, UsageLimit} from "../../contracts/types/SessionTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {OpenExecutor} from "./doubles/OpenExecutor.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {HandlerStub, Target} from "./support/Counterparties.sol";
import {HookJournal, HookStub} from "./support/HookStub.sol";
import {Conduct, HostileModule} from "./support/HostileModules.sol";
import {AsserterStub} from "./support/SessionFixture.sol";
import {ISessions, Sessions} from "./support/Sessions.sol";

contract AccountHooksTest is AccountFixture {
    bytes4 private constant GREET = bytes4(keccak256("greet(uint256)"));
    bytes4 private constant READ = bytes4(keccak256("read(uint256)"));

    /// @dev Compilers take the time of a block for constant, so tests that change it keep it themselves.
    uint256 private constant NOW = 1_700_000_000;

    HookJournal private journal;
    HookStub private hook;
    OpenExecutor private executor;
    HandlerStub private handler;
    Target private target;

    function setUp() public override {
        super.setUp();
        vm.warp(NOW);
        journal = new HookJournal();
        hook = new HookStub(journal, "a");
        executor = new OpenExecutor();
        handler = new HandlerStub();
        target = new Target();
        install(2, address(executor));
        installHandler(address(handler), GREET, 0x00);
        installHandler(address(handler), READ, 0xfe);
        payable(address(account)).transfer(1 ether);
    }

    // What hooks watch.

    /// @notice F-09: a transaction is watched.
    function test_hooksWatchTransactions() public {
        install(4, address(hook));
        Transaction memory transaction = transactionTo(address(target), 7, abi.encodeCall(Target.set, (1)));
        vm.prank(BOOTLOADER);
        account.executeTransaction(0, 0, transaction);
        _expectWatched(BOOTLOADER, 0, abi.encodeCall(INativeAccount.executeTransaction, (0, 0, transaction)));
        assertEq(target.number(), 1);
    }

    /// @notice F-09: a transaction that does not come through the bootloader is watched.
    function test_hooksWatchTransactionsFromOutside() public {
        install(4, address(hook));
        Transaction memory transaction =
            signed(transactionTo(address(target), 7, abi.encodeCall(Target.set, (2))), OWNER_KEY);
        account.executeTransactionFromOutside{value: 7}(transaction);
        bytes memory data = abi.encodeCall(INativeAccount.executeTransactionFromOutside, (transaction));
        _expectWatched(address(this), 7, data);
        assertEq(target.number(), 2);
    }

    /// @notice F-09: what an executor does is watched.
    function test_hooksWatchExecutors() public {
        install(4, address(hook));
        bytes memory data = abi.encodePacked(target, uint256(5), abi.encodeCall(Target.set, (3)));
        executor.run{value: 5}(account, SINGLE, data);
        data = abi.encodeCall(IERC7579Account.executeFromExecutor, (SINGLE, data));
        _expectWatched(address(executor), 5, data);
        assertEq(target.number(), 3);
    }

    /// @notice F-09: a fallback handler that may write is watched, one that may not is not.
    function test_hooksWatchFallbackHandlersThatMayWrite() public {
        install(4, address(hook));
        bytes memory data = abi.encodeWithSelector(GREET, 4);
        _expectSuccess(data);
        _expectWatched(address(this), 0, data);
        journal.clear();
        _expectSuccess(abi.encodeWithSelector(READ, 4));
        assertEq(bytes(journal.text()), "");
    }

    /// @notice F-09: what the account does to itself within a watched transaction is not watched twice.
    function test_hooksWatchOnce() public {
        install(4, address(hook));
        Call[] memory calls = new Call[](2);
        calls[0] = Call(address(account), false, 0, abi.encodeCall(IOwners.addK1Owner, (address(0xa))));
        calls[1] = Call(address(target), false, 0, abi.encodeCall(Target.set, (9)));
        transact(abi.encodeCall(account.batchCall, (calls)));
        assertEq(bytes(journal.text()), "+a-a");
    }

    /// @notice F-05: the validation step does not depend on hooks.
    function test_hooksAreNotAskedInValidation() public {
        install(4, address(hook));
        hook.set(true, true, true);
        Transaction memory transaction = signed(transactionTo(address(target), 0, ""), OWNER_KEY);
        vm.prank(BOOTLOADER);
        bytes4 magic = account.validateTransaction(0, 0, transaction);
        assertEq(bytes32(magic), bytes32(INativeAccount.validateTransaction.selector));
        vm.prank(BOOTLOADER);
        account.payForTransaction(0, 0, transaction);
    }

    function test_RevertWhen_hookRefusesBefore() public {
        install(4, address(hook));
        hook.set(true, false, false);
        _expectEverythingRefused(plain(HookStub.RefusedBefore.selector));
    }

    function test_RevertWhen_hookRefusesAfter() public {
        install(4, address(hook));
        hook.set(false, true, false);
        _expectEverythingRefused(plain(HookStub.RefusedAfter.selector));
        assertEq(target.number(), 0);
    }

    function testFuzz_hookGetsItsDataBack(bytes memory data) public {
        install(4, address(hook));
        hook.setAnswer(data);
        transact(address(target), 0, "");
        assertEq(hook.lastHookData(), data);
    }

    /// @notice Without hooks, an execution reads one slot more than the proxy does.
    function test_readsOneSlotWithoutHooks() public {
        Transaction memory transaction = transactionTo(address(target), 0, "");
        vm.record();
        vm.prank(BOOTLOADER);
        account.executeTransaction(0, 0, transaction);
        (bytes32[] memory reads, bytes32[] memory writes) = vm.accesses(address(account));
        assertEq(reads.length, 2);
        assertEq(writes.length, 0);
    }

    // Order, and changes while hooks are running.

    /// @notice F-10: hooks are asked newest first and told in reverse order, also after one is removed.
    function test_keepsTheOrderOfHooks() public {
        HookStub b = new HookStub(journal, "b");
        HookStub c = new HookStub(journal, "c");
        install(4, address(hook));
        install(4, address(b));
        install(4, address(c));
        transact(address(target), 0, "");
        assertEq(bytes(journal.text()), "+c+b+a-a-b-c");
        uninstall(4, address(b));
        journal.clear();
        transact(address(target), 0, "");
        assertEq(bytes(journal.text()), "+c+a-a-c");
        uninstall(4, address(c));
        uninstall(4, address(hook));
        journal.clear();
        transact(address(target), 0, "");
        assertEq(bytes(journal.text()), "");
    }

    function test_uninstallsAHookInATransactionItWatches() public {
        HookStub b = new HookStub(journal, "b");
        install(4, address(hook));
        install(4, address(b));
        hook.set(false, true, false);
        transact(abi.encodeCall(account.uninstallModule, (4, address(hook), hex"0102")));
        assertFalse(account.isModuleInstalled(4, address(hook), ""), "installed");
        assertEq(bytes(journal.text()), "+b+a-b");
        assertEq(hook.lastUninstallData(), hex"0102");
    }

    function test_doesNotTellAHookThatWasNotAsked() public {
        transact(abi.encodeCall(account.installModule, (4, address(hook), "")));
        assertEq(bytes(journal.text()), "");
        transact(address(target), 0, "");
        assertEq(bytes(journal.text()), "+a-a");
    }

    /// @notice F-08: neither a hook nor whoever it calls gains anything by calling back.
    function test_hooksGainNothingByReentry() public {
        install(4, address(hook));
        bytes[] memory calls = new bytes[](12);
        Transaction memory transaction;
        calls[0] = abi.encodeCall(account.execute, (SINGLE, abi.encodePacked(target, uint256(1), "")));
        calls[1] = abi.encodeCall(account.executeFromExecutor, (SINGLE, abi.encodePacked(target, uint256(1), "")));
        calls[2] = abi.encodeCall(account.batchCall, (new Call[](0)));
        calls[3] = abi.encodeCall(account.installModule, (2, address(hook), ""));
        calls[4] = abi.encodeCall(account.uninstallModule, (4, address(hook), ""));
        calls[5] = abi.encodeCall(account.forceUninstallModule, (4, address(hook), ""));
        calls[6] = abi.encodeCall(account.scheduleHookRemoval, (address(hook)));
        calls[7] = abi.encodeCall(account.removeScheduledHook, (address(hook)));
        calls[8] = abi.encodeCall(account.addK1Owner, (address(hook)));
        calls[9] = abi.encodeCall(account.upgradeTo, (address(implementation)));
        calls[10] = abi.encodeCall(account.executeTransaction, (0, 0, transaction));
        calls[11] = abi.encodeCall(account.executeTransactionFromOutside, (transaction));
        hook.setReentry(address(account), calls);
        transact(address(target), 3, "");
        transact(abi.encodeCall(account.uninstallModule, (4, address(hook), "")));
        assertEq(hook.successfulReentries(), 0);
        assertEq(address(target).balance, 3);
    }

    /// @notice F-08: an entry point reached from a hook is watched by itself, and disturbs nothing of the outer one.
    function test_watchesNestedEntryPointsSeparately() public {
        CallingHook caller = new CallingHook(address(account), abi.encodeWithSelector(GREET, 1));
        install(4, address(caller));
        transact(address(target), 0, "");
        assertEq(caller.asked(), 2);
        assertEq(caller.told(0), 2);
        assertEq(caller.told(1), 1);
    }

    /// @notice F-08: a hook that removes another one, through an executor that obeys it, neither breaks the list nor gets the
    /// other one told.
    function test_survivesRemovalOfAHookByAnotherOne() public {
        HookStub b = new HookStub(journal, "b");
        install(4, address(b));
        install(4, address(hook));
        bytes memory removal = abi.encodeCall(account.uninstallModule, (4, address(b), ""));
        bytes memory single = abi.encodePacked(account, uint256(0), removal);
        CallingHook caller =
            new CallingHook(address(executor), abi.encodeCall(OpenExecutor.run, (account, SINGLE, single)));
        install(4, address(caller));
        transact(address(target), 1, "");
        assertEq(bytes(journal.text()), "+a+b-a+a+b-a");
        assertEq(caller.told(0), 2);
        assertEq(caller.told(1), 1);
        assertEq(address(target).balance, 1);
        (address[] memory hooks,) = account.listModules(4, address(0), 10);
        assertEq(hooks.length, 2);
        assertEq(hooks[0], address(caller));
        assertEq(hooks[1], address(hook));
    }

    // The way out.

    /// @notice F-05: an account gets rid of a hook that refuses everything, burns all gas, or returns too much, even if the
    /// hook fails when it is told.
    function test_getsRidOfAHostileHook() public {
        for (uint256 i = 1; i <= uint256(type(Conduct).max); ++i) {
            HostileModule hostile = new HostileModule();
            install(4, address(hostile));
            hostile.turn(Conduct(i));
            transact(abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (address(hostile))));
            vm.warp(NOW + i * 1 days);
            transact(abi.encodeCall(IModuleRemoval.removeScheduledHook, (address(hostile))));
            assertFalse(account.isModule(address(hostile)), "module");
        }
        transact(address(target), 1, "");
        assertEq(address(target).balance, 1);
    }

    /// @notice F-05: the way out is open to a transaction that does not come through the bootloader, too.
    function test_getsRidOfAHostileHookFromOutside() public {
        install(4, address(hook));
        hook.set(true, true, true);
        bytes memory data = abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (address(hook)));
        account.executeTransactionFromOutside(signed(transactionTo(address(account), 0, data), OWNER_KEY));
        vm.warp(NOW + 1 days);
        data = abi.encodeCall(IModuleRemoval.removeScheduledHook, (address(hook)));
        account.executeTransactionFromOutside(signed(transactionTo(address(account), 0, data), OWNER_KEY));
        assertFalse(account.isModule(address(hook)), "module");
    }

    /// @notice F-05, F-06: nothing but those two calls passes a hook that refuses.
    function test_RevertWhen_anythingElseTakesTheWayOut() public {
        install(4, address(hook));
        transact(abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (address(hook))));
        vm.warp(NOW + 2 days);
        hook.set(true, false, false);
        bytes memory reason = plain(HookStub.RefusedBefore.selector);
        bytes memory removal = abi.encodeCall(IModuleRemoval.removeScheduledHook, (address(hook)));
        bytes memory schedule = abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (address(hook)));
        // With value, from another contract's function of the same name, or cut short.
        expectRefusal(reason, address(account), 1, removal);
        expectRefusal(reason, address(target), 0, removal);
        expectRefusal(reason, address(target), 0, schedule);
        expectRefusal(reason, address(account), 0, hex"");
        expectRefusal(reason, address(account), 0, abi.encodePacked(bytes3(removal)));
        // Wrapped, or along with something else.
        Call[] memory calls = new Call[](1);
        calls[0] = Call(address(account), false, 0, removal);
        expectRefusal(reason, abi.encodeCall(account.batchCall, (calls)));
        bytes memory single = abi.encodePacked(account, uint256(0), removal);
        expectRefusal(reason, abi.encodeCall(account.execute, (SINGLE, single)));
        // The other ways to remove a module.
        expectRefusal(reason, abi.encodeCall(account.uninstallModule, (4, address(hook), "")));
        expectRefusal(reason, abi.encodeCall(account.forceUninstallModule, (4, address(hook), "")));
        // By an executor.
        vm.expectRevert(reason);
        executor.run(account, SINGLE, single);
        vm.expectRevert(reason);
        executor.run(account, SINGLE, abi.encodePacked(account, uint256(0), schedule));
        assertTrue(account.isModule(address(hook)), "module");
    }

    /// @notice F-06: a session key can neither be given the way out nor take it.
    function test_RevertWhen_aSessionTakesTheWayOut() public {
        vm.chainId(260);
        vm.etch(address(0x808012), address(new AsserterStub()).code);
        ISessions sessions = Sessions.deploy();
        install(1, address(sessions));
        install(4, address(hook));
        bytes4[2] memory ways =
            [IModuleRemoval.scheduleHookRemoval.selector, IModuleRemoval.removeScheduledHook.selector];
        for (uint256 i = 0; i < 2; ++i) {
            SessionSpec memory spec = _sessionFor(address(account), ways[i]);
            bytes memory banned =
                abi.encodeWithSelector(ISessionKeyValidator.SessionTargetBanned.selector, address(account));
            vm.expectRevert(banned);
            vm.prank(address(account));
            sessions.createSession(spec);
            // Nor does a session for another target reach the account.
            spec = _sessionFor(address(target), ways[i]);
            spec.signer = vm.addr(0x5e55 + i);
            vm.prank(address(account));
            sessions.createSession(spec);
            bytes memory data = abi.encodeWithSelector(ways[i], hook);
            Transaction memory transaction = transactionTo(address(account), 0, data);
            bytes memory signature = ecdsa(0x5e55 + i, hashOf(transaction));
            transaction.signature = abi.encode(signature, address(sessions), abi.encode(spec, new uint64[](2)));
            vm.expectRevert(
                abi.encodeWithSelector(ISessionKeyValidator.SessionCallNotAllowed.selector, address(account), ways[i])
            );
            account.executeTransactionFromOutside(transaction);
        }
    }

    /// @notice F-06, F-28: nobody but the account itself schedules or removes.
    function test_RevertWhen_aStrangerTakesTheWayOut() public {
        install(4, address(hook));
        address[4] memory strangers = [address(this), address(hook), address(executor), owner];
        for (uint256 i = 0; i < strangers.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(IUpgradeableAccount.AccountNotFromSelf.selector, strangers[i]);
            vm.expectRevert(reason);
            vm.prank(strangers[i]);
            account.scheduleHookRemoval(address(hook));
            vm.expectRevert(reason);
            vm.prank(strangers[i]);
            account.removeScheduledHook(address(hook));
        }
    }

    /// @notice F-28: the window opens after exactly a day and closes after exactly seven.
    function test_removesScheduledHooksWithinTheWindowOnly() public {
        install(4, address(hook));
        bytes memory removal = abi.encodeCall(IModuleRemoval.removeScheduledHook, (address(hook)));
        bytes4 notDue = IModuleRemoval.AccountHookRemovalNotDue.selector;
        expectRefusal(abi.encodeWithSelector(notDue, hook, 0), removal);
        transact(abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (address(hook))));
        (uint256 from, uint256 until) = account.hookRemovalWindow(address(hook));
        assertEq(from, NOW + 1 days);
        assertEq(until, NOW + 7 days);
        vm.warp(NOW + 1 days - 1);
        expectRefusal(abi.encodeWithSelector(notDue, hook, from), removal);
        vm.warp(NOW + 7 days);
        expectRefusal(abi.encodeWithSelector(notDue, hook, from), removal);
        vm.warp(NOW + 7 days - 1);
        vm.recordLogs();
        transact(removal);
        assertEq(eventData(IModuleRemoval.ScheduledHookRemoved.selector), "");
        assertFalse(account.isModule(address(hook)), "module");
        (from, until) = account.hookRemovalWindow(address(hook));
        assertEq(from | until, 0);
    }

    function test_removesAScheduledHookAtTheBeginningOfTheWindow() public {
        install(4, address(hook));
        vm.recordLogs();
        transact(abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (address(hook))));
        bytes memory expected = abi.encode(NOW + 1 days, NOW + 7 days);
        assertEq(eventData(IModuleRemoval.HookRemovalScheduled.selector), expected);
        vm.warp(NOW + 1 days);
        vm.recordLogs();
        transact(abi.encodeCall(IModuleRemoval.removeScheduledHook, (address(hook))));
        expected = abi.encode(4, hook, true);
        assertEq(eventData(IModuleRemoval.ModuleForceUninstalled.selector), expected);
        assertEq(hook.lastUninstallData(), "");
    }

    /// @notice F-28: the clock cannot be set back, neither by whoever the hook talks into it nor by a second signer.
    function test_RevertWhen_theScheduleIsRestarted() public {
        install(4, address(hook));
        bytes memory schedule = abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (address(hook)));
        transact(schedule);
        (uint256 from,) = account.hookRemovalWindow(address(hook));
        bytes memory pending = abi.encodeWithSelector(IModuleRemoval.AccountHookRemovalPending.selector, hook, from);
        expectRefusal(pending, schedule);
        vm.warp(from + 6 days - 1);
        expectRefusal(pending, schedule);
        vm.warp(from + 6 days);
        transact(schedule);
        (uint256 next,) = account.hookRemovalWindow(address(hook));
        assertEq(next, from + 7 days);
    }

    /// @notice F-28: a schedule ends with the hook's installation; another hook's schedule is of no use.
    function test_forgetsTheScheduleOfAnUninstalledHook() public {
        HookStub other = new HookStub(journal, "b");
        install(4, address(hook));
        install(4, address(other));
        transact(abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (address(hook))));
        vm.warp(NOW + 2 days);
        bytes4 notDue = IModuleRemoval.AccountHookRemovalNotDue.selector;
        bytes memory removal = abi.encodeCall(IModuleRemoval.removeScheduledHook, (address(other)));
        expectRefusal(abi.encodeWithSelector(notDue, other, 0), removal);
        uninstall(4, address(hook));
        install(4, address(hook));
        removal = abi.encodeCall(IModuleRemoval.removeScheduledHook, (address(hook)));
        expectRefusal(abi.encodeWithSelector(notDue, hook, 0), removal);
        transact(abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (address(hook))));
        expectRefusal(abi.encodeWithSelector(notDue, hook, NOW + 3 days), removal);
    }

    function test_RevertWhen_schedulingWhatIsNoHook() public {
        address[3] memory others = [address(executor), address(handler), address(hook)];
        for (uint256 i = 0; i < others.length; ++i) {
            expectRefusal(
                abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, 4, others[i]),
                abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (others[i]))
            );
        }
    }

    /// @dev Session of key 0x5e55 that may call one function.
    function _sessionFor(address to, bytes4 selector) private view returns (SessionSpec memory spec) {
        spec.signer = vm.addr(0x5e55);
        spec.expiresAt = NOW + 30 days;
        spec.feeLimit = UsageLimit(LimitType.Lifetime, 1 ether, 0);
        spec.callPolicies = new CallSpec[](1);
        spec.callPolicies[0].target = to;
        spec.callPolicies[0].selector = selector;
    }

    function _expectWatched(address sender, uint256 value, bytes memory data) private view {
        assertEq(bytes(journal.text()), "+a-a");
        assertEq(hook.lastSender(), sender);
        assertEq(hook.lastValue(), value);
        assertEq(hook.lastData(), data);
    }

    function _expectEverythingRefused(bytes memory reason) private {
        expectRefusal(reason, address(target), 0, abi.encodeCall(Target.set, (1)));
        Transaction memory transaction =
            signed(transactionTo(address(target), 0, abi.encodeCall(Target.set, (1))), OWNER_KEY);
        vm.expectRevert(reason);
        account.executeTransactionFromOutside(transaction);
        vm.expectRevert(reason);
        executor.run(account, SINGLE, abi.encodePacked(target, uint256(0), abi.encodeCall(Target.set, (1))));
        (bool success, bytes memory result) = address(account).call(abi.encodeWithSelector(GREET, 4));
        assertFalse(success, "fallback");
        assertEq(result, reason);
    }

    function _expectSuccess(bytes memory data) private {
        (bool success,) = address(account).call(data);
        assertTrue(success, "call");
    }
}

/// @title Hook that makes a call the first time it is asked
contract CallingHook {
    /// @notice The call failed.
    error CallFailed();

    address private immutable callee;
    bytes private data;
    uint256 public asked;
    uint256[] public told;

    constructor(address callee_, bytes memory data_) {
        (callee, data) = (callee_, data_);
    }

    function onInstall(bytes calldata) external {}

    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == 4;
    }

    function preCheck(address, uint256, bytes calldata) external returns (bytes memory) {
        uint256 number = ++asked;
        if (number == 1) {
            (bool success,) = callee.call(data);
            if (!success) revert CallFailed();
        }
        return abi.encode(number);
    }

    function postCheck(bytes calldata hookData) external {
        told.push(abi.decode(hookData, (uint256)));
    }
}
