//! The code generator against independent oracles: solc's own EVM bytecode on revm.

mod harness;
mod vm;
mod yul;
