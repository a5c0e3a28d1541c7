// A call of a known address in the simulated range is an operation; `gas()` passes everything on; two to the n is a shift.
sstore(0, staticcall(0, 0xfffe, 0, 0, 0, 0))
sstore(1, call(gas(), calldataload(0), 0, 0, 0, 0, 0))
sstore(2, exp(2, calldataload(32)))
