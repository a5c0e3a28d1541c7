// Copies whose source and target are the same number, known only at run time; hashes of words that are stored twice.
let a := and(calldataload(0x20), 0xff)
let n := and(calldataload(0x40), 0xff)
let v := calldataload(0x60)
for { let i := 0 } lt(i, 0x300) { i := add(i, 32) } { mstore(i, mul(v, add(i, 1))) }
switch and(calldataload(0), 7)
case 0 { mcopy(a, a, n) }
case 1 { calldatacopy(a, a, n) }
case 2 {
    mstore(0, 0)
    pop(staticcall(gas(), address(), 0, 0x80, 0, 0))
    returndatacopy(n, n, and(a, 0x7f))
}
case 3 { codecopies(a, n) }
case 4 {
    mstore(0, a) mstore(0x20, n) mstore(0x20, v)
    mstore(0x40, keccak256(0, 0x40))
}
case 5 {
    mstore(0, a) mstore(0x20, n) mstore(0, v)
    mstore(0x40, keccak256(0, 0x40))
    mstore(0x60, keccak256(0, 0x20))
}
case 6 { mcopy(add(a, n), add(a, n), n) mcopy(a, n, a) mcopy(n, n, a) }
default { mcopy(a, a, 0x40) calldatacopy(n, n, 0x41) mcopy(n, a, n) calldatacopy(a, a, a) }
function codecopies(at, size) { mcopy(at, size, size) mcopy(size, size, at) mcopy(at, at, size) }
return(0, 0x300)
