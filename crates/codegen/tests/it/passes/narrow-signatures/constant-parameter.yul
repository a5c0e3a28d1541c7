// Both calls pass the same modulus; the other parameter varies.
sstore(0, f(calldataload(0), 97))
sstore(1, f(calldataload(32), 97))
function f(x, m) -> r {
    r := mod(x, m)
}
