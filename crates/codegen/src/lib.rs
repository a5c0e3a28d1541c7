//! Yul to EraVM code generator

mod builtin;
mod driver;
mod ir;
mod lower;
mod machine;
mod passes;
mod prelude;
pub mod yul;

pub use driver::{Contract, LinkReference, Options, Output, compile};
