// after: fold-constants, eliminate-dead, thread-jumps, eliminate-common, eliminate-dead
// A step with something or nothing depends on the comparison; a choice with a step on one side, too. Constants are chosen, and the
// truth value that is needed twice is made.
let x := calldataload(0)
let y := calldataload(32)
sstore(0, sub(x, lt(x, y)))
sstore(1, or(y, shl(6, gt(x, 99))))
let z := x
if gt(y, 7) { z := sub(0, x) }
sstore(2, z)
let w := x
if lt(y, x) { w := y }
sstore(3, w)
let t := eq(x, 5)
sstore(t, add(y, t))
sstore(5, sub(9, gt(x, 77)))
sstore(6, and(x, mul(y, gt(y, 78))))
