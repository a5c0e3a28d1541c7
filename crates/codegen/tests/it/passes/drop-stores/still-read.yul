// after: expand-builtins, fold-constants
// A read at an unknown address may be one of the free-memory pointer; the word stored before is overwritten unread.
mstore(0x40, 0x70)
mstore(0x40, 0x80)
sstore(0, mload(calldataload(0)))
mstore(0x40, 0x90)
