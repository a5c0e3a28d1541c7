//! The code generator against independent oracles: solc's own EVM bytecode on revm.

mod builtins;
mod differential;
mod generated;
mod harness;
mod limits;
mod linking;
mod programs;
mod refusals;
mod simulations;
mod source_maps;
mod stress;
mod tables;
mod vm;
mod yul;
