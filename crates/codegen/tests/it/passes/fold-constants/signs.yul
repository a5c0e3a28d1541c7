// after: expand-builtins, inline-functions
// The sign is extended once; a narrower or wider one is another matter.
let x := signextend(7, calldataload(0))
mstore(0, signextend(7, x))
mstore(32, and(x, 0xffffffffffffffff))
mstore(64, signextend(3, x))
mstore(96, signextend(15, x))
mstore(128, and(x, 0xffffffffffffffffffff))
return(0, 160)
