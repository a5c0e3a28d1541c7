// Below its definition a pure value is not computed again; reads of memory are.
let a := add(calldataload(0), calldataload(32))
sstore(0, a)
if callvalue() { sstore(1, add(calldataload(32), calldataload(0))) }
sstore(2, mload(0))
mstore(0, 5)
sstore(3, mload(0))
