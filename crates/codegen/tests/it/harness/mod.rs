//! What the tests of this crate share: an EraVM and an EVM with persistent state, solc, random ABI values.

pub(crate) mod abi;
pub(crate) mod compiled;
pub(crate) mod era;
pub(crate) mod evm;
pub(crate) mod generator;
pub(crate) mod pair;
pub(crate) mod probe;
pub(crate) mod program;
pub(crate) mod random;
pub(crate) mod reference;
pub(crate) mod scenario;
pub(crate) mod shrink;
pub(crate) mod solc;
pub(crate) mod trampoline;

use alloy_primitives::{Address, B256};

/// An event as Solidity sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) address: Address,
    pub(crate) topics: Vec<B256>,
    pub(crate) data: Vec<u8>,
}

/// What a call did, as far as both machines can agree on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) success: bool,
    pub(crate) data: Vec<u8>,
    pub(crate) logs: Vec<Log>,
}

/// Built-ins of two operands that compute.
pub(crate) const BINARY: [&str; 21] = [
    "add",
    "sub",
    "mul",
    "div",
    "sdiv",
    "mod",
    "smod",
    "exp",
    "lt",
    "gt",
    "slt",
    "sgt",
    "eq",
    "and",
    "or",
    "xor",
    "byte",
    "shl",
    "shr",
    "sar",
    "signextend",
];
