// Known words of memory-safe code, and where it does more than it promises.
mstore(0x40, memoryguard(0x80))
let a := and(calldataload(0x20), 0xff)
let b := and(calldataload(0x40), 0xff)
let v := calldataload(0x60)
let p := mload(0x40)
mstore(0x40, add(p, 0x400))
switch and(calldataload(0), 7)
case 0 {
    // Overlapping words at unknown distances.
    mstore(add(p, a), v)
    mstore(add(p, b), not(v))
    let x := mload(add(p, a))
    mstore(add(p, add(a, 7)), x)
    mstore(add(p, 0x200), x)
    mstore(add(p, 0x220), mload(add(p, a)))
    mstore(add(p, 0x240), mload(0x40))
    mstore(add(p, 0x47), v)
    mstore(add(p, 0x260), mload(add(p, 0x40)))
}
case 1 {
    // A loop that overwrites what was known before it.
    mstore(p, v)
    mstore(add(p, 0x20), 1)
    let s := 0
    for { let i := 0 } lt(i, and(a, 7)) { i := add(i, 1) } {
        s := add(s, mload(p))
        mstore(p, add(mload(p), i))
        mstore(add(p, shl(5, i)), s)
        s := add(s, mload(add(p, 0x20)))
    }
    mstore(add(p, 0x200), s)
    mstore(add(p, 0x220), mload(p))
}
case 2 {
    // Functions that write.
    mstore(p, v)
    mstore(0, a)
    mstore(0x20, b)
    fill(add(p, and(a, 0x3f)), v)
    mstore(add(p, 0x200), mload(p))
    mstore(add(p, 0x220), mload(0x20))
    scratch(v)
    mstore(add(p, 0x240), mload(0x20))
    mstore(add(p, 0x260), keccak256(0, 0x40))
    mstore(add(p, 0x280), allocate(b))
    mstore(add(p, 0x2a0), mload(0x40))
    fill(add(p, 0x40), b)
    scratch(a)
    mstore(0x40, allocate(a))
    mstore(add(p, 0x2c0), mload(0x40))
}
case 3 {
    // Hashes of known words.
    mstore(0, a)
    mstore(0x20, b)
    let h := keccak256(0, 0x40)
    mstore(0x20, h)
    mstore(p, keccak256(0, 0x40))
    mstore(0x20, b)
    mstore(add(p, 0x20), keccak256(0, 0x40))
    mstore(add(p, 0x40), h)
    mstore(0x10, v)
    mstore(add(p, 0x60), keccak256(0, 0x40))
    mstore8(0x1f, v)
    mstore(add(p, 0x80), keccak256(0, 0x40))
    mstore(0, a)
    mstore(add(p, 0xa0), keccak256(0, 0x20))
    mstore(add(p, 0xc0), keccak256(0, 0x24))
    for { let i := 0 } lt(i, and(b, 3)) { i := add(i, 1) } {
        mstore(0, i)
        mstore(0x20, v)
        v := keccak256(0, 0x40)
    }
    mstore(add(p, 0xe0), v)
    mstore(0, p)
    if and(a, 1) { mstore(0x20, b) }
    mstore(add(p, 0x100), keccak256(0, 0x40))
}
case 4 {
    // A copy from the scratch space on.
    calldatacopy(0, 0x20, add(0x20, and(a, 0x3f)))
    let x := mload(0x40)
    mstore(0x480, x)
    mstore(0x4a0, mload(0x60))
}
case 5 {
    mstore(p, v)
    mcopy(0x40, p, and(b, 0x1f))
    let x := mload(0x40)
    mstore(0x480, x)
    mcopy(0x60, p, and(a, 0x1f))
    mstore(0x4a0, mload(0x60))
}
case 6 {
    // Output of a call.
    mstore(p, 7)
    mstore(add(p, 0x20), a)
    mstore(0, v)
    mstore(0x20, v)
    pop(staticcall(gas(), address(), p, 0x40, 0, 0x20))
    mstore(0x480, mload(0))
    mstore(0x4a0, mload(0x20))
    mstore(0x4c0, mload(0x40))
    pop(staticcall(gas(), address(), p, 0x40, 0x30, and(b, 0x3f)))
    mstore(0x4e0, mload(0x40))
    returndatacopy(0x4f, 0, and(a, 0x1f))
    mstore(0x500, mload(0x40))
}
default {
    mstore(p, a)
    mstore(add(p, 0x20), not(a))
    return(p, 0x60)
}
return(0, 0x580)

function fill(to, x) {
    mstore(to, x)
    if gt(x, 100) { mstore(add(to, 0x20), x) }
    mstore(add(to, 1), x)
}
function scratch(x) {
    mstore(add(1, 0x1f), x)
}
function allocate(n) -> at {
    at := mload(0x40)
    mstore(0x40, add(at, n))
}
