//! Counts offsets from a loop's variable from its next value once that is known.
//!
//! `p + 33` behind the last round is `q + 32` if `q = p + 1` is what the next round would have got. If that goes for
//! everything that follows, `p` is dead when `q` is made and both can live in one register; else every round would move one
//! to the other.

use crate::ir::{Binary, BlockId, Cfg, Dominators, Function, InstId, Op, Value, ValueDef};
use alloy_primitives::U256;
use std::collections::HashMap;

/// Runs the pass.
pub(super) fn run(function: &mut Function) {
    let cfg = Cfg::new(function);
    let dominators = Dominators::new(function, &cfg);
    for &head in &cfg.order {
        for (place, &param) in function.block(head).params.clone().iter().enumerate() {
            let args: Vec<_> = cfg.preds[head.index()]
                .iter()
                .flat_map(|&pred| function.block(pred).term.edges())
                .filter(|edge| edge.block == head)
                .map(|edge| edge.args[place])
                .collect();
            for arg in args {
                if let Some(found) = next_value(function, &cfg, param, arg)
                    && let Some(followers) = followers(function, &cfg, &dominators, param, found)
                {
                    rebase(function, arg, found, &followers);
                }
            }
        }
    }
}

/// Where a variable's next value is made.
#[derive(Clone, Copy)]
struct Next {
    block: BlockId,
    position: usize,
    /// What is added to the variable.
    step: U256,
}

/// Finds out whether a value is a parameter and a constant.
fn next_value(function: &Function, cfg: &Cfg, param: Value, value: Value) -> Option<Next> {
    let ValueDef::Result(inst, _) = function.values[value.index()] else {
        return None;
    };
    let step = offset(function, inst, param)?;
    cfg.order.iter().find_map(|&block| {
        let mut insts = function.block(block).insts.iter();
        let position = insts.position(|&other| other == inst)?;
        Some(Next {
            block,
            position,
            step,
        })
    })
}

/// The constant that an instruction adds to a value, if it does just that.
fn offset(function: &Function, inst: InstId, value: Value) -> Option<U256> {
    let inst = function.inst(inst);
    let word = |at: usize| function.as_word(inst.args[at]);
    match inst.op {
        Op::Binary(Binary::Add) if inst.args[0] == value => word(1),
        Op::Binary(Binary::Add) if inst.args[1] == value => word(0),
        Op::Binary(Binary::Sub) if inst.args[0] == value => word(1).map(U256::wrapping_neg),
        _ => None,
    }
}

/// Everything that uses the parameter behind its next value with what it adds, if that is all addition of constants and the
/// parameter has no use but before and behind.
fn followers(
    function: &Function,
    cfg: &Cfg,
    dominators: &Dominators,
    param: Value,
    next: Next,
) -> Option<Vec<(InstId, U256)>> {
    let mut followers = Vec::new();
    for &block in &cfg.order {
        let is_home = block == next.block;
        let here = function.block(block);
        for (at, &inst) in here.insts.iter().enumerate() {
            let is_user = function.inst(inst).args.contains(&param);
            if !is_user || (is_home && at == next.position) {
                continue;
            }
            let comes_before = if is_home {
                at < next.position
            } else {
                dominators.dominates(block, next.block)
            };
            if comes_before {
                continue;
            }
            if !is_home && !dominators.dominates(next.block, block) {
                return None;
            }
            followers.push((inst, offset(function, inst, param)?));
        }
        let is_before = !is_home && dominators.dominates(block, next.block);
        if here.term.uses().contains(&param) && !is_before {
            return None;
        }
    }
    Some(followers)
}

fn rebase(function: &mut Function, base: Value, next: Next, followers: &[(InstId, U256)]) {
    let mut same = HashMap::new();
    for &(inst, offset) in followers {
        let distance = offset.wrapping_sub(next.step);
        if distance.is_zero() {
            same.insert(function.inst(inst).results[0], base);
            continue;
        }
        let distance = function.word(distance);
        let inst = function.inst_mut(inst);
        inst.op = Op::Binary(Binary::Add);
        inst.args = vec![base, distance];
    }
    function.replace_values(&same);
    // What adds nothing is the next value itself.
    for block in &mut function.blocks {
        block.insts.retain(|&inst| {
            let gone = followers.iter().any(|&(other, _)| other == inst);
            !gone || !same.contains_key(&function.insts[inst.index()].results[0])
        });
    }
}
