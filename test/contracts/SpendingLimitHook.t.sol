// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {SpendingLimitHook} from "../../contracts/hooks/SpendingLimitHook.sol";
import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {IERC7579Module} from "../../contracts/interfaces/IERC7579Module.sol";
import {IHook} from "../../contracts/interfaces/IHook.sol";
import {IModule} from "../../contracts/interfaces/IModule.sol";
import {IModuleRemoval} from "../../contracts/interfaces/IModuleRemoval.sol";
import {ISpendingLimitHook} from "../../contracts/interfaces/ISpendingLimitHook.sol";
import {IUpgradeableAccount} from "../../contracts/interfaces/IUpgradeableAccount.sol";
import {Executions} from "../../contracts/libraries/Executions.sol";
import {Execution} from "../../contracts/types/Execution.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {HookFixture} from "./support/HookFixture.sol";
import {OddToken} from "./support/OddTokens.sol";
import {TestToken} from "./tokens/TestToken.sol";

/// @title Spender that takes what it was allowed to
contract Shop {
    function buy(IERC20 token, uint256 amount) external {
        token.transferFrom(msg.sender, address(this), amount);
    }

    function refund(IERC20 token, uint256 amount) external {
        token.transfer(msg.sender, amount);
    }

    function send() external payable {}
}

/// @title The account's own decoder
contract AccountDecoder {
    function first(bytes32 mode, bytes calldata data) external pure returns (address target) {
        (target,,) = Executions.at(mode, data, 0);
    }
}

