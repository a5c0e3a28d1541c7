// Chains of conditions whose parts decide each other.
let a := calldataload(0x20)
let b := calldataload(0x40)
let c := calldataload(0x60)
let r := 0
switch and(calldataload(0), 7)
case 0 {
    let t := eq(a, 1)
    if iszero(t) { t := eq(a, 2) }
    if iszero(t) { t := lt(a, b) }
    if iszero(t) { t := gt(a, c) }
    if t { r := add(r, 5) }
    r := add(r, t)
}
case 1 {
    let t := lt(a, b)
    if t { t := iszero(gt(a, c)) }
    if t { t := iszero(eq(a, b)) }
    if iszero(t) { r := 77 }
    r := xor(r, add(t, mul(t, 3)))
}
case 2 {
    if gt(a, 2) { revert(0, 0) }
    if gt(a, 2) { r := 1 }
    if lt(a, 3) { r := add(r, a) }
    switch a
    case 0 { r := add(r, 10) }
    case 1 { r := add(r, 20) }
    case 2 { r := add(r, 30) }
    default { r := add(r, 40) }
}
case 3 {
    let t := iszero(a)
    let u := iszero(iszero(a))
    switch t
    case 1 { r := add(t, u) }
    default { r := add(mul(t, 3), mul(u, 7)) }
    if or(t, lt(b, c)) { r := add(r, 100) }
    if and(u, gt(b, c)) { r := add(r, 1000) }
}
case 4 {
    let s := add(a, b)
    if gt(a, s) { revert(0, 0) }
    let m := mul(s, 3)
    if lt(s, 0x10000) { if iszero(eq(div(m, 3), s)) { r := 1 } }
    let d := sub(s, c)
    if gt(d, s) { r := add(r, 2) }
    r := add(r, d)
}
case 5 {
    let x := and(a, 0xffff)
    let y := and(b, 0xff)
    if slt(sub(x, y), 3) { r := 1 }
    if sgt(x, y) { r := add(r, 2) }
    if iszero(eq(a, and(a, 0xffffff))) { r := add(r, 4) }
    if iszero(eq(b, and(b, shl(224, 0xffffffff)))) { r := add(r, 8) }
    if eq(c, and(c, shl(224, 0xffffffff))) { r := add(r, c) }
    if and(a, 1) { r := add(r, 16) }
    if iszero(xor(b, c)) { r := add(r, 32) }
    if shr(4, x) { r := add(r, 64) }
}
case 6 {
    for {} lt(a, 300) {} {
        a := add(a, 7)
        if and(a, 1) { r := add(r, a) continue }
        if gt(r, 900) { break }
        if iszero(and(a, b)) { r := add(r, 1) }
    }
    r := add(r, a)
}
default {
    let t := select(lt(a, b), a, b)
    let u := select(gt(t, c), t, c)
    r := select(eq(t, u), add(t, 1), sub(u, t))
}
mstore(0, r)
return(0, 0x20)

function select(t, x, y) -> z {
    z := y
    if t { z := x }
}
