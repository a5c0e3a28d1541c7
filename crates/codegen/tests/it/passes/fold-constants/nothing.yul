// Nothing is returned from wherever it starts, unless the start is guarded for a log, too.
let p := mload(64)
switch calldataload(0)
case 0 { return(p, sub(add(p, 0), p)) }
case 1 { log0(p, 4) return(p, sub(p, p)) }
case 2 { revert(p, sub(p, p)) }
default { return(p, 1) }
