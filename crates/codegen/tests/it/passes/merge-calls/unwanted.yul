// Only the last of these calls may go: the others read, fail or may not end.
pop(reads(1))
pop(fails(calldataload(0)))
pop(loops(calldataload(0)))
pop(idle(calldataload(0)))
function reads(x) -> r { r := sload(x) }
function fails(x) -> r { if gt(x, 9) { revert(0, 0) } r := x }
function loops(x) -> r { for {} lt(r, x) {} { r := mul(add(r, 1), 3) } }
function idle(x) -> r { r := 7 if x { r := add(x, 2) } }
