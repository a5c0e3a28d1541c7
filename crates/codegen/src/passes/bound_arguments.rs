//! Finds out where the parameters and results of functions and the parameters of blocks can lie: among the arguments of all
//! calls, or values returned, or passed along any edge.
//!
//! solc checks an offset or length once and hands it on to functions that mask it, compare it as a signed number, or
//! read calldata there. Narrow numbers are cut to their type after every step. None of that costs anything where the value is
//! known to be small.

mod joins;

use super::Pass;
use super::known_bits::{Known, walk};
use crate::ir::{BlockId, Cfg, FuncId, Function, Op, Program, Range, Terminator, Value};

/// The pass.
pub(crate) struct BoundArguments;

impl Pass for BoundArguments {
    fn name(&self) -> &'static str {
        "bound-arguments"
    }

    fn run(&self, program: &mut Program) {
        let order = program.bottom_up();
        bound_results(program, &order);
        bound_parameters(program, &order);
    }
}

/// Ranges of a row of values; `None` as long as nothing was seen.
type Row = Option<Vec<Range>>;

fn extend(row: &mut Row, further: Vec<Range>) {
    match row {
        None => *row = Some(further),
        Some(row) => {
            for (range, other) in row.iter_mut().zip(further) {
                *range = range.union(other);
            }
        }
    }
}

/// Notes where values lie, besides what is known already.
fn note(function: &mut Function, values: &[Value], ranges: &[Range]) {
    for (&value, &range) in values.iter().zip(ranges) {
        let before = function.ranges.get(&value).copied().unwrap_or(Range::ALL);
        let both = before.intersection(range).unwrap_or(before);
        if both != Range::ALL {
            function.ranges.insert(value, both);
        }
    }
}

/// Callees first. Inside a recursive group results are unknown until a later run.
fn bound_results(program: &mut Program, order: &[FuncId]) {
    let mut results: Vec<Row> = vec![None; program.functions.len()];
    for &id in order {
        let function = program.function_mut(id);
        take_results(function, &results);
        if function.results > 0 {
            joins::bound(function);
        }
        let mut returned = None;
        walk(function, |known, block| {
            execute(known, block, |_, _| {});
            if let Terminator::Leave(values) = &known.block(block).term {
                let ranges = values.iter().map(|&value| known.range(value)).collect();
                extend(&mut returned, ranges);
            }
        });
        results[id.index()] = returned;
    }
}

/// Notes what is known about the results of called functions.
fn take_results(function: &mut Function, known: &[Row]) {
    let mut found = Vec::new();
    for inst in function.placed() {
        if let Op::Call(callee) = inst.op
            && let Some(ranges) = &known[callee.index()]
        {
            found.push((inst.results.clone(), ranges));
        }
    }
    for (results, ranges) in found {
        note(function, &results, ranges);
    }
}

/// Callers first. A function that is called before all of its callers have been seen may get anything.
fn bound_parameters(program: &mut Program, order: &[FuncId]) {
    let mut calls = vec![0_usize; program.functions.len()];
    for &id in order {
        let function = program.function(id);
        for block in Cfg::new(function).order {
            for &inst in &function.block(block).insts {
                if let Op::Call(callee) = function.inst(inst).op {
                    calls[callee.index()] += 1;
                }
            }
        }
    }
    let mut passed: Vec<Row> = vec![None; program.functions.len()];
    for &id in order.iter().rev() {
        let function = program.function_mut(id);
        if calls[id.index()] == 0
            && let Some(ranges) = &passed[id.index()]
        {
            let params = function.params().to_vec();
            note(function, &params, ranges);
        }
        joins::bound(function);
        walk(function, |known, block| {
            execute(known, block, |callee, arguments| {
                calls[callee.index()] -= 1;
                extend(&mut passed[callee.index()], arguments);
            });
        });
    }
}

/// Learns from the instructions of a block and reports where the arguments of its calls lie.
fn execute(known: &mut Known<'_>, block: BlockId, mut call: impl FnMut(FuncId, Vec<Range>)) {
    for inst in known.block(block).insts.clone() {
        let inst = known.inst(inst).clone();
        if let Op::Call(callee) = inst.op {
            let arguments = inst.args.iter().map(|&arg| known.range(arg)).collect();
            call(callee, arguments);
        }
        known.learn_execution(&inst);
    }
}
