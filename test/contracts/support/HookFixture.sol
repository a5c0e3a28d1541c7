// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IHook} from "../../../contracts/interfaces/IHook.sol";
import {Executions} from "../../../contracts/libraries/Executions.sol";
import {Call, Execution} from "../../../contracts/types/Execution.sol";
import {Transaction} from "../../../contracts/types/Transaction.sol";
import {Test} from "./Test.sol";

/// @title Account as a hook sees it, with calls that the EVM knows
/// @notice Asks its hook around the same functions as the real account. Anybody may be its executor.
contract HookedAccount {
    IHook public hook;

    modifier hooked() {
        bytes memory hookData;
        IHook before = hook;
        if (address(before) != address(0)) hookData = before.preCheck(msg.sender, msg.value, msg.data);
        _;
        if (address(before) != address(0) && before == hook) before.postCheck(hookData);
    }

    modifier onlySelf() {
        require(msg.sender == address(this), "self");
        _;
    }

    receive() external payable {}

    function setHook(IHook newHook) external {
        hook = newHook;
    }

    function executeTransaction(bytes32, bytes32, Transaction calldata transaction) external payable hooked {
        _call(address(uint160(transaction.to)), transaction.value, transaction.data);
    }

    function executeTransactionFromOutside(Transaction calldata transaction) external payable hooked {
        _call(address(uint160(transaction.to)), transaction.value, transaction.data);
    }

    function executeFromExecutor(bytes32 mode, bytes calldata data) external payable hooked {
        _execute(mode, data);
    }

    function execute(bytes32 mode, bytes calldata data) external payable onlySelf {
        _execute(mode, data);
    }

    function batchCall(Call[] calldata calls) external payable onlySelf {
        for (uint256 i = 0; i < calls.length; ++i) {
            _call(calls[i].target, calls[i].value, calls[i].callData);
        }
    }

    function _execute(bytes32 mode, bytes calldata data) private {
        uint256 count = Executions.count(mode, data);
        for (uint256 i = 0; i < count; ++i) {
            (address target, uint256 value, bytes calldata callData) = Executions.at(mode, data, i);
            _call(target, value, callData);
        }
    }

    function _call(address target, uint256 value, bytes calldata data) private {
        (bool success, bytes memory result) = target.call{value: value}(data);
        if (!success) {
            assembly {
                revert(add(result, 32), mload(result))
            }
        }
    }
}

/// @title Executor that makes an account make calls while the account makes a call to it
contract Detour {
    function run(HookedAccount account, bytes32 mode, bytes calldata data) external payable {
        account.executeFromExecutor{value: msg.value}(mode, data);
    }
}

/// @title Actions of an account with a hook
abstract contract HookFixture is Test {
    bytes32 internal constant SINGLE = 0;
    bytes32 internal constant BATCH = bytes32(uint256(1) << 248);
    address internal constant BOOTLOADER = address(0x8001);
    address internal constant THIEF = address(0xbad);
    uint256 internal constant NOW = 1_700_000_000;

    HookedAccount internal account;
    Detour internal detour;

    function setUp() public virtual {
        vm.warp(NOW);
        account = new HookedAccount();
        detour = new Detour();
    }

    /// @dev Lets the account call, as a transaction of its own.
    function act(address target, uint256 value, bytes memory data) internal {
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
        return abi.encodeCall(HookedAccount.execute, (BATCH, abi.encode(calls)));
    }

    function batchCallOf(Execution[] memory calls) internal pure returns (bytes memory) {
        Call[] memory batch = new Call[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            batch[i] = Call(calls[i].target, false, calls[i].value, calls[i].callData);
        }
        return abi.encodeCall(HookedAccount.batchCall, (batch));
    }

    function detourOf(Execution[] memory calls) internal view returns (bytes memory) {
        return abi.encodeCall(Detour.run, (account, BATCH, abi.encode(calls)));
    }

    function list(address target, bytes memory data) internal pure returns (Execution[] memory calls) {
        calls = new Execution[](1);
        calls[0] = Execution(target, 0, data);
    }

    function list(Execution memory first, Execution memory second) internal pure returns (Execution[] memory calls) {
        calls = new Execution[](2);
        (calls[0], calls[1]) = (first, second);
    }
}
