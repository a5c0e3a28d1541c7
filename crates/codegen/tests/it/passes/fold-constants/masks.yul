// A mask cannot change what is narrow already; shifting up and back is a mask.
sstore(0, and(caller(), 0xffffffffffffffffffffffffffffffffffffffff))
sstore(1, and(shr(224, calldataload(0)), 0xffffffff))
sstore(2, shr(96, shl(96, calldataload(4))))
sstore(3, sub(add(calldataload(4), 64), calldataload(4)))
sstore(4, shr(248, and(calldataload(36), shl(248, 0xff))))
sstore(5, shr(247, and(calldataload(36), shl(248, 0xff))))
sstore(6, shl(248, and(calldataload(36), 0xff)))
