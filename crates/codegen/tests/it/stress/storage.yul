// Storage at keys that are sometimes the same, seen again through the contract itself.
let a := calldataload(0x20)
let b := calldataload(0x40)
let v := calldataload(0x60)
switch and(calldataload(0), 15)
case 0 {
    sstore(a, v)
    sstore(b, add(v, 1))
    mstore(0, sload(a))
    mstore(0x20, sload(b))
}
case 1 {
    mstore(0, sload(a))
    sstore(b, add(v, 1))
    mstore(0x20, sload(a))
    tstore(a, v)
    tstore(b, not(v))
    mstore(0x40, tload(a))
    mstore(0x60, tload(b))
}
case 2 {
    // Fields of a packed word.
    sstore(a, or(and(sload(a), not(0xff)), and(v, 0xff)))
    if gt(b, 100) { revert(0, 0x20) }
    sstore(a, or(and(sload(a), not(0xff00)), and(b, 0xff00)))
    sstore(add(a, 1), sload(a))
    sstore(a, or(and(sload(a), not(0xff0000)), and(v, 0xff0000)))
    mstore(0, sload(a))
    mstore(0x20, sload(add(a, 1)))
}
case 3 {
    // Comes back into the contract, which writes.
    sstore(a, v)
    tstore(a, v)
    mstore(0, 15)
    mstore(0x20, a)
    mstore(0x40, b)
    mstore(0x60, add(v, 1))
    let ok := call(gas(), address(), 0, 0, 0xc0, 0, 0)
    mstore(0, sload(a))
    mstore(0x20, tload(a))
    mstore(0x40, ok)
    sstore(a, 2)
}
case 4 {
    // Comes back without leave to write, and reads.
    sstore(a, v)
    sstore(b, not(v))
    mstore(0, 14)
    mstore(0x20, a)
    mstore(0x40, b)
    let ok := staticcall(gas(), address(), 0, 0x60, 0x80, 0x40)
    sstore(a, 3)
    mstore(0, sload(a))
    mstore(0x20, sload(b))
    mstore(0x40, ok)
}
case 5 {
    // An array whose elements reach everywhere.
    mstore(0, a)
    let data := keccak256(0, 0x20)
    let n := sload(1)
    sstore(add(data, b), v)
    sstore(sub(1, data), v)
    sstore(add(data, sub(1, data)), add(v, 5))
    mstore(0x20, sload(1))
    mstore(0x40, n)
    mstore(0x60, sload(data))
}
case 6 {
    // Two entries of mappings.
    let first := entry(and(a, 1), and(v, 1))
    let second := entry(and(b, 1), 1)
    let third := entry(and(b, 1), 2)
    sstore(first, a)
    sstore(second, b)
    sstore(third, v)
    mstore(0, sload(first))
    mstore(0x20, sload(second))
    mstore(0x40, sload(entry(and(v, 1), 1)))
    mstore(0x60, sload(third))
}
case 7 {
    let sum := 0
    for { let i := 0 } lt(i, and(sload(a), 7)) { i := add(i, 1) } {
        sum := add(sum, add(sload(a), sload(add(a, i))))
        if lt(i, 3) { sstore(add(b, i), sum) }
    }
    mstore(0, sum)
}
case 8 {
    let sum := 0
    for { let i := 0 } lt(i, and(sload(a), 7)) { i := add(i, 1) } {
        sum := add(sum, mul(sload(b), sload(add(a, i))))
    }
    mstore(0, sum)
}
case 9 {
    // Written for nothing unless the way ends early.
    sstore(a, v)
    if eq(and(b, 3), 1) { return(0, 0x20) }
    if eq(and(b, 3), 2) { sstore(add(a, 1), sload(b)) }
    sstore(a, b)
    if eq(and(b, 3), 3) { revert(0, 0) }
    sstore(a, add(sload(a), 1))
}
case 10 {
    sstore(a, v)
    write(b, v)
    sstore(a, add(b, v))
    mstore(0, read(a))
    sstore(a, 1)
    mstore(0x20, read(a))
    leaveIf(eq(v, 1))
    sstore(a, 2)
    leaveIf(eq(v, 2))
    sstore(a, 3)
}
case 11 {
    for { let i := 0 } lt(i, and(v, 3)) { i := add(i, 1) } {
        sstore(add(a, i), i)
        sstore(a, add(b, i))
    }
    tstore(a, b)
    tstore(a, v)
    mstore(0, tload(b))
}
case 14 {
    mstore(0, sload(a))
    mstore(0x20, sload(b))
}
case 15 {
    sstore(a, v)
    tstore(b, v)
}
default {
    mstore(0, sload(a))
    mstore(0x20, sload(b))
    sstore(a, v)
}
return(0, 0xc0)

function entry(key, slot) -> hash {
    mstore(0, key)
    mstore(0x20, slot)
    hash := keccak256(0, 0x40)
}
function read(key) -> word {
    word := add(sload(key), mul(sload(add(key, 1)), 3))
    word := xor(word, shl(3, tload(key)))
    word := add(word, tload(add(key, 1)))
}
function write(key, word) {
    sstore(key, word)
    tstore(key, not(word))
    sstore(add(key, 2), mul(word, 3))
    tstore(add(key, 2), mul(word, 5))
}
function leaveIf(condition) {
    if condition {
        mstore(0x40, condition)
        mstore(0x60, address())
        return(0, 0xc0)
    }
}
