// after: expand-builtins, fold-constants
// One of two ways reads the word.
mstore(0, calldataload(0))
if calldataload(32) { mstore(0, 1) revert(0, 32) }
sstore(0, mload(0))
mstore(0x20, 7)
