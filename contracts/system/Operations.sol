// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

// A call to one of these addresses is not a call: EraVM compilers replace it by the operation named. They are compile-time
// constants only; nothing lives there. Arguments are passed in the places where a call has its gas, value, input and output.

/// @dev `call(callee, RAW_CALL, 0, 0, 0xffff, 0, 0)`, or `delegatecall(callee, RAW_CALL, 0, 0xffff, 0, 0)`: call of that kind
/// whose calldata is the active pointer. Result: success.
uint160 constant RAW_CALL_BY_POINTER = 0xfff6;

/// @dev `call(callee, SYSTEM_CALL, extra0, extra1, farCallWord, extra2, 0)`: call with the system flag and extra words in
/// registers; calldata is in the heap, where the far call word says. Result: success.
uint160 constant SYSTEM_CALL = 0xfff5;

/// @dev The same with the active pointer as calldata; the far call word is `0xffff`.
uint160 constant SYSTEM_CALL_BY_POINTER = 0xfff4;

/// @dev `staticcall(0, CALLDATA_POINTER, …)`: makes the calldata the active pointer.
uint160 constant CALLDATA_POINTER = 0xffeb;

/// @dev `staticcall(0, RETURNDATA_POINTER, …)`: makes the latest return data the active pointer.
uint160 constant RETURNDATA_POINTER = 0xffea;

/// @dev `staticcall(n, POINTER_ADVANCE, …)`: moves the start of the active pointer `n` bytes forward.
uint160 constant POINTER_ADVANCE = 0xffe9;

/// @dev `staticcall(n, POINTER_SHRINK, …)`: moves the end of the active pointer `n` bytes back.
uint160 constant POINTER_SHRINK = 0xffe8;

/// @dev `staticcall(word, POINTER_PACK, …)`: combines the active pointer with the upper half of a far call word.
uint160 constant POINTER_PACK = 0xffe7;

/// @dev `staticcall(0, RETURN_POINTER, …)`: returns the active pointer.
uint160 constant RETURN_POINTER = 0xffdb;

/// @dev `staticcall(0, REVERT_POINTER, …)`: reverts with the active pointer.
uint160 constant REVERT_POINTER = 0xffda;
