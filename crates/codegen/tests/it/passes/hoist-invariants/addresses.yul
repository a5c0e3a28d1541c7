// after: fold-constants, eliminate-dead
// Items come behind the length: where they begin is the same in every round. What varies as a whole stays, and so does a sum of two
// things that vary.
let p := mload(64)
for { let i := 0 } lt(i, 9) { i := add(i, 1) } {
    sstore(i, mload(add(p, add(shl(5, i), 32))))
    let q := mload(i)
    sstore(q, add(add(q, 32), i))
}
