// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IBatchCaller} from "../interfaces/IBatchCaller.sol";
import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {INativeAccount} from "../interfaces/INativeAccount.sol";
import {Executions} from "../libraries/Executions.sol";
import {Call} from "../types/Execution.sol";
import {MODULE_TYPE_EXECUTOR} from "../types/ModuleType.sol";
import {AccountInstallation} from "./AccountInstallation.sol";
import {AccountPlatform} from "./AccountPlatform.sol";

/// @title Execution of calls
abstract contract AccountExecution is IBatchCaller, AccountPlatform, AccountInstallation {
    /// @dev Most of the revert data of a tolerated failure that is reported. Nobody can make a batch fail by failing at length.
    uint256 private constant REPORTED_LENGTH = 4096;

    /// @inheritdoc IERC7579Account
    function execute(bytes32 mode, bytes calldata executionCalldata) external payable onlySelf {
        _execute(mode, executionCalldata);
    }

    /// @inheritdoc IERC7579Account
    function executeFromExecutor(bytes32 mode, bytes calldata executionCalldata)
        external
        payable
        returns (bytes[] memory returnData)
    {
        _requireInstalled(MODULE_TYPE_EXECUTOR, msg.sender);
        (address[] memory hooks, bytes[] memory answers) = _preCheck();
        returnData = _execute(mode, executionCalldata);
        _postCheck(hooks, answers);
    }

    /// @inheritdoc IBatchCaller
    function batchCall(Call[] calldata calls) external payable onlySelf {
        uint256 total = 0;
        for (uint256 i = 0; i < calls.length; ++i) {
            Call calldata item = calls[i];
            total += item.value;
            if (_call(item.target, item.value, item.callData)) continue;
            if (!item.allowFailure) _revertWithReturndata();
            emit BatchCallFailure(i, _returndata(REPORTED_LENGTH));
        }
        if (total != msg.value) revert AccountBatchValueMismatch(msg.value, total);
    }

    /// @inheritdoc IERC7579Account
    function supportsExecutionMode(bytes32 mode) external pure returns (bool) {
        return Executions.isSupported(mode);
    }

    /// @dev Makes a call. Whether there is code at the target is not asked: a transaction may carry data for an address without
    /// code, too, and succeeds.
    function _call(address target, uint256 value, bytes calldata data) internal returns (bool success) {
        if (value > type(uint128).max) revert INativeAccount.AccountValueTooLarge(value);
        return _callByPointer(target, value, data);
    }

    /// @dev Executes a single call or a batch.
    function _execute(bytes32 mode, bytes calldata data) private returns (bytes[] memory results) {
        if (!Executions.isSupported(mode)) revert AccountUnsupportedExecutionMode(mode);
        results = new bytes[](Executions.count(mode, data));
        for (uint256 i = 0; i < results.length; ++i) {
            (address target, uint256 value, bytes calldata callData) = Executions.at(mode, data, i);
            bool success = _call(target, value, callData);
            results[i] = _settle(Executions.isTry(mode), i, success);
        }
    }

    /// @dev Settles a call just made: a failure ends everything or, when tolerated, is reported by an event. Only executors
    /// are told what a successful call returned.
    function _settle(bool tolerant, uint256 index, bool success) private returns (bytes memory result) {
        if (success) return _returndata(msg.sender == address(this) ? 0 : type(uint256).max);
        if (!tolerant) _revertWithReturndata();
        result = _returndata(REPORTED_LENGTH);
        emit TryExecuteUnsuccessful(index, result);
    }

    /// @dev Copies the return data of the latest call, up to a length.
    function _returndata(uint256 maxLength) private pure returns (bytes memory data) {
        // Solidity hands out return data only through its own call expressions, which copy the calldata.
        assembly ("memory-safe") {
            let length := returndatasize()
            if gt(length, maxLength) { length := maxLength }
            data := mload(64)
            mstore(data, length)
            returndatacopy(add(data, 32), 0, length)
            mstore(64, and(add(add(data, length), 63), not(31)))
        }
    }
}
