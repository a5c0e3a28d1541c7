//! Finds out how large the parameters and results of functions can be: as large as the largest argument of any call, or
//! value returned.
//!
//! solc checks an offset or length once and hands it on to functions that mask it, compare it as a signed number, or
//! read calldata there. None of that costs anything where the value is known to be small.

use super::Pass;
use super::known_bits::{Known, walk};
use crate::ir::{BlockId, Cfg, FuncId, Function, Op, Program, Terminator};
use alloy_primitives::U256;

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

/// Callees first. Inside a recursive group results are unknown until a later run.
fn bound_results(program: &mut Program, order: &[FuncId]) {
    let mut results: Vec<Vec<U256>> = program
        .functions
        .iter()
        .map(|function| vec![U256::MAX; function.results])
        .collect();
    for &id in order {
        let function = program.function_mut(id);
        take_results(function, &results);
        let mut largest = vec![U256::ZERO; function.results];
        walk(function, |known, block| {
            execute(known, block, |_, _| {});
            if let Terminator::Leave(values) = &known.block(block).term {
                for (bound, &value) in largest.iter_mut().zip(values) {
                    *bound = known.bound(value).max(*bound);
                }
            }
        });
        results[id.index()] = largest;
    }
}

/// Notes what is known about the results of called functions.
fn take_results(function: &mut Function, known: &[Vec<U256>]) {
    let mut found = Vec::new();
    for inst in function.placed() {
        if let Op::Call(callee) = inst.op {
            let results = inst.results.iter().copied();
            found.extend(results.zip(known[callee.index()].iter().copied()));
        }
    }
    let narrow = found.into_iter().filter(|(_, bound)| *bound != U256::MAX);
    function.bounds.extend(narrow);
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
    let mut largest: Vec<Vec<U256>> = program
        .functions
        .iter()
        .map(|function| vec![U256::ZERO; function.params().len()])
        .collect();
    for &id in order.iter().rev() {
        let function = program.function_mut(id);
        if calls[id.index()] == 0 {
            let params = function.params().to_vec();
            let bounds = params.into_iter().zip(largest[id.index()].iter().copied());
            let narrow = bounds.filter(|(_, bound)| *bound != U256::MAX);
            function.bounds.extend(narrow);
        }
        walk(function, |known, block| {
            execute(known, block, |callee, arguments| {
                calls[callee.index()] -= 1;
                for (bound, argument) in largest[callee.index()].iter_mut().zip(arguments) {
                    *bound = (*bound).max(argument);
                }
            });
        });
    }
}

/// Learns from the instructions of a block and reports the bounds of its calls' arguments.
fn execute(known: &mut Known<'_>, block: BlockId, mut call: impl FnMut(FuncId, Vec<U256>)) {
    for inst in known.block(block).insts.clone() {
        let inst = known.inst(inst).clone();
        if let Op::Call(callee) = inst.op {
            let arguments = inst.args.iter().map(|&arg| known.bound(arg)).collect();
            call(callee, arguments);
        }
        known.learn_execution(&inst);
    }
}
