//! Behaviour of the node as its users meet it.

#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation should end the test"
)]

mod calls;
mod decoding;
mod deployment;
mod methods;
mod overrides;
mod prestate;
mod protocol;
mod provider;
mod server;
mod support;
mod time;
mod transactions;
mod validation;
