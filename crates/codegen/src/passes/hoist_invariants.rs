//! Computes before a loop what is the same in every round.
//!
//! Addresses of arrays, masks and sizes are recomputed in each round of the loops that solc writes. Reading a word from the
//! frame costs nothing, so that keeping it is never dearer than a single instruction in the loop. Only what may be computed
//! in vain moves, and nothing that asks other contracts.

use crate::ir::{
    Binary, BlockId, Cfg, Dominators, Edge, Effect, Function, Inst, InstId, Op, Terminator, Value,
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
    regroup(function, &inside, &mut varies);
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

/// Sums `(v + c) + b` of which only `v` varies become `v + (b + c)`: addresses in arrays, whose length comes before the items.
fn regroup(function: &mut Function, inside: &[BlockId], varies: &mut Vec<bool>) {
    let uses = function.use_counts();
    for &id in inside {
        let mut at = 0;
        while at < function.block(id).insts.len() {
            let inst = function.block(id).insts[at];
            if let Some((value, rest)) = parts(function, varies, &uses, inst) {
                let span = function.inst(inst).span;
                let sum = function.make_inst(Op::Binary(Binary::Add), rest.to_vec(), 1, span);
                let args = vec![value, function.inst(sum).results[0]];
                function.inst_mut(inst).args = args;
                function.block_mut(id).insts.insert(at, sum);
                varies.resize(function.values.len(), true);
            }
            at += 1;
        }
    }
}

/// What varies of such a sum, and what does not.
fn parts(
    function: &Function,
    varies: &[bool],
    uses: &[u32],
    inst: InstId,
) -> Option<(Value, [Value; 2])> {
    let inst = function.inst(inst);
    let [a, b] = inst.args[..] else {
        return None;
    };
    let add = Op::Binary(Binary::Add);
    let is_fixed = |value: Value| !varies[value.index()] && function.as_constant(value).is_none();
    let (inner, base) = [(a, b), (b, a)]
        .into_iter()
        .find(|&(inner, base)| varies[inner.index()] && is_fixed(base))?;
    // What other things need, too, is computed anyway.
    if uses.get(inner.index()) != Some(&1) {
        return None;
    }
    let inner = function.def_inst(inner)?;
    let [value, constant] = inner.args[..] else {
        return None;
    };
    let fits = inst.op == add && inner.op == add && function.as_constant(constant).is_some();
    fits.then_some((value, [base, constant]))
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
