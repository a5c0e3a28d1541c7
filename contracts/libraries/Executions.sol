// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {Execution} from "../types/Execution.sol";
import {CalldataSlice} from "./CalldataSlice.sol";

/// @title Encodings of ERC-7579 executions
library Executions {
    using CalldataSlice for bytes;

    /// @dev Call type of a batch.
    uint256 private constant CALL_TYPE_BATCH = 1;

    /// @dev Execution type that tolerates failing calls.
    uint256 private constant EXEC_TYPE_TRY = 1;

    /// @notice Whether a mode is supported: single or batch, default or try, nothing else set.
    /// @param mode The mode.
    /// @return True if it is.
    function isSupported(bytes32 mode) internal pure returns (bool) {
        uint256 kind = uint256(mode) >> 240;
        return uint240(uint256(mode)) == 0 && kind & ~uint256(0x0101) == 0;
    }

    /// @notice Whether a supported mode tolerates failing calls.
    /// @param mode The mode.
    /// @return True if it does.
    function isTry(bytes32 mode) internal pure returns (bool) {
        return uint8(uint256(mode) >> 240) == EXEC_TYPE_TRY;
    }

    /// @notice Number of calls.
    /// @dev Reverts if the array of a batch does not fit.
    /// @param mode A supported mode.
    /// @param data The calls, encoded as the mode demands.
    /// @return The number.
    function count(bytes32 mode, bytes calldata data) internal pure returns (uint256) {
        return _isBatch(mode) ? _decodeBatch(data).length : 1;
    }

    /// @notice One of the calls.
    /// @dev Reverts if it does not fit.
    /// @param mode A supported mode.
    /// @param data The calls, encoded as the mode demands.
    /// @param index Position of the call; below the number of calls.
    /// @return target Callee.
    /// @return value Base token sent, in wei.
    /// @return callData Calldata.
    function at(bytes32 mode, bytes calldata data, uint256 index)
        internal
        pure
        returns (address target, uint256 value, bytes calldata callData)
    {
        if (!_isBatch(mode)) return _decodeSingle(data);
        Execution calldata item = _decodeBatch(data)[index];
        return (item.target, item.value, item.callData);
    }

    /// @dev Whether a supported mode is a batch.
    function _isBatch(bytes32 mode) private pure returns (bool) {
        return uint256(mode) >> 248 == CALL_TYPE_BATCH;
    }

    /// @dev Decodes `abi.encodePacked(address target, uint256 value, bytes callData)`.
    function _decodeSingle(bytes calldata data)
        private
        pure
        returns (address target, uint256 value, bytes calldata callData)
    {
        if (data.length < 52) revert IERC7579Account.AccountInvalidExecutionCalldata();
        target = address(bytes20(data[:20]));
        value = uint256(bytes32(data[20:52]));
        callData = data[52:];
    }

    /// @dev Decodes `abi.encode(Execution[])`. The members of the array are checked when they are read.
    function _decodeBatch(bytes calldata data) private pure returns (Execution[] calldata executions) {
        if (data.length < 64) revert IERC7579Account.AccountInvalidExecutionCalldata();
        uint256 offset = data.word(0);
        if (offset > data.length - 32) revert IERC7579Account.AccountInvalidExecutionCalldata();
        uint256 length = data.word(offset);
        // An array of `n` structs takes at least `n` words of offsets.
        if (length > (data.length - offset - 32) / 32) revert IERC7579Account.AccountInvalidExecutionCalldata();
        // Equals `abi.decode(data, (Execution[]))`, which Solidity offers for memory only.
        assembly ("memory-safe") {
            executions.offset := add(add(data.offset, offset), 32)
            executions.length := length
        }
    }
}
