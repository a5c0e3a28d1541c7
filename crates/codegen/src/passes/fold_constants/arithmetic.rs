//! Rules for arithmetic. Constants go to the right, subtraction of a constant becomes addition.

use super::{Folded, as_binary};
use crate::ir::{Binary, Function, Op, Value, evaluate};
use crate::passes::known_bits::width;
use alloy_primitives::U256;

/// Applies one rule.
pub(super) fn step(function: &mut Function, op: Binary, lhs: Value, rhs: Value) -> Option<Folded> {
    match (function.as_word(lhs), function.as_word(rhs)) {
        (Some(a), Some(b)) => Some(Folded::Value(function.word(evaluate(op, a, b)))),
        (None, Some(b)) => constant_right(function, op, lhs, b),
        (Some(a), None) => constant_left(function, op, a, lhs, rhs),
        (None, None) => no_constant(function, op, lhs, rhs),
    }
}

fn constant_right(function: &mut Function, op: Binary, lhs: Value, b: U256) -> Option<Folded> {
    identity(function, op, lhs, b)
        .map(Folded::Value)
        .or_else(|| match op {
            Binary::Sub => {
                let negative = function.word(b.wrapping_neg());
                Some(Folded::Op(Op::Binary(Binary::Add), vec![lhs, negative]))
            }
            Binary::Mul | Binary::Div | Binary::Mod if b.is_power_of_two() => {
                power_of_two(function, op, lhs, b)
            }
            Binary::Shl | Binary::Shr if b > U256::from(255) => {
                let amount = function.word(b & U256::from(255));
                Some(Folded::Op(Op::Binary(op), vec![lhs, amount]))
            }
            _ => reassociate(function, op, lhs, b),
        })
}

/// Operands that change nothing or decide the result.
fn identity(function: &mut Function, op: Binary, lhs: Value, b: U256) -> Option<Value> {
    let zero = |function: &mut Function| Some(function.word(U256::ZERO));
    match op {
        Binary::Add | Binary::Sub | Binary::Or | Binary::Xor | Binary::Shl | Binary::Shr
            if b.is_zero() =>
        {
            Some(lhs)
        }
        Binary::Mul | Binary::MulHigh | Binary::Div | Binary::Mod | Binary::And if b.is_zero() => {
            zero(function)
        }
        Binary::Mul | Binary::Div if b == U256::from(1) => Some(lhs),
        Binary::MulHigh | Binary::Mod if b == U256::from(1) => zero(function),
        Binary::Or if b == U256::MAX => Some(function.word(U256::MAX)),
        Binary::And => mask(function, lhs, b),
        Binary::Shr if usize::from(b.byte(0)) >= width(function, lhs) && b <= U256::from(255) => {
            zero(function)
        }
        _ => None,
    }
}

/// A mask of low ones does nothing to a value that is not wider.
fn mask(function: &mut Function, lhs: Value, b: U256) -> Option<Value> {
    let ones = b.trailing_ones();
    (width(function, lhs) <= ones).then_some(lhs)
}

fn power_of_two(function: &mut Function, op: Binary, lhs: Value, b: U256) -> Option<Folded> {
    let (op, operand) = match op {
        Binary::Mul => (Binary::Shl, U256::from(b.trailing_zeros())),
        Binary::Div => (Binary::Shr, U256::from(b.trailing_zeros())),
        _ => (Binary::And, b - U256::from(1)),
    };
    let operand = function.word(operand);
    Some(Folded::Op(Op::Binary(op), vec![lhs, operand]))
}

/// `(x op a) op b` with both constants known.
fn reassociate(function: &mut Function, op: Binary, lhs: Value, b: U256) -> Option<Folded> {
    if let Some(folded) = shift_back(function, op, lhs, b) {
        return Some(folded);
    }
    let (x, a) = as_binary(function, lhs, op)?;
    let a = function.as_word(a)?;
    let combined = match op {
        Binary::Add | Binary::And | Binary::Or | Binary::Xor | Binary::Mul => evaluate(op, a, b),
        Binary::Shl | Binary::Shr if a + b > U256::from(255) => {
            return Some(Folded::Value(function.word(U256::ZERO)));
        }
        Binary::Shl | Binary::Shr => a + b,
        _ => return None,
    };
    let combined = function.word(combined);
    Some(Folded::Op(Op::Binary(op), vec![x, combined]))
}

