// Known only if all paths agree, loops included.
mstore(0, 1)
mstore(32, 2)
for { let i := 0 } lt(i, calldataload(0)) { i := add(i, 1) } {
    sstore(i, mload(0))
    mstore(32, i)
}
sstore(100, mload(0))
sstore(101, mload(32))
