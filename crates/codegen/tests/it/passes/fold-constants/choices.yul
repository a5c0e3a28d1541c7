// Arithmetic with a truth value chooses; shifts by 1 to 256 places need no comparison.
let x := calldataload(0)
let y := calldataload(32)
sstore(0, shl(7, lt(x, y)))
sstore(1, mul(gt(x, y), x))
if shl(3, eq(x, y)) { sstore(2, 1) }
sstore(3, shr(shl(3, sub(32, and(x, 31))), y))
sstore(4, shr(shl(3, sub(33, and(x, 31))), y))
