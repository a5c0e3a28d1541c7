// Behind a heap access the address is narrow, so the slice needs no guard; behind a branch the bound holds.
let p := mload(64)
mstore(p, 1)
let n := calldataload(0)
if gt(n, 0xff) { revert(0, 0) }
sstore(0, and(n, 0xffff))
return(p, 32)
