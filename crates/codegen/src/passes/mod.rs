//! Transformations of the IR, one per file, and the order they run in.
//!
//! Every pass has a name (its file's, hyphenated) and a module doc that says why it exists. The verifier runs after each of
//! them.

mod bound_arguments;
mod dataflow;
mod drop_stores;
mod eliminate_common;
mod eliminate_dead;
mod expand_builtins;
mod fold_constants;
mod forward_memory;
mod forward_storage;
#[cfg(test)]
mod golden;
mod hoist_checks;
mod hoist_invariants;
mod inline_functions;
mod known_bits;
mod mark_noreturn;
mod merge_calls;
mod merge_functions;
mod narrow_signatures;
mod pointers;
mod predicate_arithmetic;
mod pull_arithmetic;
mod rebase_offsets;
mod remove_params;
mod share_failures;
mod simulations;
mod split_conditions;
mod split_edges;
mod storage_keys;
mod thread_jumps;

use crate::ir::{Function, Program, verify};
use crate::lower::Lowerer;

/// A transformation of a whole program.
pub(crate) trait Pass {
    /// Its name in dumps and test folders.
    fn name(&self) -> &'static str;

    /// Transforms the program.
    fn run(&self, program: &mut Program);
}

/// A transformation that looks at one function at a time.
struct PerFunction {
    name: &'static str,
    run: fn(&mut Function),
}

impl Pass for PerFunction {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&self, program: &mut Program) {
        for id in program.bottom_up() {
            (self.run)(program.function_mut(id));
        }
    }
}

const FOLD: PerFunction = PerFunction {
    name: "fold-constants",
    run: fold_constants::run,
};
const COMMON: PerFunction = PerFunction {
    name: "eliminate-common",
    run: eliminate_common::run,
};
const DEAD: PerFunction = PerFunction {
    name: "eliminate-dead",
    run: eliminate_dead::run,
};
const PARAMS: PerFunction = PerFunction {
    name: "remove-params",
    run: remove_params::run,
};
const THREAD: PerFunction = PerFunction {
    name: "thread-jumps",
    run: thread_jumps::run,
};
const CONDITIONS: PerFunction = PerFunction {
    name: "split-conditions",
    run: split_conditions::run,
};
const INVARIANTS: PerFunction = PerFunction {
    name: "hoist-invariants",
    run: hoist_invariants::run,
};
const PREDICATES: PerFunction = PerFunction {
    name: "predicate-arithmetic",
    run: predicate_arithmetic::run,
};
const ARITHMETIC: PerFunction = PerFunction {
    name: "pull-arithmetic",
    run: pull_arithmetic::run,
};
const OFFSETS: PerFunction = PerFunction {
    name: "rebase-offsets",
    run: rebase_offsets::run,
};
const SPLIT: PerFunction = PerFunction {
    name: "split-edges",
    run: split_edges::run,
};

/// What makes functions smaller without needing another pass first.
const CLEAN_UP: [&PerFunction; 6] = [&FOLD, &DEAD, &PARAMS, &THREAD, &COMMON, &DEAD];

/// The passes, for tests. Only `expand-builtins`, which needs more than the program, is not among them.
#[cfg(test)]
const ALL: [&dyn Pass; 23] = [
    &merge_calls::MergeCalls,
    &PREDICATES,
    &ARITHMETIC,
    &OFFSETS,
    &INVARIANTS,
    &FOLD,
    &COMMON,
    &DEAD,
    &PARAMS,
    &THREAD,
    &CONDITIONS,
    &hoist_checks::HoistChecks,
    &SPLIT,
    &mark_noreturn::MarkNoreturn,
    &bound_arguments::BoundArguments,
    &share_failures::ShareFailures,
    &forward_memory::ForwardMemory,
    &forward_storage::ForwardStorage,
    &inline_functions::InlineFunctions,
    &narrow_signatures::NarrowSignatures,
    &drop_stores::DropStores,
    &merge_functions::MergeFunctions {
        parameterise: false,
    },
    &merge_functions::MergeFunctions { parameterise: true },
];

