// Words of the calldata anywhere, and comparisons of what is left of it.
let o := calldataload(0x20)
switch and(calldataload(0), 7)
case 0 {
    mstore(0, calldataload(o))
    mstore(0x20, calldataload(add(o, 0x20)))
    mstore(0x40, calldataload(sub(o, 0x20)))
    mstore(0x60, calldataload(0xffffffff))
    mstore(0x80, calldataload(0x100000000))
    mstore(0xa0, calldataload(and(o, 0xffffffff)))
    mstore(0xc0, calldataload(add(and(o, 0xffffffff), 0x20)))
}
case 1 {
    if gt(o, 0xffffffffffffffff) { revert(0, 0) }
    let at, n := decode(o, calldatasize())
    mstore(0, n)
    mstore(0x20, calldataload(at))
    mstore(0x40, calldataload(add(at, n)))
    at, n := decode(add(at, 0x10), calldatasize())
    mstore(0x60, n)
}
case 2 {
    let base := and(o, 0xff)
    if slt(sub(calldatasize(), base), 0x60) {
        mstore(0, 7)
        return(0, 0x20)
    }
    mstore(0, calldataload(base))
    mstore(0x20, calldataload(add(base, 0x40)))
    let rel := calldataload(0x40)
    if iszero(slt(rel, sub(sub(calldatasize(), base), 0x1f))) { revert(0, 0) }
    let at := add(base, rel)
    mstore(0x40, calldataload(at))
    let n := and(calldataload(0x60), 3)
    if sgt(add(at, 0x20), sub(calldatasize(), mul(n, 0x20))) { mstore(0x60, 1) }
    if sgt(add(base, 0x20), sub(calldatasize(), mul(n, 0x20))) { mstore(0x80, 1) }
}
case 3 {
    let x := and(o, 0xffff)
    let y := and(calldataload(0x40), 0xff)
    let r := slt(sub(x, y), sub(y, 3))
    r := or(r, shl(1, sgt(sub(x, y), not(0))))
    r := or(r, shl(2, slt(sub(add(x, 5), y), sub(y, add(x, 2)))))
    r := or(r, shl(3, sgt(sub(x, 300), y)))
    r := or(r, shl(4, iszero(slt(sub(y, x), not(9)))))
    r := or(r, shl(5, slt(add(sub(x, y), 7), add(sub(y, x), 9))))
    r := or(r, shl(6, slt(sub(7, x), sub(y, 9))))
    r := or(r, shl(7, sgt(x, sub(y, o))))
    if slt(sub(x, y), 0) { r := or(r, 0x100) }
    if iszero(sgt(sub(x, y), 31)) { r := or(r, 0x200) }
    mstore(0, r)
}
case 4 {
    mstore(0, calldataload(0x44))
    mstore(0x20, calldataload(0x24))
    mstore(0x40, calldataload(0x44))
    mstore(0x60, keccak256(0, 0x40))
    mstore(0x80, calldataload(0x64))
    if calldataload(0x84) { mstore(0xa0, calldataload(0x84)) }
    mstore(0xc0, calldataload(0xa4))
    mstore(0xe0, calldataload(0x10000))
    mstore(0x100, calldataload(4))
}
case 5 {
    let i := and(o, 0xff)
    for {} lt(i, calldatasize()) { i := add(i, 0x18) } {
        mstore(0, xor(mload(0), calldataload(i)))
        mstore(0x20, add(mload(0x20), calldataload(0x24)))
    }
}
default {
    let n := and(o, 0x7f)
    calldatacopy(0, calldataload(0x40), n)
    mstore(0x100, calldataload(sub(n, 0x20)))
}
return(0, 0x140)

function decode(offset, end) -> at, length {
    if iszero(slt(add(offset, 0x1f), end)) { revert(0, 0) }
    length := calldataload(offset)
    if gt(length, 0xffffffffffffffff) { revert(0, 0) }
    at := add(offset, 0x20)
    if gt(add(at, length), end) {
        mstore(0, 1)
        return(0, 0x20)
    }
}
