//! How wide a value can be. Masks, sign handling and range guards that cannot matter are dropped on this ground.

use crate::ir::{Binary, Context, Function, Inst, Op, Slot, Value, ValueDef};
use alloy_primitives::U256;

/// Definitions followed before giving up.
const DEPTH: usize = 6;

/// Number of low bits outside of which the value is zero for certain.
pub(super) fn width(function: &Function, value: Value) -> usize {
    width_within(function, value, DEPTH)
}

fn width_within(function: &Function, value: Value, depth: usize) -> usize {
    if let Some(word) = function.as_word(value) {
        return word.bit_len();
    }
    match function.values[value.index()] {
        ValueDef::Result(inst, 0) if depth > 0 => of_inst(function, function.inst(inst), depth - 1),
        ValueDef::Result(..) | ValueDef::Param(_) => 256,
        // A library's address.
        ValueDef::Constant(_) => 160,
    }
}

fn of_inst(function: &Function, inst: &Inst, depth: usize) -> usize {
    let arg = |at: usize| width_within(function, inst.args[at], depth);
    match inst.op {
        Op::Compare(_) => 1,
        Op::Select(_) => arg(2).max(arg(3)),
        Op::Binary(op) => of_binary(function, inst, op, depth),
        Op::Context(context) => match context {
            Context::This | Context::Caller | Context::CodeAddress => 160,
            Context::Value => 128,
            Context::Gas => 32,
            Context::Meta => 256,
        },
        Op::SlotLoad(Slot::Calldata | Slot::Returndata | Slot::Active(_)) => 128,
        Op::FarCall(_) => 1,
        _ => 256,
    }
}

fn of_binary(function: &Function, inst: &Inst, op: Binary, depth: usize) -> usize {
    let arg = |at: usize| width_within(function, inst.args[at], depth);
    let amount = function
        .as_word(inst.args[1])
        .map(|word: U256| usize::from(word.byte(0)));
    match (op, amount) {
        (Binary::And, _) => arg(0).min(arg(1)),
        (Binary::Or | Binary::Xor, _) => arg(0).max(arg(1)),
        (Binary::Add, _) => (arg(0).max(arg(1)) + 1).min(256),
        (Binary::Mul, _) => (arg(0) + arg(1)).min(256),
        (Binary::Div, _) => arg(0),
        (Binary::Mod, _) => arg(0).min(arg(1)),
        (Binary::Shl, Some(amount)) => (arg(0) + amount).min(256),
        (Binary::Shr, Some(amount)) => arg(0).saturating_sub(amount),
        (Binary::Shr, None) => arg(0),
        _ => 256,
    }
}
