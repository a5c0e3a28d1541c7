// A constant, an operand's order and a comparison tell these apart.
sstore(0, f(calldataload(0), 1))
sstore(1, g(calldataload(0), 1))
sstore(2, h(calldataload(0), 1))
sstore(3, i(calldataload(0), 1))
function f(x, y) -> r { if gt(x, 7) { revert(0, 0) } r := sub(x, y) }
function g(x, y) -> r { if gt(x, 8) { revert(0, 0) } r := sub(x, y) }
function h(x, y) -> r { if gt(x, 7) { revert(0, 0) } r := sub(y, x) }
function i(x, y) -> r { if lt(x, 7) { revert(0, 0) } r := sub(x, y) }
