// Hashes of words stored just before, among them ones that were not.
let a := calldataload(0x20)
let b := calldataload(0x40)
let r := 0
switch and(calldataload(0), 7)
case 0 { r := slot(slot(a, 1), b) }
case 1 {
    mstore(0, a)
    mstore(0x20, b)
    r := keccak256(0, 0x40)
    r := xor(r, mload(0))
    r := xor(r, mload(0x20))
}
case 2 {
    mstore(0x20, b)
    mstore(0, a)
    mstore(0, b)
    r := add(keccak256(0, 0x40), keccak256(0, 0x20))
    mstore(0x10, a)
    r := add(r, keccak256(0, 0x40))
}
case 3 {
    for { let i := 0 } lt(i, and(a, 7)) { i := add(i, 1) } {
        mstore(0x20, r)
        mstore(0, sload(i))
        r := add(r, keccak256(0, 0x40))
        sstore(i, r)
    }
}
case 4 {
    mstore(0, a)
    poke(b)
    mstore(0x20, b)
    r := keccak256(0, 0x40)
    mstore(0x20, 1)
    mstore(0x80, mload(0))
    r := add(r, keccak256(0, 0x40))
}
case 5 {
    mstore(0, a)
    r := keccak256(0, 0x20)
    mstore(0, r)
    r := keccak256(0, 0x20)
    mstore(0x20, r)
    r := keccak256(0, 0x41)
}
case 6 {
    mstore(0x20, a)
    if and(b, 1) { mstore(0, b) }
    r := keccak256(0, 0x40)
}
default {
    mstore(0, a)
    mstore(0x20, calldataload(add(b, 1)))
    let t := mload(0)
    r := add(keccak256(0, 0x40), t)
}
mstore(0x40, r)
return(0, 0x60)

function slot(key, position) -> s {
    mstore(0, key)
    mstore(0x20, position)
    s := keccak256(0, 0x40)
}
function poke(x) {
    mstore(and(x, 0x1f), x)
}
