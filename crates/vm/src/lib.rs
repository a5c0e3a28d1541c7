//! The official EraVM behind a few functions without type parameters.
//!
//! The instructions are the VM crate's (`zksync_vm2`), and so is the check of the validation rules; the bootloader's operator is our own
//! (see [`Environment::compared_drivers`]). Every combination of tracers compiles the whole machine again, some ten seconds each. The
//! combinations that the node needs are instantiated here and nowhere else, and crates above rebuild in seconds.

mod bootloader;
mod calls;
mod counts;
mod guard;
mod memory;
mod official;
mod reason;
mod rules;
mod run;
mod slots;
mod trail;

pub use self::{
    bootloader::{Source, Storage},
    calls::{CallEnd, CallKind, TracedCall},
    counts::{Count, Counts, add_counts},
    guard::{Panicked, guarded, panic_message},
    reason::{Stop, revert_data},
    rules::{trace_validation, validate},
    run::{Ending, Environment, Run, count_block, execute, execute_block, trace_block, trace_last},
    slots::{Touches, touch_last},
    trail::Trail,
};
