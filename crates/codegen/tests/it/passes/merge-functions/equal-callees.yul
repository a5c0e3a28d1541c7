// f and g are equal because p and q are.
sstore(0, f(calldataload(0)))
sstore(1, g(calldataload(32)))
sstore(2, p(3))
sstore(4, q(5))
function f(x) -> r { r := add(p(x), 1) }
function g(y) -> s { s := add(q(y), 1) }
function p(x) -> r { if gt(x, 7) { revert(0, 0) } r := mul(x, x) }
function q(z) -> t { if gt(z, 7) { revert(0, 0) } t := mul(z, z) }
