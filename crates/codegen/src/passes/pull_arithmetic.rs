//! Moves arithmetic before the branch that its flags answer.
//!
//! Checked increments compare with the largest word first and add afterwards. The addition alone tells by its flags, if it
//! stands before the branch; where the branch fails, it was done in vain. The low word of a product whose high word is asked for
//! comes with it, also where it is a shift.

use crate::ir::{Binary, BlockId, Cfg, Effect, Function, InstId, Op, Terminator, Value, ValueDef};
use crate::machine::flags;

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    let cfg = Cfg::new(function);
    for &block in &cfg.order {
        multiply_again(function, block);
        turn(function, block);
        if let Some((from, inst)) = candidate(function, &cfg, block) {
            function
                .block_mut(from)
                .insts
                .retain(|&other| other != inst);
            function.block_mut(block).insts.push(inst);
        }
    }
}

/// A shift becomes a product again where the high word of the product is asked for: one instruction makes both.
fn multiply_again(function: &mut Function, block: BlockId) {
    let insts = function.block(block).insts.clone();
    for &high in &insts {
        let high = function.inst(high);
        let [x, factor] = high.args[..] else {
            continue;
        };
        let power = function
            .as_word(factor)
            .filter(|word| word.is_power_of_two());
        let Some(power) = power.filter(|_| high.op == Op::Binary(Binary::MulHigh)) else {
            continue;
        };
        let places = function.number(power.trailing_zeros() as u64);
        for &low in &insts {
            let low = function.inst_mut(low);
            if low.op == Op::Binary(Binary::Shl) && low.args == [x, places] {
                (low.op, low.args) = (Op::Binary(Binary::Mul), vec![x, factor]);
            }
        }
    }
}

/// Asks for the opposite where the flags tell only that: whether a sum or product overflows, not whether it fits.
fn turn(function: &mut Function, block: BlockId) {
    let here = function.block(block);
    let Terminator::Branch {
        cond,
        lhs,
        rhs,
        yes,
        no,
    } = &here.term
    else {
        return;
    };
    let turned = Terminator::Branch {
        cond: cond.negate(),
        lhs: *lhs,
        rhs: *rhs,
        yes: no.clone(),
        no: yes.clone(),
    };
    let tell = |term: &Terminator| {
        let mut insts = here.insts.iter();
        insts.any(|&inst| flags::answers(function, inst, term))
    };
    if !tell(&here.term) && tell(&turned) {
        function.block_mut(block).term = turned;
    }
}

/// Arithmetic of a successor without other predecessors that depends on nothing before it there.
fn candidate(function: &Function, cfg: &Cfg, block: BlockId) -> Option<(BlockId, InstId)> {
    let term = &function.block(block).term;
    let is_answered = |&inst: &InstId| flags::answers(function, inst, term);
    let here = &function.block(block).insts;
    let is_wanted = match here.iter().find(|inst| is_answered(inst)) {
        None => &is_answered as &dyn Fn(&InstId) -> bool,
        Some(&high) => &move |&low: &InstId| {
            is_low_product(function, low, high)
                && !here
                    .iter()
                    .any(|&inst| is_low_product(function, inst, high))
        },
    };
    let edges = term.edges().into_iter();
    let alone = edges.filter(|edge| cfg.preds[edge.block.index()].len() == 1);
    for from in alone.map(|edge| edge.block) {
        let mut insts = function.block(from).insts.iter().copied();
        let found = insts.find(|inst| is_wanted(inst) && is_free(function, from, *inst));
        if let Some(inst) = found {
            return Some((from, inst));
        }
    }
    None
}

/// Whether one instruction can make both words of a product.
fn is_low_product(function: &Function, low: InstId, high: InstId) -> bool {
    let (low, high) = (function.inst(low), function.inst(high));
    low.op == Op::Binary(Binary::Mul)
        && high.op == Op::Binary(Binary::MulHigh)
        && low.args == high.args
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
