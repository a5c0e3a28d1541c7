// Signs that are extended again and again, to the same width and to others.
let a := signextend(7, calldataload(0x20))
let b := signextend(calldataload(0x40), calldataload(0x60))
let c := calldataload(0x80)
switch and(calldataload(0), 3)
case 0 {
    mstore(0, signextend(7, add(a, c)))
    mstore(0x20, signextend(7, signextend(7, mul(a, c))))
    mstore(0x40, signextend(3, a))
    mstore(0x60, signextend(15, a))
    mstore(0x80, and(a, 0xffffffffffffffff))
}
case 1 {
    mstore(0, and(a, 0xffffffffffffffffff))
    mstore(0x20, and(a, 0x7fffffffffffffff))
    mstore(0x40, signextend(7, b))
    mstore(0x60, and(sub(xor(and(c, 0xff), 0x80), 0x80), 0xff))
    mstore(0x80, and(sub(xor(c, 0x80), 0x80), 0xff))
}
case 2 {
    mstore(0, signextend(31, signextend(31, c)))
    mstore(0x20, signextend(0, signextend(0, c)))
    mstore(0x40, and(sub(xor(and(c, 0xff), 0x40), 0x40), 0x7f))
    mstore(0x60, and(add(xor(and(c, 0xff), 0x80), 0x80), 0xff))
}
default {
    let x := a
    for { let i := 0 } lt(i, and(c, 7)) { i := add(i, 1) } {
        x := signextend(7, sub(signextend(7, mul(signextend(7, x), 31)), signextend(7, i)))
        if slt(signextend(7, x), 0) { x := sub(0, x) }
    }
    mstore(0, x)
}
return(0, 0xa0)
