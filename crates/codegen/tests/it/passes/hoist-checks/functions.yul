// after: thread-jumps
// The first two functions and the way without one may fail at once; the payable one keeps the check below the branch.
let s := calldataload(0)
switch s
case 1 {
    if callvalue() { revert(0, 0) }
    sstore(0, 1)
}
case 2 {
    if callvalue() { revert(0, 0) }
    sstore(0, 2)
}
default { revert(0, 0) }
switch sload(1)
case 0 { sstore(1, callvalue()) }
default {
    if callvalue() { revert(0, 0) }
    sstore(1, 3)
}
