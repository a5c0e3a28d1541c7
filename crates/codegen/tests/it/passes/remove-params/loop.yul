// Assigned in the loop, but always to the same value.
let x := calldataload(0)
for { let i := 0 } lt(i, 3) { i := add(i, 1) } {
    x := x
    sstore(i, x)
}
