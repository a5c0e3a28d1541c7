// The second call repeats the first; the one under the condition does not dominate the last, whose argument differs anyway.
let x := calldataload(0)
sstore(0, f(x))
sstore(1, f(x))
if x { sstore(2, f(3)) }
sstore(3, f(3))
function f(y) -> r { if gt(y, 9) { revert(0, 0) } r := mul(y, y) }
