object "Program" {
code {
  datacopy(0, dataoffset("Program_deployed"), datasize("Program_deployed"))
  return(0, datasize("Program_deployed"))
}
object "Program_deployed" {
code {
  // Writes, then ends as asked.
  sstore(0, add(sload(0), 1))
  tstore(0, add(tload(0), 1))
  log1(0, calldatasize(), sload(0))
  calldatacopy(5, 0, calldatasize())
  switch byte(0, calldataload(0))
  case 0 { return(5, calldatasize()) }
  case 1 { revert(5, calldatasize()) }
  case 2 { invalid() }
  case 3 { stop() }
  case 4 { return(not(0), 1) }
  case 5 { revert(1, not(0)) }
  case 6 { pop(mload(not(0))) }
  case 7 { returndatacopy(0, 0, 1) }
  case 8 { returndatacopy(0, 1, 0) }
  case 9 { returndatacopy(0, 0, 0) mstore(0, tload(0)) return(0, 32) }
}
}
}
// ----
object "Program" {
code {
  datacopy(0, dataoffset("Program_deployed"), datasize("Program_deployed"))
  return(0, datasize("Program_deployed"))
}
object "Program_deployed" {
code {
  // Performs every kind of call with its data and shows what came back, into an area shorter than the data.
  calldatacopy(0x200, 0, calldatasize())
  let to := 0xa191cf07af1b9d727c901b5cef379f39af862e65
  for { let i0 := 0 } lt(i0, 4) { i0 := add(i0, 1) } {
    let ok
    switch i0
    case 0 { ok := call(0xffffff, to, 0, 0x200, calldatasize(), 0x101, 3) }
    case 1 { ok := staticcall(0xffffff, to, 0x200, calldatasize(), 0x121, 33) }
    case 2 { ok := delegatecall(0xffffff, to, 0x200, calldatasize(), 0x161, 0) }
    default { ok := call(0xffffff, to, 7, 0x200, calldatasize(), 0x181, 300) }
    log3(0x100, 0x200, i0, ok, returndatasize())
    returndatacopy(0x400, 0, returndatasize())
    log4(0x400, returndatasize(), sload(0), tload(0), selfbalance(), balance(to))
  }
  return(0x100, 0x400)
}
}
}
// call 0 0 0 00a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
// call 1 0 0 00
// call 0 0 0 01a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
// call 1 1 1 015c5c5c5c5c5c5c5c5c
// call 0 0 0 02a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
// call 1 2 0 025c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
// call 0 0 0 03a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
// call 1 0 1 035c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
// call 0 0 0 04a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
// call 1 1 0 045c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
// call 0 0 0 05a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
// call 1 2 1 055c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
// call 0 0 0 06a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
// call 1 0 0 065c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
// call 0 0 0 07a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
// call 1 1 1 075c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
// call 0 0 0 08a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
// call 1 2 0 085c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
// call 0 0 0 09a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
// call 1 0 1 095c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
// call 0 0 0 0aa7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
// call 1 1 0 0a5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
// call 0 0 0 
// call 1 0 0 
