//! Integration tests of the whole suite.

#![allow(
    clippy::unwrap_used,
    reason = "what a test helper cannot do fails its test"
)]

mod architecture;
mod clients;
mod conformance;
mod deployment;
mod devnet;
mod docs;
mod explain;
mod flows;
mod gas;
mod invariants;
mod npm_sdk;
mod programs;
mod security;
mod storage;
mod vectors;
mod wycheproof;
