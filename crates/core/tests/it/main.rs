//! Behaviour of the core crate as its users see it.

mod address;
mod revert;
mod session;
mod session_check;
mod webauthn;
