// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IBatchCaller} from "../interfaces/IBatchCaller.sol";
import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {INativeAccount} from "../interfaces/INativeAccount.sol";
import {Executions} from "../libraries/Executions.sol";
import {EraCall} from "../system/EraCall.sol";
import {SystemContracts} from "../system/SystemContracts.sol";
import {Call, Execution} from "../types/Execution.sol";
import {MODULE_TYPE_EXECUTOR} from "../types/ModuleType.sol";
import {AccountModules} from "./AccountModules.sol";

/// @title Execution of calls
abstract contract AccountExecution is IBatchCaller, AccountModules {
    /// @inheritdoc IERC7579Account
    function execute(bytes32 mode, bytes calldata executionCalldata) external payable onlySelf {
        _execute(mode, executionCalldata, false);
    }

    /// @inheritdoc IERC7579Account
    function executeFromExecutor(bytes32 mode, bytes calldata executionCalldata)
        external
        payable
        returns (bytes[] memory returnData)
    {
        if (!_isInstalled(MODULE_TYPE_EXECUTOR, msg.sender)) {
            revert AccountModuleNotInstalled(MODULE_TYPE_EXECUTOR, msg.sender);
        }
        return _execute(mode, executionCalldata, true);
    }

    /// @inheritdoc IBatchCaller
    function batchCall(Call[] calldata calls) external payable onlySelf {
        uint256 total = 0;
        for (uint256 i = 0; i < calls.length; ++i) {
            Call calldata item = calls[i];
            total += item.value;
            if (_call(item.target, item.value, item.callData)) continue;
            if (!item.allowFailure) EraCall.revertWithReturndata();
            emit BatchCallFailure(i, _returndata());
        }
        if (total != msg.value) revert AccountBatchValueMismatch(msg.value, total);
    }

    /// @inheritdoc IERC7579Account
    function supportsExecutionMode(bytes32 mode) external pure returns (bool) {
        return Executions.isSupported(mode);
    }

    /// @dev Makes a call, with the system flag if it deploys a contract.
    function _call(address target, uint256 value, bytes calldata data) internal returns (bool success) {
        if (value > type(uint128).max) revert INativeAccount.AccountValueTooLarge(value);
        return EraCall.call(target, value, data, SystemContracts.isDeployment(target, data));
    }

    /// @dev Executes a single call or a batch and, if asked, collects what the calls return.
    function _execute(bytes32 mode, bytes calldata data, bool collect) private returns (bytes[] memory results) {
        if (!Executions.isSupported(mode)) revert AccountUnsupportedExecutionMode(mode);
        return Executions.isBatch(mode) ? _executeBatch(mode, data, collect) : _executeSingle(mode, data, collect);
    }

    /// @dev Executes a single call.
    function _executeSingle(bytes32 mode, bytes calldata data, bool collect) private returns (bytes[] memory results) {
        (address target, uint256 value, bytes calldata callData) = Executions.decodeSingle(data);
        bytes memory result = _settle(Executions.isTry(mode), 0, collect, _call(target, value, callData));
        if (!collect) return results;
        results = new bytes[](1);
        results[0] = result;
    }

    /// @dev Executes a batch.
    function _executeBatch(bytes32 mode, bytes calldata data, bool collect) private returns (bytes[] memory results) {
        Execution[] calldata executions = Executions.decodeBatch(data);
        bool tolerant = Executions.isTry(mode);
        if (collect) results = new bytes[](executions.length);
        for (uint256 i = 0; i < executions.length; ++i) {
            Execution calldata item = executions[i];
            bool success = _call(item.target, item.value, item.callData);
            bytes memory result = _settle(tolerant, i, collect, success);
            if (collect) results[i] = result;
        }
    }

    /// @dev Settles a call just made: a failure ends everything or, when tolerated, is reported by an event.
    function _settle(bool tolerant, uint256 index, bool collect, bool success) private returns (bytes memory result) {
        if (success && !collect) return result;
        if (!success && !tolerant) EraCall.revertWithReturndata();
        result = _returndata();
        if (!success) emit TryExecuteUnsuccessful(index, result);
    }

    /// @dev Copies the return data of the latest call.
    function _returndata() private pure returns (bytes memory data) {
        // Solidity hands out return data only through its own call expressions, which copy the calldata.
        assembly ("memory-safe") {
            data := mload(64)
            mstore(data, returndatasize())
            returndatacopy(add(data, 32), 0, returndatasize())
            mstore(64, and(add(add(data, returndatasize()), 63), not(31)))
        }
    }
}
