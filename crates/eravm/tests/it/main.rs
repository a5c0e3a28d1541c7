//! Behaviour of the instruction model against the tables of `zkevm_opcode_defs`.

mod encoding;
mod layout;
