// Nobody reads the second parameter, nobody wants the first result, and the last result always is 7.
let a, b, c := f(calldataload(0), calldataload(32))
sstore(b, c)
function f(x, unread) -> p, q, s {
    p := add(x, 1)
    q := add(x, 2)
    s := 7
}
