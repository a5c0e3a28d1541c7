// after: fold-constants, eliminate-dead, remove-params, thread-jumps
// The product leaves both loops, the sum with the outer counter the inner one only.
let n := calldataload(0)
let m := calldataload(32)
for { let i := 0 } lt(i, n) { i := add(i, 1) } {
    for { let j := 0 } lt(j, n) { j := add(j, 1) } {
        sstore(add(j, add(i, m)), mul(n, m))
    }
}
