// Known words of code that may write anywhere.
mstore(0x40, 0x80)
let a := and(calldataload(0x20), 0xff)
let b := and(calldataload(0x40), 0xff)
let v := calldataload(0x60)
let p := mload(0x40)
mstore(0x40, add(p, 0x400))
switch and(calldataload(0), 3)
case 0 {
    mstore(a, v)
    let x := mload(0x40)
    mstore(b, x)
    mstore(0x480, mload(0x40))
    mstore(0x4a0, mload(a))
    mstore(0x4c0, x)
}
case 1 {
    let s := 0
    mstore(0x60, v)
    for { let i := 0 } lt(i, 4) { i := add(i, 1) } {
        s := add(s, mload(0x60))
        poke(add(a, shl(4, i)), s)
        s := xor(s, mload(0x60))
    }
    mstore(0x480, s)
    mstore(0x4a0, mload(0x40))
}
case 2 {
    mstore(0, v)
    mstore(0x20, a)
    let h := keccak256(0, 0x40)
    poke(b, v)
    mstore(0x480, keccak256(0, 0x40))
    mstore(0x4a0, h)
    calldatacopy(b, 0x20, a)
    mstore(0x4c0, mload(0x40))
    mstore(0x4e0, mload(0))
}
default {
    mstore8(a, v)
    mstore(0x480, mload(0x40))
    mcopy(a, b, and(v, 0x7f))
    mstore(0x4a0, mload(0x40))
    if lt(a, b) { mstore(0x40, a) }
    mstore(0x4c0, mload(0x40))
    mstore(0x40, b)
    if gt(a, b) { mstore(a, b) }
    mstore(0x4e0, mload(0x40))
}
return(0, 0x580)

function poke(to, x) {
    mstore(to, x)
}
