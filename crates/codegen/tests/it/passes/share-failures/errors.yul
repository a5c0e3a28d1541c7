// after: fold-constants, eliminate-dead
// Three errors of one argument share a function; the one of two arguments and the one that reads what it stored do not.
let a := calldataload(0)
switch a
case 1 {
    mstore(0, shl(224, 0x11111111))
    mstore(4, a)
    revert(0, 36)
}
case 2 {
    mstore(0, shl(224, 0x22222222))
    mstore(4, caller())
    revert(0, 36)
}
case 3 {
    mstore(0, shl(224, 0x33333333))
    mstore(4, 7)
    mstore(36, a)
    revert(0, 68)
}
case 4 {
    mstore(0, shl(224, 0x44444444))
    mstore(4, mload(0))
    revert(0, 36)
}
default {
    mstore(0, shl(224, 0x55555555))
    mstore(4, add(a, 1))
    revert(0, 36)
}
