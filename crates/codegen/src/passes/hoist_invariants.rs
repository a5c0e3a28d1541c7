//! Computes before a loop what is the same in every round.
//!
//! Addresses of arrays, masks and sizes are recomputed in each round of the loops that solc writes. Reading a word from the
//! frame costs nothing, so that keeping it is never dearer than a single instruction in the loop. Only what may be computed
//! in vain moves, and nothing that asks other contracts.

use crate::ir::{
    Binary, BlockId, Cfg, Dominators, Edge, Effect, Function, Inst, InstId, Op, Terminator, Value,
    ValueDef,
};
use std::collections::BTreeSet;

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    // Inner loops first: what leaves them may leave the outer ones, too.
    let mut loops = loops(function);
    for at in 0..loops.len() {
        if let Some(before) = hoist(function, &loops[at]) {
            let head = loops[at].head;
            for outer in &mut loops[at + 1..] {
                if outer.body.contains(&head) {
                    outer.body.insert(before);
                }
            }
        }
    }
}

/// A natural loop.
struct Loop {
    head: BlockId,
    /// All blocks, the head among them.
    body: BTreeSet<BlockId>,
}

/// All loops, the smallest first.
fn loops(function: &Function) -> Vec<Loop> {
    let cfg = Cfg::new(function);
    let dominators = Dominators::new(function, &cfg);
    let loops = cfg.order.iter().map(|&head| Loop {
        head,
        body: dominators.natural_loop(&cfg, head),
    });
    let mut loops: Vec<_> = loops.filter(|natural| !natural.body.is_empty()).collect();
    loops.sort_by_key(|natural| natural.body.len());
    loops
}

/// Returns the block that what was moved is in.
fn hoist(function: &mut Function, natural: &Loop) -> Option<BlockId> {
    let order = Cfg::new(function).order;
    let inside: Vec<_> = order
        .into_iter()
        .filter(|block| natural.body.contains(block))
        .collect();
    let mut varies = vec![false; function.values.len()];
    for &id in &inside {
        let block = function.block(id);
        let results = block.insts.iter();
        let results = results.flat_map(|&inst| &function.inst(inst).results);
        for value in block.params.iter().chain(results) {
            varies[value.index()] = true;
        }
    }
    for &id in &inside {
        regroup(function, id, &mut varies);
    }
    let mut moved = Vec::new();
    for &id in &inside {
        let insts = std::mem::take(&mut function.block_mut(id).insts);
        let (gone, kept): (Vec<_>, Vec<_>) = insts.into_iter().partition(|&inst| {
            let inst = function.inst(inst);
            let is_same = may_move(inst) && !inst.args.iter().any(|arg| varies[arg.index()]);
            if is_same {
                for result in &inst.results {
                    varies[result.index()] = false;
                }
            }
            is_same
        });
        function.block_mut(id).insts = kept;
        moved.extend(gone);
    }
    if moved.is_empty() {
        return None;
    }
    let before = preheader(function, natural);
    function.block_mut(before).insts.extend(moved);
    Some(before)
}

/// Adds what stays the same first: `(i + 32) + array` becomes `i + (array + 32)`.
fn regroup(function: &mut Function, block: BlockId, varies: &mut Vec<bool>) {
    let uses = uses(function);
    let insts = std::mem::take(&mut function.block_mut(block).insts);
    for inst in insts {
        // An inner sum that serves something else would stay.
        if let Some((inner, sum)) = sum_of_sum(function, inst, varies)
            && uses[inner.index()] == 1
        {
            let span = function.inst(inst).span;
            let same = function.binary(block, Binary::Add, sum.same, sum.constant, span);
            varies.push(false);
            function.inst_mut(inst).args = vec![sum.changing, same];
        }
        function.block_mut(block).insts.push(inst);
    }
}

/// The operands of a sum of three.
struct Sum {
    changing: Value,
    same: Value,
    constant: Value,
}

/// The inner sum and the operands, if an instruction adds a word that stays to the sum of a changing one and a constant.
fn sum_of_sum(function: &Function, inst: InstId, varies: &[bool]) -> Option<(Value, Sum)> {
    let is_sum = |inst: &Inst| inst.op == Op::Binary(Binary::Add);
    let outer = function.inst(inst);
    let [lhs, rhs] = outer.args[..] else {
        return None;
    };
    if !is_sum(outer) {
        return None;
    }
    let is_constant = |value: Value| function.as_constant(value).is_some();
    [(lhs, rhs), (rhs, lhs)]
        .into_iter()
        .find_map(|(sum, same)| {
            let ValueDef::Result(inner, _) = function.values[sum.index()] else {
                return None;
            };
            let [changing, constant] = function.inst(inner).args[..] else {
                return None;
            };
            let fits = is_sum(function.inst(inner))
                && varies[changing.index()]
                && is_constant(constant)
                && !varies[same.index()]
                && !is_constant(same);
            let operands = Sum {
                changing,
                same,
                constant,
            };
            fits.then_some((sum, operands))
        })
}

/// How often each value is used.
fn uses(function: &Function) -> Vec<usize> {
    let mut uses = vec![0; function.values.len()];
    for block in &function.blocks {
        let args = block
            .insts
            .iter()
            .flat_map(|&inst| &function.inst(inst).args);
        for value in args.copied().chain(block.term.uses()) {
            uses[value.index()] += 1;
        }
    }
    uses
}

fn may_move(inst: &Inst) -> bool {
    let is_cheap = !matches!(inst.op, Op::Builtin(_) | Op::LoadImmutable(_) | Op::Copy);
    is_cheap && inst.op.effect() == Effect::Pure
}

/// The block that all ways into the loop take, a new one if need be.
fn preheader(function: &mut Function, natural: &Loop) -> BlockId {
    let cfg = Cfg::new(function);
    let outside: Vec<_> = cfg.preds[natural.head.index()]
        .iter()
        .copied()
        .filter(|pred| !natural.body.contains(pred))
        .collect();
    if let [only] = outside[..]
        && matches!(function.block(only).term, Terminator::Jump(_))
    {
        return only;
    }
    let before = function.add_block();
    function.block_mut(before).span = function.block(natural.head).span;
    let count = function.block(natural.head).params.len();
    let params: Vec<Value> = (0..count).map(|_| function.add_param(before)).collect();
    for pred in outside {
        let mut term = function.block(pred).term.clone();
        for edge in term.edges_mut() {
            if edge.block == natural.head {
                edge.block = before;
            }
        }
        function.block_mut(pred).term = term;
    }
    function.block_mut(before).term = Terminator::Jump(Edge {
        block: natural.head,
        args: params,
    });
    before
}
