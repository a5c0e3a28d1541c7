// after: fold-constants, eliminate-dead, thread-jumps
// Flags tell that a product has a high word, not that it has none: the branch is turned.
let x := calldataload(0)
let y := calldataload(32)
if or(iszero(x), eq(y, div(mul(x, y), x))) {
    sstore(0, mul(x, y))
    stop()
}
revert(0, 0)
