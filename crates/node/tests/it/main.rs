//! Behaviour of the node as its users meet it.

mod calls;
mod decoding;
mod deployment;
mod provider;
mod server;
mod support;
mod time;
mod transactions;
mod validation;
