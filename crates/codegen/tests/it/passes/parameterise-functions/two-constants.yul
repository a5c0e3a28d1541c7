// The bound appears twice and varies alike, so one parameter stands for both.
sstore(0, f(calldataload(0)))
sstore(1, g(calldataload(32)))
function f(x) -> r {
    if gt(x, 7) { revert(0, 0) }
    r := mul(x, x)
    sstore(r, x)
    sstore(add(r, 7), x)
    sstore(add(r, 3), add(x, 9))
}
function g(x) -> r {
    if gt(x, 8) { revert(0, 0) }
    r := mul(x, x)
    sstore(r, x)
    sstore(add(r, 8), x)
    sstore(add(r, 3), add(x, 10))
}
