//! Shortens paths: merges a block into its only predecessor, skips blocks that only jump on, and lets a predecessor
//! that already knows the outcome of a branch go straight to its target.

use crate::ir::{BlockId, Cfg, Cond, Edge, Function, Inst, Op, Terminator, Value, compare};
use std::collections::HashMap;

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    skip_forwarders(function);
    merge_chains(function);
}

/// Redirects edges until none can be shortened. The bound guards against loops of empty blocks.
fn skip_forwarders(function: &mut Function) {
    let mut uses = UseCounts::of(function);
    for block in Cfg::new(function).order {
        let mut term = function.block(block).term.clone();
        let before = term.uses();
        for edge in term.edges_mut() {
            for _ in 0..8 {
                match shortcut(function, &uses, edge) {
                    Some(shorter) if shorter.block != edge.block => *edge = shorter,
                    _ => break,
                }
            }
        }
        if let Terminator::Jump(edge) = &term
            && let Some(branch) = early_branch(function, &uses, edge)
        {
            function.block_mut(block).span = function.block(edge.block).span;
            term = branch;
        }
        if let Terminator::Branch { yes, no, .. } = &term
            && yes == no
        {
            term = Terminator::Jump(yes.clone());
        }
        uses.exchange(&before, &term.uses());
        function.block_mut(block).term = term;
    }
}

/// Number of uses of each value.
struct UseCounts(Vec<usize>);

impl UseCounts {
    fn of(function: &Function) -> Self {
        let mut counts = vec![0; function.values.len()];
        for block in &function.blocks {
            let args = block
                .insts
                .iter()
                .flat_map(|&inst| &function.inst(inst).args);
            args.copied()
                .chain(block.term.uses())
                .for_each(|value| counts[value.index()] += 1);
        }
        Self(counts)
    }

    /// Counts the operands of a new terminator instead of those of the one it replaces.
    fn exchange(&mut self, before: &[Value], after: &[Value]) {
        before.iter().for_each(|value| self.0[value.index()] -= 1);
        after.iter().for_each(|value| self.0[value.index()] += 1);
    }

    /// Whether the parameters of a block are used nowhere but in its terminator.
    fn stay_inside(&self, function: &Function, block: BlockId) -> bool {
        let block = function.block(block);
        let uses = block.term.uses();
        let inside = |param: &Value| uses.iter().filter(|value| *value == param).count();
        block
            .params
            .iter()
            .all(|param| self.0[param.index()] == inside(param))
    }
}

/// Where the edge leads in the end, if its target does nothing but decide that.
fn shortcut(function: &Function, uses: &UseCounts, edge: &Edge) -> Option<Edge> {
    let target = function.block(edge.block);
    if !target.insts.is_empty()
        || edge.block == Function::ENTRY
        || !uses.stay_inside(function, edge.block)
    {
        return None;
    }
    let substitute = |value: &Value| {
        let position = target.params.iter().position(|param| param == value);
        position.map_or(*value, |at| edge.args[at])
    };
    let next = match &target.term {
        Terminator::Jump(next) => next,
        Terminator::Branch {
            cond,
            lhs,
            rhs,
            yes,
            no,
        } => match outcome(function, *cond, substitute(lhs), substitute(rhs)) {
            Some(true) => yes,
            Some(false) => no,
            None => return None,
        },
        _ => return None,
    };
    Some(Edge {
        block: next.block,
        args: next.args.iter().map(substitute).collect(),
    })
}

/// The branch that the target consists of, if this path brings the outcome of a comparison to it: branching on the
/// comparison itself is cheaper than making a truth value first.
fn early_branch(function: &Function, uses: &UseCounts, edge: &Edge) -> Option<Terminator> {
    let target = function.block(edge.block);
    let decides = target.insts.is_empty() && uses.stay_inside(function, edge.block);
    let Terminator::Branch { lhs, .. } = &target.term else {
        return None;
    };
    let position = target
        .params
        .iter()
        .position(|param| param == lhs)
        .filter(|_| decides)?;
    let compares = |inst: &Inst| matches!(inst.op, Op::Compare(_));
    function
        .def_inst(edge.args[position])
        .filter(|inst| compares(inst))?;
    let mut branch = target.term.clone();
    branch.for_each_use(|value| {
        if let Some(at) = target.params.iter().position(|param| param == value) {
            *value = edge.args[at];
        }
    });
    Some(branch)
}

fn outcome(function: &Function, cond: Cond, lhs: Value, rhs: Value) -> Option<bool> {
    Some(compare(
        cond,
        function.as_word(lhs)?,
        function.as_word(rhs)?,
    ))
}

/// Appends blocks with a single predecessor to it, if that has no other successor.
fn merge_chains(function: &mut Function) {
    let cfg = Cfg::new(function);
    let mut map = HashMap::new();
    let mut gone = vec![false; function.blocks.len()];
    for &block in &cfg.order {
        if gone[block.index()] {
            continue;
        }
        while let Some(next) = only_successor(function, &cfg, block) {
            absorb(function, block, next, &mut map);
            gone[next.index()] = true;
        }
    }
    function.replace_values(&map);
}

fn only_successor(function: &Function, cfg: &Cfg, block: BlockId) -> Option<BlockId> {
    let Terminator::Jump(edge) = &function.block(block).term else {
        return None;
    };
    let single = cfg.preds[edge.block.index()].len() == 1
        && edge.block != Function::ENTRY
        && edge.block != block;
    single.then_some(edge.block)
}

fn absorb(function: &mut Function, block: BlockId, next: BlockId, map: &mut HashMap<Value, Value>) {
    let Terminator::Jump(edge) =
        std::mem::replace(&mut function.block_mut(block).term, Terminator::Unreachable)
    else {
        return;
    };
    let next = function.block_mut(next);
    let params = std::mem::take(&mut next.params);
    let insts = std::mem::take(&mut next.insts);
    let term = std::mem::replace(&mut next.term, Terminator::Unreachable);
    let span = next.span;
    map.extend(params.into_iter().zip(edge.args));
    let block = function.block_mut(block);
    block.insts.extend(insts);
    (block.term, block.span) = (term, span);
}
