//! The code generator against independent oracles: solc's own EVM bytecode on revm.

mod arithmetic;
mod builtins;
mod costs;
mod differential;
mod generated;
mod harness;
mod libraries;
mod limits;
mod linking;
mod objects;
mod operations;
mod programs;
mod refusals;
mod sequences;
mod simulations;
mod source_maps;
mod stress;
mod system_contracts;
mod tables;
mod vm;
mod wide_calls;
mod yul;
