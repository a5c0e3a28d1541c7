//! The official EraVM behind a few functions without type parameters.
//!
//! Every combination of storage, tracer and validation tracer compiles the whole machine again, some ten seconds each. The combinations
//! that the node needs are instantiated here and nowhere else, over storage behind a pointer, and crates above rebuild in seconds.

mod calls;
mod guard;
mod measure;
mod memory;
mod reason;
mod rules;
mod run;
mod storage;

pub use self::{
    calls::{CallEnd, CallKind, TracedCall},
    guard::{Panicked, guarded, panic_message},
    reason::{Stop, revert_data},
    rules::validate,
    run::{Ending, Environment, Run, execute, execute_block, trace, trace_after},
};
