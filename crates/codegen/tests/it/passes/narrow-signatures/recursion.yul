// The modulus is handed on unchanged, but the pass does not see through recursion; the unread parameter goes.
sstore(0, f(calldataload(0), 97, 1))
function f(x, m, unread) -> r {
    if gt(x, m) { r := f(sub(x, m), m, 2) }
}
