//! Arithmetic that answers a branch by its flags.
//!
//! `add!` leaves the carry and `sub!` the whole comparison of its operands in the flags, so checked arithmetic needs no
//! compare of its own; bit operations, shifts and products tell whether their result is zero, and products whether they need a
//! high word. The instruction moves to the end of its block, next to the branch; the register allocator's moves
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

impl Flags {
    /// Whether the opposite condition can be asked, too: a carry is no comparison, nor is an overflow.
    pub(super) fn has_opposite(&self) -> bool {
        !matches!(self.op, Binary::Add | Binary::MulHigh)
    }
}

/// Finds the instruction whose flags answer the block's branch, if it can move to the block's end.
pub(super) fn provider(function: &Function, block: &Block) -> Option<Flags> {
    let Terminator::Branch { cond, lhs, rhs, .. } = block.term else {
        return None;
    };
    for (at, &id) in block.insts.iter().enumerate().rev() {
        let inst = function.inst(id);
        if let Some(flags) = answer(function, id, cond, lhs, rhs)
            && !is_used_behind(function, block, at, inst)
            && !is_paired(function, block, inst)
        {
            return Some(flags);
        }
    }
    None
}

/// Whether the block needs the result of an instruction.
fn is_used_behind(function: &Function, block: &Block, at: usize, inst: &Inst) -> bool {
    block.insts[at + 1..]
        .iter()
        .any(|&later| function.inst(later).args.contains(&inst.results[0]))
}

/// Whether half a product is better made together with the other half: a low one, or a high one if the block needs the low one
/// earlier.
fn is_paired(function: &Function, block: &Block, half: &Inst) -> bool {
    let has_other = |at: usize| {
        let other = function.inst(block.insts[at]);
        if is_high(other) {
            is_low_product(half, other)
        } else {
            let is_low = is_high(half) && is_low_product(other, half);
            is_low && is_used_behind(function, block, at, other)
        }
    };
    (0..block.insts.len()).any(has_other)
}

/// Whether the first is the low product of the other's factors.
fn is_low_product(low: &Inst, other: &Inst) -> bool {
    low.op == Op::Binary(Binary::Mul) && low.args == other.args
}

/// Where the block has the low product, if `high` is the high one of the same factors.
pub(super) fn low_product(function: &Function, block: &Block, high: InstId) -> Option<usize> {
    let high = function.inst(high);
    let mut insts = block.insts.iter();
    insts.position(|&inst| is_high(high) && is_low_product(function.inst(inst), high))
}

fn is_high(inst: &Inst) -> bool {
    inst.op == Op::Binary(Binary::MulHigh)
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
        Op::Binary(op) => {
            let zero = function.as_word(rhs).is_some_and(|word| word.is_zero());
            let cond = is_zero(op, cond).filter(|_| zero && lhs == inst.results[0])?;
            Some(Flags {
                inst: id,
                op,
                rhs: None,
                cond,
            })
        }
        _ => None,
    }
}

/// What to ask the flags instead of comparing the result with zero. Of the high word of a product only that it is not zero can
/// be asked.
fn is_zero(op: Binary, cond: Cond) -> Option<Cond> {
    match (op, cond) {
        (Binary::MulHigh, Cond::Ne) => Some(Cond::Lt),
        (
            Binary::And | Binary::Or | Binary::Xor | Binary::Shl | Binary::Shr | Binary::Mul,
            Cond::Eq | Cond::Ne,
        ) => Some(cond),
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
