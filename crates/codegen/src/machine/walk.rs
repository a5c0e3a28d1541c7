//! Heap accesses that walk on.
//!
//! Arrays and encodings are read and written word by word: a word is accessed, and its address plus a word is the next
//! address. The machine does both in one instruction.

use crate::ir::{Binary, Effect, Function, Inst, InstId, Op, Space};
use alloy_primitives::U256;

/// Position in `rest` of the instruction that belongs together with the first one: a heap access and the addition of a word
/// to its address, in either order, if nothing in between keeps the access from moving to the first.
pub(super) fn partner(function: &Function, rest: &[InstId], done: &[bool]) -> Option<usize> {
    let first = function.inst(rest[0]);
    let later = (1..rest.len()).filter(|&at| !done[at]);
    if is_access(first) && function.as_word(first.args[0]).is_none() {
        let mut later = later;
        return later.find(|&at| advances(function, function.inst(rest[at]), first));
    }
    if !matches!(first.op, Op::Binary(Binary::Add)) {
        return None;
    }
    for at in later {
        let access = function.inst(rest[at]);
        if is_access(access) && advances(function, first, access) {
            return can_rise(function, access, &rest[1..at]).then_some(at);
        }
    }
    None
}

fn is_access(inst: &Inst) -> bool {
    matches!(inst.op, Op::Load(Space::Heap) | Op::Store(Space::Heap))
}

/// Whether the instruction computes the address of the word behind that of the access.
fn advances(function: &Function, inst: &Inst, access: &Inst) -> bool {
    inst.op == Op::Binary(Binary::Add)
        && inst.args[0] == access.args[0]
        && function.as_word(inst.args[1]) == Some(U256::from(32))
}

/// Whether the access can be made before the instructions between: they make none of its operands, and no difference to memory
/// that it could see, or it to them.
fn can_rise(function: &Function, access: &Inst, between: &[InstId]) -> bool {
    let stores = access.op == Op::Store(Space::Heap);
    between.iter().map(|&id| function.inst(id)).all(|inst| {
        let is_harmless = match inst.op.effect() {
            Effect::Pure => true,
            Effect::Reads => !stores,
            Effect::Writes => false,
        };
        let feeds = inst
            .results
            .iter()
            .any(|result| access.args.contains(result));
        is_harmless && !feeds
    })
}
