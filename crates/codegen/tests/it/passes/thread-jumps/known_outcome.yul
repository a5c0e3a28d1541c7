// Both ways into the second branch know its outcome.
let flag := 0
switch calldataload(0)
case 7 { flag := 1 }
if flag { sstore(0, 1) }
