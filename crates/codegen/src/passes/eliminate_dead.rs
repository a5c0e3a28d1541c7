//! Removes what nothing observes: unreachable blocks, unused results, block parameters that only feed each other.
//!
//! Unsupported built-ins are reported only if they are still there afterwards, so this pass also decides what compiles.

use super::known_bits::is_address;
use crate::ir::{
    Block, BlockId, Cfg, Effect, Function, Inst, InstId, Op, Space, Terminator, Value, ValueDef,
};

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    clear_unreachable(function);
    let live = Liveness::of(function);
    for block in function.block_ids() {
        let insts = std::mem::take(&mut function.block_mut(block).insts);
        let kept = insts
            .into_iter()
            .filter(|inst| live.insts[inst.index()])
            .collect();
        function.block_mut(block).insts = kept;
    }
    drop_params(function, &live);
}

/// Empties unreachable blocks so that they use nothing.
fn clear_unreachable(function: &mut Function) {
    let cfg = Cfg::new(function);
    for block in function
        .block_ids()
        .skip(1)
        .filter(|&block| !cfg.is_reachable(block))
        .collect::<Vec<_>>()
    {
        *function.block_mut(block) = Block {
            params: Vec::new(),
            insts: Vec::new(),
            term: Terminator::Unreachable,
            span: 0,
        };
    }
}

/// A read of memory whose address may be too large fails, which others may rely on: behind it the address is narrow. Nothing is
/// learnt about constants.
fn must_stay(function: &Function, inst: &Inst) -> bool {
    match inst.op {
        Op::Load(Space::Heap) => {
            let address = inst.args[0];
            function.as_constant(address).is_none() && !is_address(function, address)
        }
        op => op.effect() == Effect::Writes,
    }
}

struct Liveness {
    insts: Vec<bool>,
    values: Vec<bool>,
}

impl Liveness {
    fn of(function: &Function) -> Self {
        let mut live = Self {
            insts: vec![false; function.insts.len()],
            values: vec![false; function.values.len()],
        };
        let incoming = incoming_arguments(function);
        let mut work = Vec::new();
        for block in &function.blocks {
            for &inst in &block.insts {
                if must_stay(function, function.inst(inst)) {
                    live.mark_inst(function, inst, &mut work);
                }
            }
            let edge_args = block
                .term
                .edges()
                .into_iter()
                .map(|edge| edge.args.len())
                .sum::<usize>();
            let uses = block.term.uses();
            work.extend(&uses[..uses.len() - edge_args]);
        }
        while let Some(value) = work.pop() {
            if std::mem::replace(&mut live.values[value.index()], true) {
                continue;
            }
            match function.values[value.index()] {
                ValueDef::Constant(_) => {}
                ValueDef::Result(inst, _) => live.mark_inst(function, inst, &mut work),
                ValueDef::Param(_) => work.extend(&incoming[value.index()]),
            }
        }
        live
    }

    fn mark_inst(&mut self, function: &Function, inst: InstId, work: &mut Vec<Value>) {
        if !std::mem::replace(&mut self.insts[inst.index()], true) {
            work.extend(&function.inst(inst).args);
        }
    }
}

/// The arguments that reach each parameter, by value.
fn incoming_arguments(function: &Function) -> Vec<Vec<Value>> {
    let mut incoming = vec![Vec::new(); function.values.len()];
    for block in &function.blocks {
        for edge in block.term.edges() {
            for (&param, &arg) in function.block(edge.block).params.iter().zip(&edge.args) {
                incoming[param.index()].push(arg);
            }
        }
    }
    incoming
}

/// Removes unused parameters of all blocks but the entry, whose parameters are the function's signature.
fn drop_params(function: &mut Function, live: &Liveness) {
    let keep: Vec<Vec<bool>> = (function.blocks.iter().enumerate())
        .map(|(at, block)| {
            block
                .params
                .iter()
                .map(|param| at == 0 || live.values[param.index()])
                .collect()
        })
        .collect();
    for block in &mut function.blocks {
        for edge in block.term.edges_mut() {
            retain(&mut edge.args, &keep[edge.block.index()]);
        }
    }
    for (at, keep) in keep.iter().enumerate() {
        retain(&mut function.block_mut(BlockId::new(at)).params, keep);
    }
}

fn retain(values: &mut Vec<Value>, keep: &[bool]) {
    let mut flags = keep.iter();
    values.retain(|_| flags.next().copied().unwrap_or(true));
}
