//! The official EraVM behind a few functions without type parameters.
//!
//! Every combination of storage, tracer and validation tracer compiles the whole machine again, some ten seconds each. The combinations
//! that the node needs are instantiated here and nowhere else, over storage behind a pointer, and crates above rebuild in seconds.

mod calls;
mod counts;
mod guard;
mod measure;
mod memory;
mod reason;
mod rules;
mod run;
mod slots;
mod storage;
mod trail;

pub use self::{
    calls::{CallEnd, CallKind, TracedCall},
    counts::{Count, Counts, add_counts},
    guard::{Panicked, guarded, panic_message},
    reason::{Stop, revert_data},
    rules::{trace_validation, validate},
    run::{
        Ending, Environment, Run, count_block, execute, execute_block, execute_counted, trace,
        trace_after,
    },
    slots::{Touches, touch},
    trail::Trail,
};
