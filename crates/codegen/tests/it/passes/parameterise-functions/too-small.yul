// The arguments would cost more than a function saves.
sstore(0, f(calldataload(0)))
sstore(1, g(calldataload(32)))
function f(x) -> r { r := mul(x, 3) }
function g(x) -> r { r := mul(x, 5) }