contract SpendingLimitHookTest is HookFixture {
    uint128 private constant UNLIMITED = type(uint128).max;
    uint256 private constant DAY = 1 days;

    SpendingLimitHook private hook;
    TestToken private token;
    Shop private shop;

    function setUp() public override {
        super.setUp();
        hook = new SpendingLimitHook();
        token = new TestToken();
        shop = new Shop();
        token.mint(address(account), 1_000);
        (bool success,) = address(account).call{value: 1_000}("");
        assertTrue(success, "funding");
        _install(100, 50);
    }

    function test_limitsWhatLeavesPerPeriod() public {
        act(address(token), _transfer(60));
        act(address(token), _transfer(40));
        _expectExceeded(address(token), 100, 1, 100);
        act(address(token), _transfer(1));
        vm.warp(_periodEnd() - 1);
        _expectExceeded(address(token), 100, 1, 100);
        act(address(token), _transfer(1));
        vm.warp(_periodEnd());
        act(address(token), _transfer(100));
        assertEq(hook.limitOf(address(account), address(token)).spent, 100);
    }

    function test_limitsTheBaseToken() public {
        act(THIEF, 30, "");
        _expectExceeded(address(0), 30, 21, 50);
        act(THIEF, 21, "");
        act(address(shop), 20, abi.encodeCall(Shop.send, ()));
        _expectExceeded(address(0), 50, 1, 50);
        act(THIEF, 1, "");
        assertEq(address(account).balance, 950);
    }

    function test_limitsBatchesAsAWhole() public {
        Execution[] memory calls = list(_call(_transfer(60)), _call(_transfer(41)));
        _expectExceeded(address(token), 0, 101, 100);
        actAll(calls);
        _expectExceeded(address(token), 0, 101, 100);
        act(address(account), batchCallOf(calls));
        calls[1].callData = _transfer(40);
        actAll(calls);
    }

    function test_limitsExecutorsAndOutsideTransactions() public {
        _expectExceeded(address(token), 0, 101, 100);
        executor.run(account, BATCH, abi.encode(list(address(token), _transfer(101))));
        _expectExceeded(address(token), 0, 101, 100);
        executor.run(account, SINGLE, abi.encodePacked(token, uint256(0), _transfer(101)));
        Transaction memory transaction = signed(transactionOf(address(token), 0, _transfer(101)), OWNER_KEY);
        _expectExceeded(address(token), 0, 101, 100);
        account.executeTransactionFromOutside(transaction);
    }

    function test_countsWhatRemainsMissing() public {
        act(address(token), _transfer(1));
        token.mint(address(shop), 500);
        // Comes back in the same action.
        bytes memory refund = abi.encodeCall(Shop.refund, (IERC20(address(token)), 400));
        actAll(list(_call(_transfer(450)), Execution(address(shop), 0, refund)));
        assertEq(hook.limitOf(address(account), address(token)).spent, 51);
        // What arrives makes no room for later actions.
        act(address(shop), abi.encodeCall(Shop.refund, (IERC20(address(token)), 100)));
        assertEq(hook.limitOf(address(account), address(token)).spent, 51);
    }

    function test_passesOnWhatTheCallerSentAlong() public {
        bytes memory data = abi.encodePacked(THIEF, uint256(500), "");
        executor.run{value: 500}(account, SINGLE, data);
        assertEq(hook.limitOf(address(account), address(0)).spent, 0);
        _expectExceeded(address(0), 0, 51, 50);
        executor.run{value: 449}(account, SINGLE, data);
    }

    function test_leavesTokensWithoutLimitAlone() public {
        TestToken other = new TestToken();
        other.mint(address(account), 1_000);
        act(address(other), _transfer(1_000));
        assertEq(hook.limitOf(address(account), address(other)).amount, UNLIMITED);
    }

    /// @notice F-09: what an executor spends within a transaction counts, and counts once.
    function test_countsNestedActionsOnce() public {
        Execution[] memory calls = list(address(token), _transfer(60));
        act(address(executor), runOf(calls));
        assertEq(hook.limitOf(address(account), address(token)).spent, 60);
        actAll(list(Execution(address(executor), 0, runOf(list(address(token), _transfer(10)))), _call(_transfer(20))));
        assertEq(hook.limitOf(address(account), address(token)).spent, 90);
        _expectExceeded(address(token), 90, 11, 100);
        act(address(executor), runOf(list(address(token), _transfer(11))));
    }

    /// @notice F-08: value that goes in circles through an executor is not counted on its way.
    function test_countsValueThroughExecutorsOnce() public {
        act(address(executor), 40, runOf(list(Execution(THIEF, 40, ""))));
        assertEq(hook.limitOf(address(account), address(0)).spent, 40);
        assertEq(address(account).balance, 960);
    }

    /// @notice A thief with a key raises the limit and takes everything, in one action or in the next ones.
    function test_raisingTakesAPeriod() public {
        bytes memory raise = _setLimit(address(token), 1_000);
        Execution[] memory calls = list(Execution(address(hook), 0, raise), _call(_transfer(101)));
        _expectExceeded(address(token), 0, 101, 100);
        actAll(calls);
        act(address(hook), raise);
        _expectPending(100, 1_000, NOW + DAY);
        vm.warp(NOW + DAY - 1);
        _expectExceeded(address(token), 0, 101, 100);
        act(address(token), _transfer(101));
        vm.warp(NOW + DAY);
        act(address(token), _transfer(1_000));
        assertEq(hook.limitOf(address(account), address(token)).amount, 1_000);
    }

    function test_loweringWorksAtOnceAndDropsARaise() public {
        act(address(hook), _setLimit(address(token), 1_000));
        act(address(hook), _setLimit(address(token), 99));
        _expectPending(99, 0, 0);
        vm.warp(NOW + 2 * DAY);
        _expectExceeded(address(token), 0, 100, 99);
        act(address(token), _transfer(100));
        // The same amount again drops a raise as well.
        act(address(hook), _setLimit(address(token), 1_000));
        act(address(hook), _setLimit(address(token), 99));
        _expectPending(99, 0, 0);
    }

    function test_anotherRaiseStartsItsOwnDelay() public {
        act(address(hook), _setLimit(address(token), 200));
        vm.warp(NOW + DAY - 1);
        act(address(hook), _setLimit(address(token), 1_000));
        _expectPending(100, 1_000, NOW + 2 * DAY - 1);
        vm.warp(NOW + DAY);
        _expectPending(100, 1_000, NOW + 2 * DAY - 1);
        // A raise that has taken effect is what the next one starts from.
        vm.warp(NOW + 2 * DAY - 1);
        act(address(hook), _setLimit(address(token), 2_000));
        _expectPending(1_000, 2_000, NOW + 3 * DAY - 1);
        act(address(hook), _setLimit(address(token), 1_000));
        _expectPending(1_000, 0, 0);
    }

    function test_loweringBelowWhatWasSpentStopsSpendingOnly() public {
        act(address(token), _transfer(60));
        act(address(hook), _setLimit(address(token), 50));
        act(THIEF, 1, "");
        _expectExceeded(address(token), 60, 1, 50);
        act(address(token), _transfer(1));
    }

    /// @notice F-22: nothing gets rid of a limit in force: neither uninstallation, nor another installation, nor removal.
    function test_RevertWhen_aLimitInForceIsToGo() public {
        bytes memory reason = abi.encodeWithSelector(ISpendingLimitHook.SpendingLimitInForce.selector, address(token));
        bytes[4] memory calls = [
            abi.encodeCall(IModule.onUninstall, ("")),
            abi.encodeCall(IModule.onInstall, ("")),
            abi.encodeCall(ISpendingLimitHook.removeLimit, (address(token))),
            abi.encodeCall(IModule.onInstall, (_installData(1_000, 1_000)))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.expectRevert(reason);
            act(address(hook), calls[i]);
        }
        // An announced lift is not yet one.
        act(address(hook), _setLimit(address(token), UNLIMITED));
        vm.warp(NOW + DAY - 1);
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.expectRevert(reason);
            act(address(hook), calls[i]);
        }
    }

    /// @notice F-06: a thief with a key, or an executor, removes the hook or the account's code and takes everything, all in one
    /// action, of whose end the hook would not be told.
    function test_RevertWhen_theAccountWouldEscape() public {
        bytes[3] memory escapes = [
            abi.encodeCall(IERC7579Account.uninstallModule, (4, address(hook), "")),
            abi.encodeCall(IModuleRemoval.forceUninstallModule, (4, address(hook), "")),
            abi.encodeCall(IUpgradeableAccount.upgradeTo, (address(implementation)))
        ];
        bytes memory reason = abi.encodeWithSelector(ISpendingLimitHook.SpendingLimitInForce.selector, address(token));
        for (uint256 i = 0; i < escapes.length; ++i) {
            Execution[] memory calls = list(Execution(address(account), 0, escapes[i]), _call(_transfer(1_000)));
            vm.expectRevert(reason);
            act(address(account), escapes[i]);
            vm.expectRevert(reason);
            actAll(calls);
            vm.expectRevert(reason);
            act(address(account), batchCallOf(calls));
            vm.expectRevert(reason);
            executor.run(account, BATCH, abi.encode(calls));
            vm.expectRevert(reason);
            act(address(executor), runOf(calls));
            (calls[0], calls[1]) = (calls[1], calls[0]);
            vm.expectRevert(reason);
            actAll(calls);
        }
        assertTrue(account.isModuleInstalled(4, address(hook), ""), "installed");
    }

    function test_letsOtherModulesGoByForce() public {
        bytes memory data = abi.encodeCall(IModuleRemoval.forceUninstallModule, (2, address(executor), ""));
        act(address(account), data);
        assertFalse(account.isModule(address(executor)), "executor");
    }

    /// @notice F-06: what is left to a thief takes a day and is announced.
    function test_scheduledRemovalTakesADay() public {
        bytes memory removal = abi.encodeCall(IModuleRemoval.removeScheduledHook, (address(hook)));
        act(address(account), abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (address(hook))));
        vm.warp(NOW + DAY - 1);
        vm.expectPartialRevert(IModuleRemoval.AccountHookRemovalNotDue.selector);
        act(address(account), removal);
        _expectExceeded(address(token), 0, 101, 100);
        act(address(token), _transfer(101));
        vm.warp(NOW + DAY);
        act(address(account), removal);
        act(address(token), _transfer(1_000));
    }

    /// @notice F-06: accounts whose limits were all lifted are free to go.
    function test_letsTheAccountGoWhenLimitsAreLifted() public {
        act(address(hook), _setLimit(address(token), UNLIMITED));
        act(address(hook), _setLimit(address(0), UNLIMITED));
        vm.warp(NOW + DAY);
        act(address(account), abi.encodeCall(IUpgradeableAccount.upgradeTo, (address(implementation))));
        act(address(account), abi.encodeCall(IModuleRemoval.forceUninstallModule, (4, address(hook), "")));
        assertFalse(account.isModule(address(hook)), "installed");
        assertFalse(hook.isInitialized(address(account)), "forgotten");
    }

    function test_goesAfterAllLimitsWereLifted() public {
        act(address(hook), _setLimit(address(token), UNLIMITED));
        act(address(hook), _setLimit(address(0), UNLIMITED));
        vm.warp(NOW + DAY);
        act(address(token), _transfer(1_000));
        act(address(hook), abi.encodeCall(ISpendingLimitHook.removeLimit, (address(token))));
        assertEq(hook.limitedTokens(address(account)).length, 1);
        assertEq(hook.limitedTokens(address(account))[0], address(0));
        act(address(account), abi.encodeCall(IERC7579Account.uninstallModule, (4, address(hook), "")));
        assertEq(hook.limitedTokens(address(account)).length, 0);
        assertEq(hook.periodOf(address(account)), 0);
        assertFalse(hook.isInitialized(address(account)), "initialised");
        // F-22: another installation starts clean.
        _install(7, 8);
        assertEq(hook.limitOf(address(account), address(token)).amount, 7);
        assertEq(hook.limitOf(address(account), address(token)).spent, 0);
    }

    function test_removesOneLimitOfMany() public {
        TestToken other = new TestToken();
        act(address(hook), _setLimit(address(other), 5));
        act(address(hook), _setLimit(address(token), UNLIMITED));
        vm.warp(NOW + DAY);
        bytes memory data = abi.encodeCall(ISpendingLimitHook.removeLimit, (address(token)));
        act(address(hook), data);
        assertEq(abi.encode(hook.limitedTokens(address(account))), abi.encode(_pair(address(other), address(0))));
        vm.expectRevert(abi.encodeWithSelector(ISpendingLimitHook.SpendingLimitNotFound.selector, address(token)));
        act(address(hook), data);
    }

    /// @notice E-48: an allowance is as good as a transfer to who gets it, so it counts when given.
    function test_countsAllowancesWhenGiven() public {
        _expectExceeded(address(token), 0, type(uint256).max, 100);
        act(address(token), _approve(THIEF, type(uint256).max));
        _expectExceeded(address(token), 0, 101, 100);
        actAll(list(address(token), _approve(THIEF, 101)));
        _expectExceeded(address(token), 0, 101, 100);
        act(address(account), batchCallOf(list(address(token), _approve(THIEF, 101))));
        _expectExceeded(address(token), 0, 101, 100);
        executor.run(account, SINGLE, abi.encodePacked(token, uint256(0), _approve(THIEF, 101)));
        Transaction memory outside = signed(transactionOf(address(token), 0, _approve(THIEF, 101)), OWNER_KEY);
        _expectExceeded(address(token), 0, 101, 100);
        account.executeTransactionFromOutside(outside);
        act(address(token), _approve(THIEF, 70));
        assertEq(hook.limitOf(address(account), address(token)).spent, 70);
        vm.prank(THIEF);
        token.transferFrom(address(account), THIEF, 70);
        _expectExceeded(address(token), 70, 31, 100);
        act(address(token), _transfer(31));
        act(address(token), _transfer(30));
    }

    function test_countsAllowancesOnceWhenUsedAtOnce() public {
        bytes memory buy = abi.encodeCall(Shop.buy, (IERC20(address(token)), 60));
        actAll(list(_call(_approve(address(shop), 60)), Execution(address(shop), 0, buy)));
        assertEq(hook.limitOf(address(account), address(token)).spent, 60);
        // What is left of it counts, what was there before does not.
        actAll(list(_call(_approve(address(shop), 30)), Execution(address(0xe0a), 0, "")));
        act(address(token), _approve(address(shop), 40));
        act(address(token), _approve(address(shop), 5));
        assertEq(hook.limitOf(address(account), address(token)).spent, 100);
    }

    function test_countsAllowancesThroughZeroOnce() public {
        OddToken odd = new OddToken();
        act(address(hook), _setLimit(address(odd), 100));
        act(address(odd), _approve(THIEF, 10));
        Execution memory zero = Execution(address(odd), 0, _approve(THIEF, 0));
        actAll(list(zero, Execution(address(odd), 0, _approve(THIEF, 60))));
        assertEq(hook.limitOf(address(account), address(odd)).spent, 60);
    }

    /// @notice E-48: an allowance within a transaction, given through an executor, and a transfer of the rest.
    function test_countsAllowancesOfNestedActionsBesidesTransfers() public {
        bytes memory nested = runOf(list(address(token), _approve(THIEF, 60)));
        Execution[] memory calls = list(Execution(address(executor), 0, nested), _call(_transfer(41)));
        _expectExceeded(address(token), 60, 41, 100);
        actAll(calls);
        calls[1].callData = _transfer(40);
        actAll(calls);
        assertEq(hook.limitOf(address(account), address(token)).spent, 100);
    }

    /// @notice E-48: a batch inside a batch would hide an approval.
    function test_RevertWhen_batchesAreNested() public {
        Execution[] memory inner = list(address(token), _approve(THIEF, 1_000));
        bytes[2] memory datas = [executeOf(inner), batchCallOf(inner)];
        bytes memory reason = abi.encodeWithSelector(ISpendingLimitHook.SpendingNestedBatch.selector);
        for (uint256 i = 0; i < datas.length; ++i) {
            Execution[] memory outer = list(address(account), datas[i]);
            vm.expectRevert(reason);
            actAll(outer);
            vm.expectRevert(reason);
            act(address(account), batchCallOf(outer));
            vm.expectRevert(reason);
            executor.run(account, BATCH, abi.encode(outer));
            vm.expectRevert(reason);
            executor.run(account, SINGLE, abi.encodePacked(account, uint256(0), datas[i]));
        }
    }

    /// @notice E-48: an executor hides an approval behind an offset that only the account follows.
    function test_RevertWhen_offsetsPointBackwards() public {
        bytes memory approval = _approve(THIEF, 1_000);
        bytes memory evil = abi.encode(token, 0, 96, approval.length, bytes32(approval));
        evil = bytes.concat(evil, _tail(approval));
        bytes memory executions = bytes.concat(abi.encode(32 + evil.length), evil);
        executions = bytes.concat(executions, abi.encode(1, -int256(evil.length) - 32));
        assertEq(_targetOf(executions), address(token));
        vm.expectRevert("");
        executor.run(account, BATCH, executions);
    }

    /// @notice F-19: data that an account makes up for the end of an action can only charge it more.
    function test_madeUpDataChargesNothingLess() public {
        SpendingLimitHook.Snapshot[] memory snapshots = new SpendingLimitHook.Snapshot[](1);
        uint256[4] memory balances = [uint256(0), 1_000, 1_030, type(uint256).max];
        for (uint256 i = 0; i < balances.length; ++i) {
            snapshots[0] = SpendingLimitHook.Snapshot(address(token), address(0), balances[i], 0);
            bytes memory data = abi.encodeCall(IHook.postCheck, (abi.encode(snapshots)));
            Execution[] memory calls = list(Execution(address(hook), 0, data), _call(_transfer(101)));
            vm.expectPartialRevert(ISpendingLimitHook.SpendingLimitExceeded.selector);
            actAll(calls);
        }
        // Charged with made-up data first, the loss counts as charged afterwards.
        snapshots[0] = SpendingLimitHook.Snapshot(address(token), address(0), 1_030, 0);
        bytes memory made = abi.encodeCall(IHook.postCheck, (abi.encode(snapshots)));
        actAll(list(Execution(address(hook), 0, made), _call(_transfer(50))));
        assertEq(hook.limitOf(address(account), address(token)).spent, 50);
    }

    /// @notice F-19: whoever calls the hook past an account speaks for nobody but itself.
    function test_othersCannotTouchAnAccountsLimits() public {
        vm.startPrank(THIEF);
        bytes memory reason = abi.encodeWithSelector(ISpendingLimitHook.SpendingNotInstalled.selector, THIEF);
        vm.expectRevert(reason);
        hook.setLimit(address(token), UNLIMITED);
        hook.onInstall(_installData(1, 1));
        hook.setLimit(address(token), 0);
        bytes memory hookData = hook.preCheck(BOOTLOADER, 0, "");
        hook.postCheck(hookData);
        vm.stopPrank();
        ISpendingLimitHook.SpendingLimit memory limit = hook.limitOf(address(account), address(token));
        assertEq(abi.encode(limit), abi.encode(100, 0, 0, 0));
        act(address(token), _transfer(100));
        assertEq(hook.limitOf(THIEF, address(token)).spent, 0);
    }

    /// @notice F-22: an account that got rid of the hook by force has to lift what it left before it can install it again.
    function test_keepsLimitsThatWereLeftBehind() public {
        act(address(account), abi.encodeCall(IModuleRemoval.scheduleHookRemoval, (address(hook))));
        vm.warp(NOW + DAY);
        act(address(account), abi.encodeCall(IModuleRemoval.removeScheduledHook, (address(hook))));
        act(address(token), _transfer(500));
        bytes memory reason = abi.encodeWithSelector(ISpendingLimitHook.SpendingLimitInForce.selector, address(token));
        bytes memory install_ = abi.encodeCall(IERC7579Account.installModule, (4, address(hook), ""));
        vm.expectRevert(reason);
        act(address(account), install_);
        act(address(hook), _setLimit(address(token), UNLIMITED));
        act(address(hook), _setLimit(address(0), UNLIMITED));
        vm.warp(NOW + 2 * DAY);
        act(address(account), install_);
        assertEq(hook.limitedTokens(address(account)).length, 0);
        assertEq(hook.periodOf(address(account)), DAY);
    }

    function test_RevertWhen_settingsMakeNoSense() public {
        vm.startPrank(address(0xacc));
        uint256[3] memory periods = [uint256(0), 1 hours - 1, 31 days + 1];
        ISpendingLimitHook.InitialLimit[] memory none = new ISpendingLimitHook.InitialLimit[](0);
        for (uint256 i = 0; i < periods.length; ++i) {
            bytes4 error_ = ISpendingLimitHook.SpendingInvalidPeriod.selector;
            vm.expectRevert(abi.encodeWithSelector(error_, periods[i]));
            hook.onInstall(abi.encode(periods[i], none));
        }
        hook.onInstall(abi.encode(1 hours, none));
        vm.expectRevert("");
        hook.setLimit(address(0xe0a), 1);
        vm.expectRevert("");
        hook.setLimit(address(shop), 1);
        for (uint256 i = 0; i < 16; ++i) {
            hook.setLimit(address(new TestToken()), 1);
        }
        vm.expectRevert(abi.encodeWithSelector(ISpendingLimitHook.SpendingTooManyTokens.selector, 16));
        hook.setLimit(address(0), 1);
        vm.stopPrank();
    }

    function testFuzz_behavesLikeASum(uint8[24] calldata amounts, uint16[24] calldata pauses) public {
        uint256 time = NOW;
        uint256 spent = 0;
        for (uint256 i = 0; i < amounts.length; ++i) {
            uint256 later = time + uint256(pauses[i]) * 4;
            if (later / DAY != time / DAY) spent = 0;
            time = later;
            vm.warp(time);
            bool fits = spent + amounts[i] <= 100;
            token.mint(address(account), amounts[i]);
            if (amounts[i] != 0 && !fits) _expectExceeded(address(token), spent, amounts[i], 100);
            if (fits) spent += amounts[i];
            act(address(token), _transfer(amounts[i]));
            assertEq(hook.limitOf(address(account), address(token)).spent, spent);
        }
    }

    function testFuzz_neverLetsMoreLeave(uint8[12] calldata kinds, uint8[12] calldata amounts) public {
        uint256 before = token.balanceOf(address(account));
        for (uint256 i = 0; i < kinds.length; ++i) {
            uint256 amount = amounts[i] % 60;
            bytes memory data = kinds[i] % 2 == 0 ? _transfer(amount) : _approve(THIEF, amount);
            Execution[] memory calls = list(_call(data), _call(_approve(address(shop), amount)));
            bool inside = kinds[i] % 3 == 0;
            if (inside) calls[1] = Execution(address(executor), 0, runOf(list(address(token), data)));
            try this.actAllOrRevert(calls) {} catch {}
            uint256 taken = token.allowance(address(account), THIEF);
            vm.prank(THIEF);
            token.transferFrom(address(account), THIEF, taken);
        }
        uint256 left = before - token.balanceOf(address(account));
        assertTrue(left + token.allowance(address(account), address(shop)) <= 100, "left or may leave");
    }

    function actAllOrRevert(Execution[] calldata calls) external {
        actAll(calls);
    }

    function test_saysWhatItIs() public view {
        assertTrue(hook.isModuleType(4), "hook");
        assertFalse(hook.isModuleType(1) || hook.isModuleType(2) || hook.isModuleType(3), "other types");
        assertTrue(hook.isInitialized(address(account)) && !hook.isInitialized(THIEF), "initialised");
        bytes4[5] memory ids = [
            type(IERC165).interfaceId,
            type(IModule).interfaceId,
            type(IERC7579Module).interfaceId,
            type(IHook).interfaceId,
            type(ISpendingLimitHook).interfaceId
        ];
        for (uint256 i = 0; i < ids.length; ++i) {
            assertTrue(hook.supportsInterface(ids[i]), "interface");
        }
        assertFalse(hook.supportsInterface(0xffffffff), "0xffffffff");
    }

    /// @notice I-01: the storage is where its namespace puts it, with the account as the last key.
    function test_keepsItsStorageInItsNamespace() public view {
        uint256 inner = uint256(keccak256("zksso.hook.spending")) - 1;
        uint256 root = uint256(keccak256(abi.encode(inner)) & ~bytes32(uint256(0xff)));
        bytes32 slot = keccak256(abi.encode(account, keccak256(abi.encode(token, root))));
        assertEq(uint256(vm.load(address(hook), slot)), 100);
        assertEq(uint256(vm.load(address(hook), keccak256(abi.encode(account, root + 1)))), 2);
        assertEq(uint256(vm.load(address(hook), keccak256(abi.encode(account, root + 2)))), DAY);
    }

    function _install(uint128 tokens, uint128 value) private {
        vm.prank(address(account));
        account.installModule(4, address(hook), _installData(tokens, value));
    }

    function _installData(uint128 tokens, uint128 value) private view returns (bytes memory) {
        ISpendingLimitHook.InitialLimit[] memory limits = new ISpendingLimitHook.InitialLimit[](2);
        limits[0] = ISpendingLimitHook.InitialLimit(address(token), tokens);
        limits[1] = ISpendingLimitHook.InitialLimit(address(0), value);
        return abi.encode(DAY, limits);
    }

    function _expectExceeded(address what, uint256 spent, uint256 amount, uint256 limit) private {
        bytes4 error_ = ISpendingLimitHook.SpendingLimitExceeded.selector;
        vm.expectRevert(abi.encodeWithSelector(error_, what, spent, amount, limit));
    }

    function _expectPending(uint256 amount, uint256 pending, uint256 at) private view {
        ISpendingLimitHook.SpendingLimit memory limit = hook.limitOf(address(account), address(token));
        assertEq(abi.encode(limit), abi.encode(amount, 0, pending, at));
    }

    function _call(bytes memory data) private view returns (Execution memory) {
        return Execution(address(token), 0, data);
    }

    function _transfer(uint256 amount) private pure returns (bytes memory) {
        return abi.encodeCall(IERC20.transfer, (THIEF, amount));
    }

    function _approve(address spender, uint256 amount) private pure returns (bytes memory) {
        return abi.encodeCall(IERC20.approve, (spender, amount));
    }

    function _setLimit(address what, uint128 amount) private pure returns (bytes memory) {
        return abi.encodeCall(ISpendingLimitHook.setLimit, (what, amount));
    }

    function _pair(address first, address second) private pure returns (address[] memory pair) {
        pair = new address[](2);
        (pair[0], pair[1]) = (first, second);
    }

    /// @dev Whom the account would call.
    function _targetOf(bytes memory executions) private returns (address) {
        return new AccountDecoder().first(BATCH, executions);
    }

    /// @dev Bytes after the first word, padded to whole words.
    function _tail(bytes memory data) private pure returns (bytes memory tail) {
        uint256 length = data.length - 32;
        tail = new bytes((length + 31) / 32 * 32);
        for (uint256 i = 0; i < length; ++i) {
            tail[i] = data[32 + i];
        }
    }

    function _periodEnd() private pure returns (uint256) {
        return NOW - NOW % DAY + DAY;
    }
}
