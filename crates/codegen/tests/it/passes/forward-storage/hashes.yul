// after: forward-memory, fold-constants, eliminate-common
// What is near a hash is not among the first numbers, unless the distance is not known.
mstore(0, calldataload(0))
let data := keccak256(0, 32)
let at := calldataload(32)
let n := sload(2)
sstore(add(data, and(at, 0xffff)), n)
sstore(data, sload(2))
sstore(add(data, at), 1)
sstore(data, sload(2))
sstore(0x10000000000000000, sload(data))
sstore(data, sload(data))