/// `(x << n) >> n` is a mask; `(x >> n) << n` too.
fn shift_back(function: &mut Function, op: Binary, lhs: Value, b: U256) -> Option<Folded> {
    let (inner, all) = match op {
        Binary::Shr => (Binary::Shl, U256::MAX >> usize::from(b.byte(0))),
        Binary::Shl => (Binary::Shr, U256::MAX << usize::from(b.byte(0))),
        _ => return None,
    };
    let (x, a) = as_binary(function, lhs, inner)?;
    if function.as_word(a)? != b {
        return None;
    }
    let mask = function.word(all);
    Some(Folded::Op(Op::Binary(Binary::And), vec![x, mask]))
}

fn constant_left(
    function: &mut Function,
    op: Binary,
    a: U256,
    lhs: Value,
    rhs: Value,
) -> Option<Folded> {
    if op.commutes() {
        return Some(Folded::Op(Op::Binary(op), vec![rhs, lhs]));
    }
    match op {
        Binary::Div | Binary::Mod | Binary::Shl | Binary::Shr if a.is_zero() => {
            Some(Folded::Value(function.word(U256::ZERO)))
        }
        // c - (x + d) and c - (d - x) have fewer steps with the constants joined.
        Binary::Sub => {
            let (x, d) = as_binary(function, rhs, Binary::Add)?;
            let d = function.as_word(d)?;
            let joined = function.word(a.wrapping_sub(d));
            Some(Folded::Op(Op::Binary(Binary::Sub), vec![joined, x]))
        }
        _ => None,
    }
}

fn no_constant(function: &mut Function, op: Binary, lhs: Value, rhs: Value) -> Option<Folded> {
    if lhs == rhs {
        return match op {
            Binary::Sub | Binary::Xor => Some(Folded::Value(function.word(U256::ZERO))),
            Binary::And | Binary::Or => Some(Folded::Value(lhs)),
            _ => None,
        };
    }
    match op {
        Binary::Add => subtraction_undone(function, lhs, rhs)
            .or_else(|| subtraction_undone(function, rhs, lhs)),
        Binary::Sub => addition_undone(function, lhs, rhs),
        _ => None,
    }
    .map(Folded::Value)
    .or_else(|| constant_outwards(function, op, lhs, rhs))
}

/// `(x - y) + y`.
fn subtraction_undone(function: &Function, lhs: Value, rhs: Value) -> Option<Value> {
    let (x, y) = as_binary(function, lhs, Binary::Sub)?;
    (y == rhs).then_some(x)
}

/// `(x + y) - x`.
fn addition_undone(function: &Function, lhs: Value, rhs: Value) -> Option<Value> {
    let (x, y) = as_binary(function, lhs, Binary::Add)?;
    if x == rhs {
        Some(y)
    } else {
        (y == rhs).then_some(x)
    }
}

/// `(x + c) - x` and `(x + c) - (x + d)`: differences of addresses into the same buffer.
fn constant_outwards(
    function: &mut Function,
    op: Binary,
    lhs: Value,
    rhs: Value,
) -> Option<Folded> {
    if op != Binary::Sub {
        return None;
    }
    let (left, c) = with_offset(function, lhs);
    let (right, d) = with_offset(function, rhs);
    (left == right).then(|| Folded::Value(function.word(c.wrapping_sub(d))))
}

fn with_offset(function: &Function, value: Value) -> (Value, U256) {
    let split = as_binary(function, value, Binary::Add);
    let constant = split.and_then(|(base, offset)| Some((base, function.as_word(offset)?)));
    constant.unwrap_or((value, U256::ZERO))
}
