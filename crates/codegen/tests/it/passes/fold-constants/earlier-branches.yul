// A comparison that was made before is not made again where its outcome is known; where ways meet it is not.
let n := calldataload(0)
let m := calldataload(32)
for { let i := 0 } lt(i, n) { i := add(i, 1) } {
    if iszero(lt(i, n)) { revert(0, 0) }
    if gt(n, i) { mstore(i, 1) }
    if eq(n, i) { mstore(i, 2) }
    if iszero(gt(i, n)) { mstore(i, 3) }
    if lt(i, m) { mstore(i, 4) }
}
if m {
    mstore(0, iszero(m))
    mstore(32, lt(n, m))
    if iszero(lt(n, m)) { mstore(64, gt(n, m)) mstore(96, lt(m, n)) mstore(128, lt(n, m)) }
}
mstore(0, iszero(m))
return(0, 160)
