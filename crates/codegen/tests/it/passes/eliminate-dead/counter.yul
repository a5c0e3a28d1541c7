// The counter only feeds itself; the unused load goes, the store stays.
let unused := mload(and(calldataload(0), 0xffff))
let counter := 0
for { let i := 0 } lt(i, 3) { i := add(i, 1) } {
    counter := add(counter, 1)
    sstore(i, 1)
}
