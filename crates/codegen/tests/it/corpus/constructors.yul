object "Program" {
code {
  // Immutables with results of calls and branches; memory and storage of the constructor. Each is set at one place only: of
  // several, solc's assembler honours the first and drops the others.
  function twice(x) -> y { y := mul(x, 2) sstore(x, y) }
  let a := twice(twice(3))
  log1(0, 64, a)
  if sub(codesize(), datasize("Program")) { revert(0, 0) }
  if or(calldatasize(), calldataload(3)) { invalid() }
  datacopy(0x10000, dataoffset("Program_deployed"), datasize("Program_deployed"))
  setimmutable(0x10000, "first", a)
  let second := caller()
  switch callvalue()
  case 0 { second := not(0) }
  setimmutable(0x10000, "second", second)
  sstore(100, address())
  return(0x10000, datasize("Program_deployed"))
}
object "Program_deployed" {
code {
  // Creates a child with its calldata's first word as argument, by the way the second byte from the end says, and asks it.
  let argument := calldataload(0)
  let count := sload(0xc0de)
  sstore(0xc0de, add(count, 1))
  let length := datasize("Child")
  datacopy(0x800, dataoffset("Child"), length)
  mstore(add(0x800, length), argument)
  mstore(add(0x820, length), loadimmutable("first"))
  let made
  switch and(argument, 1)
  case 0 { made := create(callvalue(), 0x800, add(length, 64)) }
  default { made := create2(callvalue(), 0x800, add(length, 64), argument) }
  mstore(0, returndatasize())
  returndatacopy(32, 0, returndatasize())
  log2(0, add(32, returndatasize()), loadimmutable("second"), iszero(made))
  if made {
    sstore(add(0xc0df, count), made)
    mstore(0x400, call(0xffffff, made, 0, 0, calldatasize(), 0x420, 0x80))
    mstore(0x4c0, staticcall(0xffffff, made, 0, calldatasize(), 0x4e0, 0x20))
    mstore(0x500, returndatasize())
  }
  mstore(0x520, sload(100))
  return(0x400, 0x200)
}
object "Child" {
code {
  let size := datasize("Child")
  codecopy(0, size, sub(codesize(), size))
  let a := mload(0)
  if iszero(mod(a, 5)) { mstore(64, not(a)) revert(0, 77) }
  if iszero(mod(a, 7)) { invalid() }
  if iszero(mod(a, 11)) { revert(0, 0) }
  sstore(a, mload(32))
  sstore(1, add(callvalue(), selfbalance()))
  datacopy(0x10000, dataoffset("Child_deployed"), datasize("Child_deployed"))
  setimmutable(0x10000, "own", a)
  setimmutable(0x10000, "given", mload(32))
  return(0x10000, datasize("Child_deployed"))
}
object "Child_deployed" {
code {
  function own() -> x { x := loadimmutable("own") }
  mstore(0, own())
  mstore(32, loadimmutable("given"))
  mstore(64, sload(own()))
  mstore(96, sload(1))
  sstore(2, add(sload(2), own()))
  return(0, 0x80)
}
}
}
}
}
// call 0 0 0 0000000000000000000000000000000000000000000000000000000000000001
// call 0 1 1 0000000000000000000000000000000000000000000000000000000000000002
// call 0 2 0 0000000000000000000000000000000000000000000000000000000000000003
// call 0 0 1 0000000000000000000000000000000000000000000000000000000000000004
// call 0 1 0 0000000000000000000000000000000000000000000000000000000000000005
// call 0 2 1 0000000000000000000000000000000000000000000000000000000000000006
// call 0 0 0 0000000000000000000000000000000000000000000000000000000000000007
// call 0 1 1 000000000000000000000000000000000000000000000000000000000000000a
// call 0 2 0 000000000000000000000000000000000000000000000000000000000000000b
// call 0 0 1 000000000000000000000000000000000000000000000000000000000000000c
// call 0 1 0 000000000000000000000000000000000000000000000000000000000000000e
// call 0 2 1 0000000000000000000000000000000000000000000000000000000000000016
// call 0 0 0 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
// call 0 1 1 8000000000000000000000000000000000000000000000000000000000000000
// call 0 2 0 000000000000000000000000000000000000000000000000000000000000000d
// call 0 0 1 0000000000000000000000000000000000000000000000000000000000000010
// call 0 0 0 17
