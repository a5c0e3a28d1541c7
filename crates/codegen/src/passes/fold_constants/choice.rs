//! Rules for selections, and for arithmetic that is one.

use super::{Folded, known_comparison};
use crate::ir::{Binary, Cond, Op, Range, Value, evaluate};
use crate::passes::known_bits::Known;
use alloy_primitives::U256;

/// Applies one rule to a selection.
pub(super) fn step(function: &mut Known<'_>, cond: Cond, args: &[Value]) -> Option<Folded> {
    let [lhs, rhs, yes, no] = *args else {
        return None;
    };
    if yes == no {
        return Some(Folded::Value(yes));
    }
    if let Some(known) = known_comparison(function, cond, lhs, rhs) {
        return Some(Folded::Value(if known { yes } else { no }));
    }
    let (one, zero) = (Some(U256::from(1)), Some(U256::ZERO));
    match (function.as_word(yes), function.as_word(no)) {
        (a, b) if a == one && b == zero => Some(Folded::Op(Op::Compare(cond), vec![lhs, rhs])),
        (a, b) if a == zero && b == one => {
            Some(Folded::Op(Op::Compare(cond.negate()), vec![lhs, rhs]))
        }
        _ => shifted_out(function, cond, args),
    }
}

/// `n > 255 ? 0 : x >> n`, a shift as the EVM does it. From 1 to 256 places are one place and as many as the machine can count.
fn shifted_out(function: &mut Known<'_>, cond: Cond, args: &[Value]) -> Option<Folded> {
    let [amount, limit, yes, no] = *args else {
        return None;
    };
    let largest = U256::from(255);
    let asks = cond == Cond::Gt && function.as_word(limit) == Some(largest);
    if !asks || function.as_word(yes) != Some(U256::ZERO) {
        return None;
    }
    let inst = function.def_inst(no)?.clone();
    let Op::Binary(op @ (Binary::Shl | Binary::Shr)) = inst.op else {
        return None;
    };
    let countable = Range::unsigned(U256::ONE, U256::from(256));
    if inst.args[1] != amount || !countable.contains(function.range(amount)) {
        return None;
    }
    let minus_one = function.word(U256::MAX);
    let less = function.make_inst(Op::Binary(Binary::Add), vec![amount, minus_one], 1, 0);
    let args = vec![inst.args[0], function.inst(less).results[0]];
    let most = function.make_inst(Op::Binary(op), args, 1, 0);
    let one = function.number(1);
    let args = vec![function.inst(most).results[0], one];
    Some(Folded::After(vec![less, most], Op::Binary(op), args))
}

/// Arithmetic with a truth value chooses between two words, or between a factor and zero.
pub(super) fn of_truth_value(
    function: &mut Known<'_>,
    op: Binary,
    lhs: Value,
    rhs: Value,
) -> Option<Folded> {
    let (zero, one) = (U256::ZERO, U256::ONE);
    let outcomes = |function: &Known<'_>| {
        let (a, b) = (function.as_word(lhs), function.as_word(rhs));
        match (a, b) {
            (None, Some(b)) => Some((lhs, evaluate(op, one, b), evaluate(op, zero, b))),
            (Some(a), None) => Some((rhs, evaluate(op, a, one), evaluate(op, a, zero))),
            _ => None,
        }
    };
    if let Some((truth, yes, no)) = outcomes(function) {
        let (cond, x, y) = comparison_used_once(function, truth)?;
        let (yes, no) = (function.word(yes), function.word(no));
        return Some(Folded::Op(Op::Select(cond), vec![x, y, yes, no]));
    }
    if op != Binary::Mul {
        return None;
    }
    let (truth, factor) = [(lhs, rhs), (rhs, lhs)]
        .into_iter()
        .find(|&(truth, _)| comparison_used_once(function, truth).is_some())?;
    let (cond, x, y) = comparison_used_once(function, truth)?;
    let zero = function.number(0);
    Some(Folded::Op(Op::Select(cond), vec![x, y, factor, zero]))
}

/// The comparison behind a truth value that nothing else needs.
fn comparison_used_once(function: &Known<'_>, truth: Value) -> Option<(Cond, Value, Value)> {
    let inst = function.def_inst(truth)?;
    match inst.op {
        Op::Compare(cond) if function.is_used_once(truth) => {
            Some((cond, inst.args[0], inst.args[1]))
        }
        _ => None,
    }
}

/// The comparison that comparing a choice between two words with a third comes to.
pub(super) fn compared(
    function: &Known<'_>,
    cond: Cond,
    chosen: Value,
    constant: U256,
) -> Option<(Cond, Value, Value)> {
    let inst = function.def_inst(chosen)?;
    let Op::Select(chooses) = inst.op else {
        return None;
    };
    let holds = |arm: usize| {
        Some(crate::ir::compare(
            cond,
            function.as_word(inst.args[arm])?,
            constant,
        ))
    };
    match (holds(2)?, holds(3)?) {
        (true, false) => Some((chooses, inst.args[0], inst.args[1])),
        (false, true) => Some((chooses.negate(), inst.args[0], inst.args[1])),
        _ => None,
    }
}
