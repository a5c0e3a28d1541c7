//! Behaviour of the node as its users meet it.

#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation should end the test"
)]

mod access;
mod calls;
mod decoding;
mod deployment;
mod events;
mod fuzz;
mod impersonation;
mod load;
mod methods;
mod mistakes;
mod notifications;
mod overrides;
mod pool;
mod prestate;
mod protocol;
mod provider;
mod random;
mod server;
mod sockets;
mod state;
mod support;
mod time;
mod transactions;
mod validation;
mod wire;
