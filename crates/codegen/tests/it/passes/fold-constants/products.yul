// The overflow test of a product is its high word; with a known factor it is a bound.
let x := calldataload(0)
let y := calldataload(32)
if iszero(or(iszero(x), eq(y, div(mul(x, y), x)))) { revert(0, 0) }
if iszero(eq(x, div(mul(x, 10), 10))) { revert(0, 0) }
sstore(0, mul(x, y))
