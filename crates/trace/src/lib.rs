//! Explains runs of EraVM code in the words of its Solidity source.
//!
//! [`Contracts`] knows contracts by their artifacts: by bytecode hash where there is EraVM bytecode, else by selectors alone. With them,
//! a run as the virtual machine reports it – addresses, bytes, program counters – becomes a [`Call`] with names, decoded arguments and
//! [`Frame`]s of the source, and counts of instructions become a [`Coverage`] of lines. The artifacts' JSON is the whole interface to
//! the compiler.

mod abi;
mod artifact;
mod builtin;
mod call;
mod console_log;
mod contracts;
mod coverage;
mod error;
mod failure;
mod layout;
mod lcov;
mod nested;
mod render;
mod source;

pub use self::{
    abi::Argument,
    call::{Call, CallFacts, CallKind, Event, Outcome},
    console_log::CONSOLE,
    contracts::{Contracts, Loaded},
    coverage::{Coverage, FileCoverage, FunctionCoverage, InstructionCount, LineCoverage},
    error::{Error, Result},
    failure::Failure,
    layout::Hashed,
    render::{Paint, Plain, Role, arguments_text, tree},
    source::Frame,
};
