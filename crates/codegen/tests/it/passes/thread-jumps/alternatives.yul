// A chain of alternatives, as in `supportsInterface`: each comparison is branched on at once.
let id := calldataload(0)
let found := eq(id, 1)
if iszero(found) { found := eq(id, 2) }
if found { sstore(0, 1) }
