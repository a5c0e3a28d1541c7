// Logs where they are allowed and where not, and hashes, in functions that are called and in place.
let a := calldataload(0x20)
let b := calldataload(0x40)
switch and(calldataload(0), 7)
case 0 {
    mstore(0, 4)
    mstore(0x20, b)
    let ok := staticcall(200000, address(), 0, 0x40, 0, 0)
    mstore(0, ok)
    mstore(0x20, returndatasize())
    log1(0, 0x20, a)
}
case 1 {
    mstore(0, 5)
    mstore(0x20, b)
    let ok := staticcall(200000, address(), 0, 0x40, 0, 0)
    mstore(0, ok)
    mstore(0x20, returndatasize())
}
case 2 {
    mstore(0, a)
    mstore(0x20, b)
    log4(0, 0x40, a, b, add(a, b), 1)
    log0(and(a, 0x1f), and(b, 0x3f))
    log2(0x20, and(b, 0x3f), a, 1)
    log3(and(a, 0x3f), 0x20, a, 1, 2)
    mstore(0x40, keccak256(0xc, 0x20))
    mstore(0x60, keccak256(and(a, 0x1f), 0x34))
    mstore(0x80, keccak256(0xc, and(b, 0x7f)))
}
case 4 {
    mstore(0, keccak256(0, 0x20))
    if and(a, 1) { log1(0, 0x20, a) }
}
case 5 {
    mstore(0, hash(a, b))
    if and(a, 1) { note(a, b) }
    if and(a, 2) { note(b, hash(b, a)) }
    mstore(0x20, hash(b, a))
}
default {
    mstore(0, hash(a, b))
    note(a, b)
    mstore(0x20, hash(b, b))
    note(b, hash(b, a))
}
return(0, 0xa0)

function hash(x, y) -> h {
    mstore(0x40, x)
    mstore(0x60, y)
    h := keccak256(0x40, 0x40)
    mstore(0x40, h)
    mstore8(0x5f, y)
    h := xor(h, keccak256(0x40, 0x21))
}
function note(x, y) {
    mstore(0x80, xor(x, y))
    log2(0x80, 0x20, x, y)
    log1(0x84, 4, x)
}
