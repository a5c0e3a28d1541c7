// after: fold-constants, eliminate-dead
// What is joined lies where either side does; a counter ends at what it is compared with, and the pointer in the loop is an
// address; what only grows may be anything.
let n := and(calldataload(0), 0xff)
let m := add(xor(and(calldataload(32), 0xff), 0x80), not(0x7f))
if calldataload(64) { m := 500 }
sstore(m, m)
let p := 128
let q := 1
for { let i := 0 } lt(i, n) { i := add(i, 1) } {
    mstore(p, i)
    p := add(p, 32)
    q := mul(q, m)
}
sstore(p, q)
