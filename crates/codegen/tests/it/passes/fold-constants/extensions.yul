// A narrow number is its own sign extension; a mask below does not see it. The check of a narrow difference is one comparison, and
// behind it the difference is narrow.
let x := add(xor(and(calldataload(0), 0xffff), 0x8000), not(0x7fff))
let y := add(xor(and(calldataload(32), 0xffff), 0x8000), not(0x7fff))
sstore(0, add(xor(and(x, 0xffff), 0x8000), not(0x7fff)))
sstore(1, and(x, 0xffff))
sstore(2, shl(240, x))
let d := sub(x, y)
sstore(3, add(xor(and(d, 0xffff), 0x8000), not(0x7fff)))
if or(slt(d, not(0x7fff)), sgt(d, 0x7fff)) { revert(0, 0) }
sstore(4, add(xor(and(d, 0xffff), 0x8000), not(0x7fff)))
let z := calldataload(64)
if iszero(eq(z, add(xor(and(z, 0xffff), 0x8000), not(0x7fff)))) { revert(0, 0) }
sstore(5, add(xor(and(z, 0xffff), 0x8000), not(0x7fff)))
let w := sub(shr(240, calldataload(96)), 0x8000)
sstore(6, xor(and(w, 0xffff), 0x8000))
sstore(7, slt(sub(xor(and(w, 0xffff), 0x8000), 0x8000), 0))
