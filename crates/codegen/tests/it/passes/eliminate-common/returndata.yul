// What was returned stays the same where nothing is called.
sstore(0, add(returndatasize(), size()))
pop(call(gas(), 1, 0, 0, 0, 0, 0))
sstore(1, returndatasize())
function size() -> s {
    sstore(returndatasize(), 1)
    mstore(returndatasize(), 2)
    s := returndatasize()
}
