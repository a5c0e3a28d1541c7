// Small or called once: dissolved. Recursive: never.
sstore(0, double(3))
sstore(1, double(4))
sstore(2, once(5))
sstore(3, down(6))
function double(x) -> r { r := add(x, x) }
function once(x) -> r { for { let i := 0 } lt(i, x) { i := add(i, 1) } { r := add(r, sload(i)) } }
function down(x) -> r { if x { r := down(sub(x, 1)) } }
