// after: fold-constants, eliminate-dead
// The parameter of the first function is as large as its largest argument, its result twice that; the second calls itself
// with more.
let n := and(calldataload(0), 0xff)
let m := calldataload(0x20)
if lt(m, 0x1000) { sstore(0, twice(m)) }
sstore(1, twice(n))
sstore(2, again(n))
function twice(x) -> y { y := add(x, x) }
function again(x) -> y {
    y := x
    if lt(x, 0xffff) { y := again(add(x, x)) }
}
