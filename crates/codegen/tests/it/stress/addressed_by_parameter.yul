// Memory-safe code may hand the address of the free-memory pointer, or of the zero word, to a function that stores there.
mstore(0x40, memoryguard(0x80))
mstore(0x60, 0)
let v := and(calldataload(0x20), 0xffff)
switch and(calldataload(0), 3)
case 0 {
    put(0x40, add(0x100, v))
    mstore(0x80, mload(0x40))
}
case 1 {
    let p := mload(0x40)
    put(sub(0x80, 0x20), v)
    put(p, mload(0x60))
}
case 2 {
    // Through another function, with a distance.
    twice(0x20, v)
    mstore(0x80, mload(0x40))
    mstore(0xa0, mload(0x60))
}
default {
    put(choose(v), 0x1234)
    mstore(0x80, mload(0x40))
    mstore(0xa0, mload(0x60))
}
return(0x80, 0x60)

function choose(x) -> place {
    place := 0x40
    if and(x, 1) { place := 0x60 }
}
function twice(base, x) {
    put(add(base, 0x20), x)
    put(add(base, 0x40), not(x))
    sstore(x, base)
}
function put(place, x) {
    // Long enough to stay a function.
    sstore(place, x)
    sstore(add(place, 1), not(x))
    if gt(x, 0x10000000) { sstore(x, place) sstore(add(x, 2), add(place, 3)) }
    mstore(place, x)
}
