// after: expand-builtins, fold-constants
// The second store leaves four bytes of the first, which the revert shows.
mstore(0, calldataload(0))
mstore(4, calldataload(32))
revert(0, 36)
