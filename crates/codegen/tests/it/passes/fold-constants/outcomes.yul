// What a branch decided need not be asked again. A sum that fits is as large as its summand if the other is zero.
let x := calldataload(0)
let y := calldataload(32)
if lt(x, y) {
    if iszero(gt(y, x)) { revert(0, 0) }
    sstore(0, eq(x, y))
}
if iszero(x) { revert(0, 0) }
if iszero(x) { sstore(1, 1) }
let w := shr(8, x)
sstore(2, lt(add(w, 5), w))
sstore(3, gt(add(w, shr(8, y)), w))
