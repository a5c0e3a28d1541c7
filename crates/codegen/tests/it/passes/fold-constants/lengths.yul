// solc compares lengths as signed numbers; a narrow difference needs no sign.
if slt(add(calldatasize(), not(3)), 64) { revert(0, 0) }
if slt(sub(calldatasize(), 4), 0) { revert(0, 0) }
