// With a promise of memory safety the free-memory pointer survives stores elsewhere; without knowledge of the base
// other words do not.
let p := memoryguard(0x80)
mstore(64, p)
let q := calldataload(0)
mstore(q, 7)
sstore(0, mload(64))
sstore(1, mload(q))
mstore(add(q, 32), 8)
sstore(2, mload(q))
mstore(calldataload(32), 9)
sstore(3, mload(q))
