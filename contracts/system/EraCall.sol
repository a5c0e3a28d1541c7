// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {
    CALLDATA_POINTER,
    POINTER_ADVANCE,
    POINTER_PACK,
    POINTER_SHRINK,
    RAW_CALL_BY_POINTER,
    RETURNDATA_POINTER,
    RETURN_POINTER,
    REVERT_POINTER,
    SYSTEM_CALL,
    SYSTEM_CALL_BY_POINTER
} from "./Operations.sol";

/// @title Calls that plain Solidity cannot express
/// @notice EraVM hands calldata and return data around as pointers. Forwarding a pointer costs a few ergs whatever the length;
/// copying through memory costs about 30 ergs a word each way. And some system contracts insist on the system flag.
library EraCall {
    /// @dev Contract that transfers base token along with a call.
    address private constant VALUE_SIMULATOR = address(0x8009);

    /// @dev Extra word that asks the value simulator to set the system flag on the call it makes.
    uint256 private constant VALUE_SIMULATOR_SYSTEM_FLAG = 1;

    /// @dev Far call word: all gas, which the VM clamps to what there is.
    uint256 private constant ALL_GAS = 0xffffffff << 192;

    /// @dev Far call word: calldata is a pointer rather than in the heap.
    uint256 private constant BY_POINTER = 1 << 224;

    /// @dev Far call word: system call.
    uint256 private constant TO_SYSTEM = 1 << 248;

    /// @notice Calls with a slice of the calldata.
    /// @param target Callee.
    /// @param value Base token sent, in wei; must be below 2^128.
    /// @param data Slice of the calldata.
    /// @param isSystem Whether to set the system flag, which has an effect for system contracts only.
    /// @return success Whether the call succeeded.
    function call(address target, uint256 value, bytes calldata data, bool isSystem) internal returns (bool success) {
        bool direct = value == 0;
        _usePointer(data, isSystem || !direct ? ALL_GAS | BY_POINTER | TO_SYSTEM : ALL_GAS | BY_POINTER);
        if (direct) {
            assembly ("memory-safe") {
                success := call(target, RAW_CALL_BY_POINTER, 0, 0, 0xffff, 0, 0)
            }
        } else {
            address simulator = VALUE_SIMULATOR;
            uint256 flags = isSystem ? VALUE_SIMULATOR_SYSTEM_FLAG : 0;
            assembly ("memory-safe") {
                success := call(simulator, SYSTEM_CALL_BY_POINTER, value, target, 0xffff, flags, 0)
            }
        }
    }

    /// @notice Calls a system contract with the system flag.
    /// @param target Callee.
    /// @param data Calldata.
    /// @return success Whether the call succeeded.
    function systemCall(address target, bytes memory data) internal returns (bool success) {
        uint256 word = ALL_GAS | TO_SYSTEM;
        // Start and length are below 2^32: the VM has no larger memory.
        assembly ("memory-safe") {
            word := or(word, or(shl(96, mload(data)), shl(64, add(data, 32))))
            success := call(target, SYSTEM_CALL, 0, 0, word, 0, 0)
        }
    }

    /// @notice Delegates the whole call and ends it with the delegate's outcome.
    /// @param target Code to run.
    function delegateAndReturn(address target) internal {
        uint256 word = ALL_GAS | BY_POINTER;
        bool success;
        assembly ("memory-safe") {
            pop(staticcall(0, CALLDATA_POINTER, 0, 0xffff, 0, 0))
            pop(staticcall(word, POINTER_PACK, 0, 0xffff, 0, 0))
            success := delegatecall(target, RAW_CALL_BY_POINTER, 0, 0xffff, 0, 0)
        }
        if (!success) revertWithReturndata();
        assembly ("memory-safe") {
            pop(staticcall(0, RETURNDATA_POINTER, 0, 0xffff, 0, 0))
            pop(staticcall(0, RETURN_POINTER, 0, 0xffff, 0, 0))
        }
    }

    /// @notice Reverts with what the latest call returned.
    function revertWithReturndata() internal view {
        assembly ("memory-safe") {
            pop(staticcall(0, RETURNDATA_POINTER, 0, 0xffff, 0, 0))
            pop(staticcall(0, REVERT_POINTER, 0, 0xffff, 0, 0))
        }
    }

    /// @dev Makes the active pointer a slice of the calldata, packed with a far call word.
    function _usePointer(bytes calldata data, uint256 word) private view {
        assembly ("memory-safe") {
            pop(staticcall(0, CALLDATA_POINTER, 0, 0xffff, 0, 0))
            pop(staticcall(data.offset, POINTER_ADVANCE, 0, 0xffff, 0, 0))
            pop(staticcall(sub(calldatasize(), add(data.offset, data.length)), POINTER_SHRINK, 0, 0xffff, 0, 0))
            pop(staticcall(word, POINTER_PACK, 0, 0xffff, 0, 0))
        }
    }
}
