//! The binary as a user meets it.

mod bad_input;
mod bindings;
mod demo;
mod zksso;