/// The pass of a name.
#[cfg(test)]
fn by_name(name: &str) -> Option<&'static dyn Pass> {
    ALL.into_iter().find(|pass| pass.name() == name)
}

/// Runs everything from the lowered program to the one instruction selection takes.
///
/// # Errors
///
/// The verifier's message.
pub(crate) fn optimise(lowerer: &mut Lowerer<'_>, extensions: bool) -> Result<(), String> {
    let inline = inline_functions::InlineFunctions;
    let noreturn = mark_noreturn::MarkNoreturn;
    let memory = forward_memory::ForwardMemory;
    let storage = forward_storage::ForwardStorage;
    let bounds = bound_arguments::BoundArguments;
    let narrow = narrow_signatures::NarrowSignatures;
    let merge = merge_functions::MergeFunctions {
        parameterise: false,
    };
    let parameterise = merge_functions::MergeFunctions { parameterise: true };
    clean_up(&mut lowerer.program)?;
    run(&mut lowerer.program, &[&noreturn, &merge, &inline])?;
    clean_up(&mut lowerer.program)?;
    run(
        &mut lowerer.program,
        &[&memory, &merge_calls::MergeCalls, &narrow],
    )?;
    clean_up(&mut lowerer.program)?;
    run(&mut lowerer.program, &[&storage])?;
    expand_builtins::run(lowerer, extensions);
    check(&lowerer.program, "expand-builtins")?;
    clean_up(&mut lowerer.program)?;
    run(&mut lowerer.program, &[&noreturn, &merge, &inline])?;
    clean_up(&mut lowerer.program)?;
    run(
        &mut lowerer.program,
        &[&memory, &merge_calls::MergeCalls, &narrow, &bounds],
    )?;
    clean_up(&mut lowerer.program)?;
    run(
        &mut lowerer.program,
        &[
            &memory,
            &storage,
            &bounds,
            &hoist_checks::HoistChecks,
            &CONDITIONS,
            &INVARIANTS,
        ],
    )?;
    clean_up(&mut lowerer.program)?;
    run(&mut lowerer.program, &[&narrow])?;
    clean_up(&mut lowerer.program)?;
    run(
        &mut lowerer.program,
        &[&drop_stores::DropStores, &parameterise, &bounds],
    )?;
    clean_up(&mut lowerer.program)?;
    run(
        &mut lowerer.program,
        &[
            &share_failures::ShareFailures,
            &PREDICATES,
            &THREAD,
            &ARITHMETIC,
            &OFFSETS,
            &SPLIT,
        ],
    )
}

/// Rounds of cleaning up; each may lay open work for the next, but most programs are done after the second.
const ROUNDS: usize = 6;

/// Cleans up until the program stops shrinking.
fn clean_up(program: &mut Program) -> Result<(), String> {
    let size = |program: &Program| -> usize {
        program
            .bottom_up()
            .into_iter()
            .map(|id| program.function(id).size())
            .sum()
    };
    for _ in 0..ROUNDS {
        let before = size(program);
        run(program, &CLEAN_UP.map(|pass| pass as &dyn Pass))?;
        if size(program) >= before {
            break;
        }
    }
    Ok(())
}

/// Cleans up a single function until it stops shrinking.
fn simplify(function: &mut Function) {
    for _ in 0..ROUNDS {
        let before = function.size();
        CLEAN_UP.iter().for_each(|pass| (pass.run)(function));
        if function.size() >= before {
            break;
        }
    }
}

fn run(program: &mut Program, passes: &[&dyn Pass]) -> Result<(), String> {
    passes.iter().try_for_each(|pass| {
        pass.run(program);
        check(program, pass.name())
    })
}

fn check(program: &Program, after: &str) -> Result<(), String> {
    verify(program).map_err(|message| format!("after {after}: {message}"))
}
