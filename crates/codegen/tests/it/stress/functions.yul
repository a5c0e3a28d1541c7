// Values that live across calls of functions that write few registers, many, or all; recursion; equal tails.
let a := calldataload(0x20)
let b := calldataload(0x40)
let c := calldataload(0x60)
let d := calldataload(0x80)
let e := calldataload(0xa0)
let r := 0
switch and(calldataload(0), 7)
case 0 {
    let x := small(a)
    let y := small(b)
    r := add(mul(x, 3), add(mul(y, 5), add(c, add(d, e))))
    r := xor(r, small(small(r)))
    r := add(r, add(x, mul(y, a)))
}
case 1 {
    let p, q, s := three(a, b, c)
    let t, u, v := three(q, d, p)
    r := xor(p, xor(shl(1, q), xor(shl(2, s), xor(shl(3, t), xor(shl(4, u), shl(5, v))))))
    r := add(r, add(d, mul(e, a)))
}
case 2 {
    r := many(a, b, c, d, e, small(a), small(b))
    r := add(r, mul(a, small(d)))
}
case 3 { r := add(down(and(a, 31), b), c) }
case 4 {
    r := even(and(a, 15), b)
    r := xor(r, odd(and(c, 15), d))
    r := add(r, xor(a, mul(b, c)))
}
case 5 {
    sstore(0, a)
    let x := stored(b)
    mstore(0x80, add(x, c))
    r := add(stored(add(b, 1)), add(small(x), d))
    r := add(r, mload(0x80))
}
case 6 {
    for { let i := 0 } lt(i, and(a, 7)) { i := add(i, 1) } {
        let x := small(add(r, i))
        if and(x, 1) { r := add(r, stored(i)) continue }
        r := add(r, xor(x, b))
        if gt(r, c) { r := small(r) }
    }
}
default {
    switch and(a, 3)
    case 0 {
        mstore(0, b)
        mstore(0x20, c)
        return(0, 0x40)
    }
    case 1 {
        mstore(0, add(b, 1))
        mstore(0x20, c)
        return(0, 0x40)
    }
    case 2 {
        mstore(0, c)
        mstore(0x20, b)
        return(0, 0x40)
    }
    r := tail(b, c)
}
mstore(0, r)
return(0, 0x20)

function small(x) -> y {
    y := add(mul(x, 7), shr(3, x))
    if gt(y, x) { y := sub(y, 5) }
    if lt(y, 9) { y := add(y, x) }
}
function three(x, y, z) -> p, q, s {
    p := small(y)
    q := add(small(z), x)
    s := sub(p, small(q))
    if lt(s, p) { s := add(s, 1) }
    if eq(x, y) { q := s }
}
function many(x0, x1, x2, x3, x4, x5, x6) -> z {
    z := small(x6)
    z := add(z, add(x0, mul(x1, 2)))
    z := add(z, add(mul(x2, 3), mul(x3, 4)))
    z := xor(z, small(x5))
    z := add(z, add(mul(x4, 5), mul(x5, 6)))
    z := add(z, mul(x6, 7))
}
function down(n, x) -> z {
    z := x
    if n { z := add(mul(down(sub(n, 1), small(x)), 3), n) }
}
function even(n, x) -> z {
    z := x
    if n { z := add(odd(sub(n, 1), small(x)), n) }
}
function odd(n, x) -> z {
    z := not(x)
    if n { z := xor(even(sub(n, 1), add(x, 1)), n) }
}
function stored(x) -> h {
    mstore(0, x)
    mstore(0x20, sload(0))
    h := keccak256(0, 0x40)
}
function tail(x, y) -> z {
    z := small(small(x))
    if gt(x, y) {
        z := stored(z)
        leave
    }
    z := stored(y)
}
