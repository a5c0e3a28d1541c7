//! The binary as a user meets it.

#![allow(
    clippy::unwrap_used,
    reason = "what a test helper cannot do fails its test"
)]

mod bad_input;
mod bindings;
mod compile;
mod demo;
mod hardhat;
mod node;
mod traces_page;
mod zksolc;
mod zksso;
