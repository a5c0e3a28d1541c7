// after: fold-constants, remove-params, thread-jumps, eliminate-common, eliminate-dead
// Behind the step, the old value itself is wanted, so that it lives anyway.
let p := calldataload(0)
let end := calldataload(32)
for { } 1 { } {
    let q := add(p, 1)
    if eq(q, end) {
        sstore(add(p, 33), p)
        break
    }
    p := q
}
