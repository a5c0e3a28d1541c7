// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IBatchCaller} from "../../../contracts/interfaces/IBatchCaller.sol";
import {IERC7579Account} from "../../../contracts/interfaces/IERC7579Account.sol";
import {Call, Execution} from "../../../contracts/types/Execution.sol";
import {Transaction} from "../../../contracts/types/Transaction.sol";
import {OpenExecutor} from "../doubles/OpenExecutor.sol";
import {AccountFixture} from "./AccountFixture.sol";

/// @title Actions of an account that has a hook and an executor
abstract contract HookFixture is AccountFixture {
    address internal constant THIEF = address(0xbad);
    uint256 internal constant NOW = 1_700_000_000;

    OpenExecutor internal executor;

    function setUp() public virtual override {
        super.setUp();
        vm.warp(NOW);
        executor = new OpenExecutor();
        install(2, address(executor));
    }

    /// @dev Lets the account call, as a transaction of its own.
    function act(address target, uint256 value, bytes memory data) internal {
        // Calls nothing but the account, so that a test can expect it to revert.
        Transaction memory transaction = transactionOf(target, value, data);
        vm.prank(BOOTLOADER);
        account.executeTransaction(0, 0, transaction);
    }

    function act(address target, bytes memory data) internal {
        act(target, 0, data);
    }

    /// @dev The same, as a batch that the account calls on itself.
    function actAll(Execution[] memory calls) internal {
        act(address(account), executeOf(calls));
    }

    function transactionOf(address target, uint256 value, bytes memory data)
        internal
        view
        returns (Transaction memory transaction)
    {
        transaction.txType = 113;
        transaction.from = uint160(address(account));
        transaction.to = uint160(target);
        transaction.value = value;
        transaction.data = data;
    }

    function executeOf(Execution[] memory calls) internal pure returns (bytes memory) {
        return abi.encodeCall(IERC7579Account.execute, (BATCH, abi.encode(calls)));
    }

    function batchCallOf(Execution[] memory calls) internal pure returns (bytes memory) {
        Call[] memory batch = new Call[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            batch[i] = Call(calls[i].target, false, calls[i].value, calls[i].callData);
        }
        return abi.encodeCall(IBatchCaller.batchCall, (batch));
    }

    /// @dev Call of the executor that makes the account make calls.
    function runOf(Execution[] memory calls) internal view returns (bytes memory) {
        return abi.encodeCall(OpenExecutor.run, (account, BATCH, abi.encode(calls)));
    }

    function list(Execution memory only) internal pure returns (Execution[] memory calls) {
        calls = new Execution[](1);
        calls[0] = only;
    }

    function list(address target, bytes memory data) internal pure returns (Execution[] memory calls) {
        return list(Execution(target, 0, data));
    }

    function list(Execution memory first, Execution memory second) internal pure returns (Execution[] memory calls) {
        calls = new Execution[](2);
        (calls[0], calls[1]) = (first, second);
    }
}
