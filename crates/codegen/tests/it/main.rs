//! The code generator against independent oracles: solc's own EVM bytecode on revm.

mod builtins;
mod costs;
mod differential;
mod generated;
mod harness;
mod libraries;
mod limits;
mod linking;
mod programs;
mod refusals;
mod sequences;
mod simulations;
mod stress;
mod tables;
mod vm;
mod yul;
