//! Moves a check that all ways from a branch begin with before the branch.
//!
//! Every function that takes no value starts with the same three instructions, and so does every leaf of the search for
//! the function's selector. Ways that fail without data anyhow need no check of their own, so that often a single one at
//! the top is enough.

use super::Pass;
use crate::ir::{
    BlockId, Cfg, Cond, Context, Edge, ExitKind, Function, InstId, Op, Program, Terminator, Value,
};
use std::collections::HashMap;

/// Blocks followed to see that a way fails.
const DEPTH: usize = 4;

/// The pass.
pub(crate) struct HoistChecks;

impl Pass for HoistChecks {
    fn name(&self) -> &'static str {
        "hoist-checks"
    }

    fn run(&self, program: &mut Program) {
        let begins = |function: &Function| {
            let entry = function.block(Function::ENTRY);
            matches!(entry.insts[..], [inst] if check(function, inst, &entry.term).is_some())
        };
        let checked: Vec<_> = program.functions.iter().map(begins).collect();
        for id in program.bottom_up() {
            let function = program.function_mut(id);
            let cfg = Cfg::new(function);
            let mut hoister = Hoister {
                function,
                cfg: &cfg,
                checked: &checked,
                map: HashMap::new(),
            };
            // Successors first, so that checks rise as far as they can.
            for &block in cfg.order.iter().rev() {
                hoister.hoist(block);
            }
            hoister.function.replace_values(&hoister.map);
        }
    }
}

struct Hoister<'a> {
    function: &'a mut Function,
    cfg: &'a Cfg,
    /// Whether functions begin with the check.
    checked: &'a [bool],
    map: HashMap<Value, Value>,
}

/// How a way from a branch begins.
enum Start {
    /// With the check: the value it asks for, where it leads.
    Check(BlockId, Value, [Edge; 2]),
    /// It fails without data, at least if a value was sent.
    Failure,
}

impl Hoister<'_> {
    fn hoist(&mut self, block: BlockId) -> Option<()> {
        let Terminator::Branch { yes, no, .. } = &self.function.block(block).term else {
            return None;
        };
        let starts = [self.start(yes, DEPTH)?, self.start(no, DEPTH)?];
        let fails = starts.iter().find_map(|start| match start {
            Start::Check(_, _, [fails, _]) => Some(fails.clone()),
            Start::Failure => None,
        })?;
        let function = &mut *self.function;
        let span = function.block(block).span;
        let inst = function.make_inst(Op::Context(Context::Value), vec![], 1, span);
        let value = function.inst(inst).results[0];
        for start in starts {
            if let Start::Check(checked, old, [_, passes]) = start {
                self.map.insert(old, value);
                let checked = function.block_mut(checked);
                checked.insts.clear();
                checked.term = Terminator::Jump(passes);
            }
        }
        let rest = function.add_block();
        let check = Terminator::Branch {
            cond: Cond::Ne,
            lhs: value,
            rhs: function.number(0),
            yes: fails,
            no: Edge::to(rest),
        };
        let upper = function.block_mut(block);
        upper.insts.push(inst);
        let search = std::mem::replace(&mut upper.term, check);
        let rest = function.block_mut(rest);
        (rest.term, rest.span) = (search, span);
        Some(())
    }

    fn start(&self, edge: &Edge, depth: usize) -> Option<Start> {
        if !edge.args.is_empty() || depth == 0 {
            return None;
        }
        let block = self.function.block(edge.block);
        if block.insts.is_empty() {
            return self
                .fails_anyway(&block.term, depth)
                .then_some(Start::Failure);
        }
        let [inst] = block.insts[..] else {
            return None;
        };
        if let Op::Call(callee) = self.function.inst(inst).op {
            return self.checked[callee.index()].then_some(Start::Failure);
        }
        let single = self.cfg.preds[edge.block.index()].len() == 1;
        let (value, edges) = check(self.function, inst, &block.term)?;
        single.then_some(Start::Check(edge.block, value, edges))
    }

    /// Whether all ways on fail without data if a value was sent.
    fn fails_anyway(&self, term: &Terminator, depth: usize) -> bool {
        let fails_on = |edge: &Edge| matches!(self.start(edge, depth - 1), Some(Start::Failure));
        match term {
            Terminator::Jump(edge) => fails_on(edge),
            Terminator::Branch { yes, no, .. } => fails_on(yes) && fails_on(no),
            term => fails(self.function, term),
        }
    }
}

/// The parts of a check that no value was sent.
fn check(function: &Function, inst: InstId, term: &Terminator) -> Option<(Value, [Edge; 2])> {
    let inst = function.inst(inst);
    let Terminator::Branch {
        cond,
        lhs,
        rhs,
        yes,
        no,
    } = term
    else {
        return None;
    };
    let is_zero = function.as_word(*rhs).is_some_and(|word| word.is_zero());
    if inst.op != Op::Context(Context::Value) || *lhs != inst.results[0] || !is_zero {
        return None;
    }
    let (failure, passes) = match cond {
        Cond::Ne => (yes, no),
        Cond::Eq => (no, yes),
        _ => return None,
    };
    let target = function.block(failure.block);
    let plain = failure.args.is_empty() && target.insts.is_empty();
    (plain && fails(function, &target.term)).then(|| (*lhs, [failure.clone(), passes.clone()]))
}

/// Whether the contract reverts without data.
fn fails(function: &Function, term: &Terminator) -> bool {
    matches!(term, Terminator::Exit(ExitKind::Revert, abi)
        if function.as_word(*abi).is_some_and(|word| word.is_zero()))
}
