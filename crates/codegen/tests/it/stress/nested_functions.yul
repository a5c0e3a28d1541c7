// Functions inside blocks and functions, which see those around them, and functions of the same name side by side.
let a := calldataload(0x20)
let b := calldataload(0x40)
let r := 0
function outer(x) -> y { y := add(mul(x, 3), 1) }
switch and(calldataload(0), 3)
case 0 {
    function inner(x) -> y { y := xor(outer(x), outer(add(x, 1))) }
    {
        function innermost(x) -> y { y := add(inner(x), outer(inner(add(x, 2)))) }
        r := add(innermost(a), innermost(b))
    }
}
case 1 {
    { function same(x) -> y { y := add(x, 7) } r := mul(same(a), same(b)) }
    { function same(x) -> y { y := mul(x, outer(x)) } r := xor(r, add(same(a), same(b))) }
}
case 2 { r := holds(a, b) }
default {
    for { let i := and(a, 15) } i { i := sub(i, 1) } {
        function round(x) -> y { y := outer(add(x, outer(x))) }
        r := add(round(r), i)
        if gt(and(r, 0xff), 0xf0) { break }
    }
}
function holds(x, y) -> z {
    function own(v) -> w {
        if lt(v, 5) { w := outer(v) leave }
        w := deeper(shr(1, v))
        function deeper(t) -> u { u := add(own(t), outer(t)) }
    }
    z := add(own(and(x, 0xffff)), own(and(y, 0xffff)))
}
mstore(0, r)
return(0, 0x20)
