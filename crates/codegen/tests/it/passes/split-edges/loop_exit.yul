// The exit of the loop carries a value, so the branch needs a block to move it in.
let x := 1
for {} lt(x, calldataload(0)) {} {
    if callvalue() { break }
    x := add(x, x)
}
sstore(0, x)
