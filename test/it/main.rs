//! Integration tests of the whole suite.

#![allow(
    clippy::unwrap_used,
    reason = "what a test helper cannot do fails its test"
)]

mod architecture;
mod devnet;
mod flows;
mod invariants;
mod vectors;
