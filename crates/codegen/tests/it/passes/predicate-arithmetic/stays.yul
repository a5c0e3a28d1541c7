// after: fold-constants, eliminate-dead, thread-jumps, eliminate-common, eliminate-dead
// Two differences, effects, and a branch that the flags answer already.
let x := calldataload(0)
let y := calldataload(32)
let a := x
let b := y
if gt(y, x) { a := add(a, 1) b := shl(1, b) }
sstore(0, a)
sstore(1, b)
let c := x
if lt(y, 9) { c := sload(y) }
sstore(2, c)
let d := sub(x, y)
if lt(x, y) { d := sub(0, d) }
sstore(3, d)
