// Errors with arguments, and checks that no value was sent.
let a := calldataload(0x20)
let b := calldataload(0x40)
switch shr(252, shl(252, calldataload(0)))
case 0 {
    if callvalue() { revert(0, 0) }
    if gt(a, b) { one(shl(224, 0x11111111), a) }
    mstore(0, 1)
}
case 1 {
    if callvalue() { revert(0, 0) }
    if gt(a, b) { two(shl(224, 0x22222222), a, b) }
    one(shl(224, 0x33333333), add(a, b))
}
case 2 {
    if callvalue() { revert(0, 0) }
    mstore(0, shl(224, 0x44444444))
    mstore(4, caller())
    mstore(36, a)
    if lt(a, 100) { revert(0, 68) }
    mstore(36, b)
    mstore(4, mload(2))
    revert(0, 68)
}
case 3 {
    mstore(0, shl(224, 0x55555555))
    mstore(36, a)
    mstore(4, b)
    if lt(a, 100) { revert(0, 68) }
    mstore(0, callvalue())
}
case 4 { checked(a) }
case 5 { checked(b) }
case 6 {
    if callvalue() { revert(0, 0) }
    mstore(0, shl(224, 0x66666666))
    mstore(4, a)
    if iszero(b) { revert(0, 36) }
    mstore(0, shl(224, 0x77777777))
    if and(a, 1) { revert(0, 4) }
    mstore(4, b)
    mstore(36, not(b))
    if and(a, 2) { revert(0, 68) }
    revert(0, 37)
}
case 7 {
    if callvalue() { revert(0, 0) }
    if iszero(a) { revert(0, 0) }
    mstore(0, div(b, a))
}
default {
    if eq(a, b) { revert(0, 0) }
    mstore(0, add(callvalue(), 7))
}
return(0, 0x20)

function one(selector, x) {
    mstore(0, selector)
    mstore(4, x)
    revert(0, 36)
}
function two(selector, x, y) {
    mstore(0, selector)
    mstore(4, x)
    mstore(36, y)
    revert(0, 68)
}
function checked(x) {
    if callvalue() { revert(0, 0) }
    if gt(x, 50) { one(shl(224, 0x88888888), x) }
    mstore(0, x)
    return(0, 0x20)
}
