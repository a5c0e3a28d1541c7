// after: fold-constants, eliminate-dead, thread-jumps
// The comparison with the largest word is that of the sum with zero.
let x := calldataload(0)
if eq(x, not(0)) { revert(0, 0) }
sstore(0, add(x, 1))
