//! Behaviour of the core crate as its users see it.

#![allow(
    clippy::unwrap_used,
    reason = "what a test helper cannot do fails its test"
)]

mod address;
mod revert;
mod session;
mod session_model;
mod webauthn;
