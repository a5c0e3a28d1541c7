//! Behaviour of the instruction model against the tables of `zkevm_opcode_defs`.

#![allow(
    clippy::unwrap_used,
    reason = "what a test helper cannot do fails its test"
)]

mod encoding;
mod layout;
mod listing;
