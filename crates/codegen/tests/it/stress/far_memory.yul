// What is read from memory in vain fails where it lies too far, and with it what would follow.
let p := calldataload(0x20)
switch and(p, 1)
case 0 { p := and(p, 0xfff) }
default { p := shl(add(32, and(p, 0x7f)), or(calldataload(0x40), 1)) }
mstore(0, calldataload(0x60))
switch and(calldataload(0), 7)
case 0 { pop(mload(p)) return(p, 0x20) }
case 1 { pop(mload(p)) log0(p, 4) }
case 2 { let q := add(p, 0x20) pop(mload(q)) revert(q, 0x20) }
case 3 { let x := mload(p) mstore(p, x) mstore(0x20, keccak256(p, 0x20)) }
case 4 { for { let i := 0 } lt(i, 3) { i := add(i, 1) } { pop(mload(p)) log0(p, i) p := add(p, p) } }
case 5 { touch(p) return(p, 0x20) }
case 6 { touch(and(p, 0xffff)) touch(p) mstore(0x20, keccak256(p, 0x21)) }
default { mstore(0x20, mload(p)) return(p, 0x40) }
return(0, 0x40)

function touch(at) {
    pop(mload(at))
    sstore(0, add(sload(0), 1))
    sstore(1, add(sload(1), 1))
    sstore(2, add(sload(2), 1))
}
