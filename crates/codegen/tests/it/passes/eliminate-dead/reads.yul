// A read in vain goes away only where its address cannot be too far.
let p := calldataload(0)
pop(mload(64))
pop(mload(and(p, 0xffff)))
pop(mload(p))
pop(sload(p))
return(p, 32)
