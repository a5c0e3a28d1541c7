// Nothing follows a call of a function that always fails.
let x := calldataload(0)
switch x
case 0 { fail() x := mload(x) }
default { sstore(0, x) }
sstore(1, x)
function fail() { mstore(0, 1) sstore(9, 9) revert(0, 32) }
