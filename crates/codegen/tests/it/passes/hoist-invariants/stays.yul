// after: fold-constants, eliminate-dead, remove-params, thread-jumps
// What is read may change from round to round.
for { let i := 0 } lt(i, sload(0)) { i := add(i, 1) } {
    sstore(i, add(mload(0), calldataload(0)))
    mstore(0, i)
}
