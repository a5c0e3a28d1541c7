//! Takes out of the signatures of functions what does not vary: parameters that nobody reads or that get the same constant in every
//! call, results that nobody uses or that are the same constant on every way out.
//!
//! Each of them costs a move at every call. A function of the prelude that serves one modulus or one length only becomes
//! specialised to it without being copied.

use super::Pass;
use crate::ir::{Constant, FuncId, Function, Op, Program, Terminator, Value, ValueDef};
use std::collections::{HashMap, HashSet};

/// The pass.
pub(crate) struct NarrowSignatures;

/// What all calls or ways out have in common at one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Common {
    /// Nothing was seen yet.
    Nothing,
    Constant(Constant),
    Varies,
}

impl Common {
    fn join(&mut self, constant: Option<Constant>) {
        *self = match (*self, constant) {
            (Self::Nothing, Some(constant)) => Self::Constant(constant),
            (Self::Constant(known), Some(constant)) if known == constant => *self,
            _ => Self::Varies,
        };
    }

    fn constant(self) -> Option<Constant> {
        match self {
            Self::Constant(constant) => Some(constant),
            _ => None,
        }
    }
}

/// What is known about a function's signature.
#[derive(Clone, Debug)]
struct Signature {
    params: Vec<Common>,
    results: Vec<Common>,
    is_read: Vec<bool>,
    is_wanted: Vec<bool>,
}

impl Signature {
    fn drops_param(&self, at: usize) -> bool {
        !self.is_read[at] || self.params[at].constant().is_some()
    }

    fn drops_result(&self, at: usize) -> bool {
        !self.is_wanted[at] || self.results[at].constant().is_some()
    }
}

impl Pass for NarrowSignatures {
    fn name(&self) -> &'static str {
        "narrow-signatures"
    }

    fn run(&self, program: &mut Program) {
        let order = program.bottom_up();
        let mut signatures: Vec<_> = program.functions.iter().map(blank).collect();
        for &id in &order {
            look(program.function(id), id, &mut signatures);
        }
        for &id in &order {
            narrow_calls(program.function_mut(id), &signatures);
            narrow(program.function_mut(id), &signatures[id.index()]);
        }
    }
}

fn blank(function: &Function) -> Signature {
    let (params, results) = (function.params().len(), function.results);
    Signature {
        params: vec![Common::Nothing; params],
        results: vec![Common::Nothing; results],
        is_read: vec![false; params],
        is_wanted: vec![false; results],
    }
}

/// Notes what a function reads of its parameters and callees' results, and what it hands to callees and callers.
fn look(function: &Function, id: FuncId, signatures: &mut [Signature]) {
    let read = reads(function);
    let calls = function.placed().filter_map(|inst| match inst.op {
        Op::Call(callee) => Some((callee, inst)),
        _ => None,
    });
    for (callee, inst) in calls {
        let signature = &mut signatures[callee.index()];
        for (common, &arg) in signature.params.iter_mut().zip(&inst.args) {
            common.join(function.as_constant(arg));
        }
        for (wanted, result) in signature.is_wanted.iter_mut().zip(&inst.results) {
            *wanted |= read.contains(result);
        }
    }
    let own = &mut signatures[id.index()];
    for (is_read, param) in own.is_read.iter_mut().zip(function.params()) {
        *is_read = read.contains(param);
    }
    for block in &function.blocks {
        if let Terminator::Leave(values) = &block.term {
            for (common, &value) in own.results.iter_mut().zip(values) {
                common.join(function.as_constant(value));
            }
        }
    }
}

/// All operands.
fn reads(function: &Function) -> HashSet<Value> {
    let of_insts = function.placed().flat_map(|inst| inst.args.iter().copied());
    let of_terms = function.blocks.iter().flat_map(|block| block.term.uses());
    of_insts.chain(of_terms).collect()
}

/// Removes arguments and results of calls.
fn narrow_calls(function: &mut Function, signatures: &[Signature]) {
    let mut map = HashMap::new();
    let blocks = function.blocks.iter();
    let ids: Vec<_> = blocks.flat_map(|block| block.insts.clone()).collect();
    for id in ids {
        let Op::Call(callee) = function.inst(id).op else {
            continue;
        };
        let signature = &signatures[callee.index()];
        let mut at = 0..;
        function
            .inst_mut(id)
            .args
            .retain(|_| at.next().is_some_and(|at| !signature.drops_param(at)));
        let results = std::mem::take(&mut function.inst_mut(id).results);
        let mut kept = Vec::new();
        for (at, result) in results.into_iter().enumerate() {
            match signature.results[at].constant() {
                Some(constant) => {
                    map.insert(result, function.constant(constant));
                }
                None if signature.is_wanted[at] => {
                    function.values[result.index()] = ValueDef::Result(id, kept.len() as u32);
                    kept.push(result);
                }
                None => {}
            }
        }
        function.inst_mut(id).results = kept;
    }
    function.replace_values(&map);
}

/// Removes parameters and results of a function itself.
fn narrow(function: &mut Function, signature: &Signature) {
    let mut map = HashMap::new();
    let params = std::mem::take(&mut function.block_mut(Function::ENTRY).params);
    let mut kept = Vec::new();
    for (at, param) in params.into_iter().enumerate() {
        match signature.params[at].constant() {
            Some(constant) => {
                map.insert(param, function.constant(constant));
            }
            None if signature.is_read[at] => kept.push(param),
            None => {}
        }
    }
    function.block_mut(Function::ENTRY).params = kept;
    function.replace_values(&map);
    for block in &mut function.blocks {
        if let Terminator::Leave(values) = &mut block.term {
            let mut at = 0..;
            values.retain(|_| at.next().is_some_and(|at| !signature.drops_result(at)));
        }
    }
    let results = 0..signature.results.len();
    function.results = results.filter(|&at| !signature.drops_result(at)).count();
}
