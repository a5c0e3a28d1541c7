// The recursive one passes its own constant on; the other starts with another.
sstore(0, f(calldataload(0)))
sstore(1, g(calldataload(32)))
function f(x) -> r {
    if gt(x, 1000) { revert(0, 0) }
    sstore(x, add(x, 7))
    sstore(add(x, 1), x)
    r := f(sub(x, 1))
}
function g(x) -> r {
    if gt(x, 1000) { revert(0, 0) }
    sstore(x, add(x, 8))
    sstore(add(x, 1), x)
    r := f(sub(x, 1))
}
