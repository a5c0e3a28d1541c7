// after: fold-constants, eliminate-common, eliminate-dead
// Known on both ways, on one way, around a loop that writes or does not; behind calls of contracts and functions.
function reads(key) -> word { word := add(sload(key), tload(key)) }
function writes(key) { tstore(key, 1) }
let k := calldataload(0)
let n := sload(k)
if calldataload(32) { sstore(add(k, 1), n) }
sstore(add(k, 2), sload(k))
sstore(add(k, 3), sload(add(k, 1)))
for { let i := 0 } lt(i, sload(k)) { i := add(i, 1) } { mstore(i, sload(k)) }
for { let i := 0 } lt(i, sload(k)) { i := add(i, 1) } { sstore(i, sload(k)) }
tstore(k, 9)
pop(reads(k))
mstore(0, add(sload(k), tload(k)))
writes(k)
mstore(32, add(sload(k), tload(k)))
pop(staticcall(gas(), calldataload(64), 0, 0, 0, 0))
mstore(64, sload(k))
pop(call(gas(), calldataload(64), 0, 0, 0, 0, 0))
mstore(96, sload(k))
return(0, 128)
