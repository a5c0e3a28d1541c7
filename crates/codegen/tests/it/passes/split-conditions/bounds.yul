// solc's check of an allocation.
let p := calldataload(0)
let q := calldataload(32)
if or(gt(q, 0xffffffffffffffff), lt(q, p)) { revert(0, 0) }
if and(lt(p, 3), gt(q, 4)) { sstore(0, 1) }
