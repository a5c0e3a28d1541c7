//! Arithmetic that answers a branch by its flags.
//!
//! `add!` leaves the carry and `sub!` the whole comparison of its operands in the flags, so checked arithmetic needs no
//! compare of its own; bit operations tell whether their result is zero. The instruction moves to the end of its block, next to the branch; the register allocator's moves
//! in between do not touch the flags.

use crate::ir::{Binary, Block, Cond, Function, Inst, InstId, Op, Terminator, Value};
use alloy_primitives::U256;

/// The instruction that sets the flags for its block's branch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flags {
    /// Which one.
    pub(super) inst: InstId,
    /// The operation.
    pub(super) op: Binary,
    /// Replacement of the second operand: adding a constant may be subtracting its negative.
    pub(super) rhs: Option<U256>,
    /// Condition to branch on.
    pub(super) cond: Cond,
}

/// Finds the instruction whose flags answer the block's branch, if it can move to the block's end.
pub(super) fn provider(function: &Function, block: &Block) -> Option<Flags> {
    let Terminator::Branch { cond, lhs, rhs, .. } = block.term else {
        return None;
    };
    for (at, &id) in block.insts.iter().enumerate().rev() {
        let inst = function.inst(id);
        if let Some(flags) = answer(function, id, cond, lhs, rhs)
            && !block.insts[at + 1..]
                .iter()
                .any(|&later| function.inst(later).args.contains(&inst.results[0]))
        {
            return Some(flags);
        }
    }
    None
}

/// Whether the flags of an instruction answer a branch, once it stands in the branch's block.
pub(crate) fn answers(function: &Function, inst: InstId, term: &Terminator) -> bool {
    match *term {
        Terminator::Branch { cond, lhs, rhs, .. } => {
            answer(function, inst, cond, lhs, rhs).is_some()
        }
        _ => false,
    }
}

fn answer(function: &Function, id: InstId, cond: Cond, lhs: Value, rhs: Value) -> Option<Flags> {
    let inst = function.inst(id);
    match inst.op {
        Op::Binary(Binary::Sub) => difference(id, inst, cond, lhs, rhs),
        Op::Binary(Binary::Add) => carry(id, inst, cond, lhs, rhs)
            .or_else(|| carry(id, inst, cond.swap(), rhs, lhs))
            .or_else(|| constant_difference(function, id, inst, cond, lhs, rhs)),
        Op::Binary(op @ (Binary::And | Binary::Or | Binary::Xor)) => {
            let zero = function.as_word(rhs).is_some_and(|word| word.is_zero());
            let asks = zero && lhs == inst.results[0] && matches!(cond, Cond::Eq | Cond::Ne);
            asks.then_some(Flags {
                inst: id,
                op,
                rhs: None,
                cond,
            })
        }
        _ => None,
    }
}

/// The branch compares the operands of the subtraction.
fn difference(id: InstId, inst: &Inst, cond: Cond, lhs: Value, rhs: Value) -> Option<Flags> {
    let cond = match (inst.args[0], inst.args[1]) {
        pair if pair == (lhs, rhs) => cond,
        pair if pair == (rhs, lhs) => cond.swap(),
        _ => return None,
    };
    Some(Flags {
        inst: id,
        op: Binary::Sub,
        rhs: None,
        cond,
    })
}

/// The branch asks whether the sum is less than a summand. Only the carry itself can be tested: its absence is not a
/// condition of the machine after an addition.
fn carry(id: InstId, inst: &Inst, cond: Cond, lhs: Value, rhs: Value) -> Option<Flags> {
    let asks = cond == Cond::Gt && rhs == inst.results[0] && inst.args.contains(&lhs);
    asks.then_some(Flags {
        inst: id,
        op: Binary::Add,
        rhs: None,
        cond: Cond::Lt,
    })
}

/// The branch compares `x` with `c` and the block computes `x + (-c)`.
fn constant_difference(
    function: &Function,
    id: InstId,
    inst: &Inst,
    cond: Cond,
    lhs: Value,
    rhs: Value,
) -> Option<Flags> {
    let subtracted = function.as_word(inst.args[1])?.wrapping_neg();
    let compared = function.as_word(rhs)?;
    if inst.args[0] != lhs {
        return None;
    }
    let cond = match cond {
        _ if compared == subtracted => cond,
        // A test against zero is `x < 1`.
        Cond::Eq if compared.is_zero() && subtracted == U256::from(1) => Cond::Lt,
        Cond::Ne if compared.is_zero() && subtracted == U256::from(1) => Cond::Ge,
        Cond::Gt if compared.checked_add(U256::from(1)) == Some(subtracted) => Cond::Ge,
        Cond::Lt if subtracted.checked_add(U256::from(1)) == Some(compared) => Cond::Le,
        _ => return None,
    };
    Some(Flags {
        inst: id,
        op: Binary::Sub,
        rhs: Some(subtracted),
        cond,
    })
}
