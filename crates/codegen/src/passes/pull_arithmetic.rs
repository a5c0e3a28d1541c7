//! Moves arithmetic before the branch that its flags answer.
//!
//! Checked increments compare with the largest word first and add afterwards. The addition alone tells by its flags, if it
//! stands before the branch; where the branch fails, it was done in vain.

use crate::ir::{BlockId, Cfg, Effect, Function, InstId, Op, Value, ValueDef};
use crate::machine::flags;

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    let cfg = Cfg::new(function);
    for &block in &cfg.order {
        if let Some((from, inst)) = candidate(function, &cfg, block) {
            function
                .block_mut(from)
                .insts
                .retain(|&other| other != inst);
            function.block_mut(block).insts.push(inst);
        }
    }
}

/// Arithmetic of a successor without other predecessors that depends on nothing before it there.
fn candidate(function: &Function, cfg: &Cfg, block: BlockId) -> Option<(BlockId, InstId)> {
    let term = &function.block(block).term;
    let is_answered = |&inst: &InstId| flags::answers(function, inst, term);
    if function.block(block).insts.iter().any(is_answered) {
        return None;
    }
    let edges = term.edges().into_iter();
    let alone = edges.filter(|edge| cfg.preds[edge.block.index()].len() == 1);
    for from in alone.map(|edge| edge.block) {
        let mut insts = function.block(from).insts.iter().copied();
        let found = insts.find(|inst| is_answered(inst) && is_free(function, from, *inst));
        if let Some(inst) = found {
            return Some((from, inst));
        }
    }
    None
}

/// Whether all operands are there when the block begins.
fn is_free(function: &Function, block: BlockId, inst: InstId) -> bool {
    let here = function.block(block);
    let is_early = |value: Value| match function.values[value.index()] {
        ValueDef::Constant(_) => true,
        ValueDef::Param(home) => home != block,
        ValueDef::Result(made, _) => !here.insts.contains(&made),
    };
    let inst = function.inst(inst);
    let is_binary = matches!(inst.op, Op::Binary(_)) && inst.op.effect() == Effect::Pure;
    is_binary && inst.args.iter().all(|&value| is_early(value))
}
