//! Rules for arithmetic. Constants go to the right, subtraction of a constant becomes addition.

use super::{Folded, as_binary, choice, compare, extension, products};
use crate::ir::{Binary, Cond, Op, Value, evaluate};
use crate::passes::known_bits::Known;
use alloy_primitives::U256;

/// Applies one rule.
pub(super) fn step(function: &mut Known<'_>, op: Binary, lhs: Value, rhs: Value) -> Option<Folded> {
    match (function.as_word(lhs), function.as_word(rhs)) {
        (Some(a), Some(b)) => Some(Folded::Value(function.word(evaluate(op, a, b)))),
        (None, Some(b)) => constant_right(function, op, lhs, b),
        (Some(a), None) => constant_left(function, op, a, lhs, rhs),
        (None, None) => no_constant(function, op, lhs, rhs),
    }
    .or_else(|| choice::of_truth_value(function, op, lhs, rhs))
}

fn constant_right(function: &mut Known<'_>, op: Binary, lhs: Value, b: U256) -> Option<Folded> {
    identity(function, op, lhs, b)
        .map(Folded::Value)
        .or_else(|| {
            let x = extension::uncut_sum(function, lhs, b).filter(|_| op == Binary::Xor)?;
            let sign = function.word(b);
            Some(Folded::Op(Op::Binary(Binary::Add), vec![x, sign]))
        })
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
            _ => unread_bits(function, op, lhs, b).or_else(|| reassociate(function, op, lhs, b)),
        })
}

/// A mask or shift to the left does not see the high bits of its operand, whatever was done to them; a shift to the right does not
/// see what a mask did to the low ones.
fn unread_bits(function: &mut Known<'_>, op: Binary, lhs: Value, b: U256) -> Option<Folded> {
    if op == Binary::Shr
        && let Some((x, mask)) = as_binary(function, lhs, Binary::And)
        && (!function.as_word(mask)?).bit_len() <= usize::from(b.byte(0))
    {
        let operand = function.word(b);
        return Some(Folded::Op(Op::Binary(op), vec![x, operand]));
    }
    let count = match op {
        Binary::And => b.bit_len(),
        Binary::Shl => 256 - usize::from(b.byte(0)),
        _ => return None,
    };
    let simpler = extension::low_bits(function, lhs, count)?;
    let operand = function.word(b);
    Some(Folded::Op(Op::Binary(op), vec![simpler, operand]))
}

/// Operands that change nothing or decide the result.
fn identity(function: &mut Known<'_>, op: Binary, lhs: Value, b: U256) -> Option<Value> {
    let zero = |function: &mut Known<'_>| Some(function.word(U256::ZERO));
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
        Binary::And => mask(function, lhs, b).or_else(|| before_sign_extension(function, lhs, b)),
        Binary::Shr if usize::from(b.byte(0)) >= function.width(lhs) && b <= U256::from(255) => {
            zero(function)
        }
        _ => None,
    }
}

/// A mask of low ones does nothing to a value that is not wider.
fn mask(function: &mut Known<'_>, lhs: Value, b: U256) -> Option<Value> {
    let ones = b.trailing_ones();
    (function.width(lhs) <= ones).then_some(lhs)
}

/// The low bits of a number whose sign was extended, `(x ^ s) - s`, are the number before that.
fn before_sign_extension(function: &Known<'_>, lhs: Value, mask: U256) -> Option<Value> {
    let sign: U256 = (mask >> 1) + U256::from(1);
    let (flipped, negative) = as_binary(function, lhs, Binary::Add)?;
    let (x, flip) = as_binary(function, flipped, Binary::Xor)?;
    let extends = function.as_word(flip)? == sign
        && function.as_word(negative)? == sign.wrapping_neg()
        && mask.trailing_ones() == mask.bit_len()
        && function.width(x) <= mask.bit_len();
    extends.then_some(x)
}

fn power_of_two(function: &mut Known<'_>, op: Binary, lhs: Value, b: U256) -> Option<Folded> {
    let (op, operand) = match op {
        Binary::Mul => (Binary::Shl, U256::from(b.trailing_zeros())),
        Binary::Div => (Binary::Shr, U256::from(b.trailing_zeros())),
        _ => (Binary::And, b - U256::from(1)),
    };
    let operand = function.word(operand);
    Some(Folded::Op(Op::Binary(op), vec![lhs, operand]))
}

/// `(x op a) op b` with both constants known.
fn reassociate(function: &mut Known<'_>, op: Binary, lhs: Value, b: U256) -> Option<Folded> {
    if let Some(folded) = shift_back(function, op, lhs, b) {
        return Some(folded);
    }
    if let Some(folded) = without_sign_bit(function, op, lhs, b) {
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

/// Flipping the sign bit is adding it: that joins other summands. Shifts of numbers that are not negative need it not.
fn without_sign_bit(function: &mut Known<'_>, op: Binary, lhs: Value, b: U256) -> Option<Folded> {
    if op != Binary::Add {
        return None;
    }
    if let Some((x, amount)) = extension::plain_shift(function, lhs, b) {
        return Some(Folded::Op(Op::Binary(Binary::Shr), vec![x, amount]));
    }
    let (x, flip) = as_binary(function, lhs, Binary::Xor)?;
    let sign = U256::ONE << 255;
    if function.as_word(flip)? != sign {
        return None;
    }
    let joined = function.word(b.wrapping_add(sign));
    Some(Folded::Op(Op::Binary(Binary::Add), vec![x, joined]))
}

/// `(x << n) >> n` is a mask; `(x >> n) << n` too.
fn shift_back(function: &mut Known<'_>, op: Binary, lhs: Value, b: U256) -> Option<Folded> {
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
    function: &mut Known<'_>,
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

fn no_constant(function: &mut Known<'_>, op: Binary, lhs: Value, rhs: Value) -> Option<Folded> {
    if lhs == rhs {
        return match op {
            Binary::Sub | Binary::Xor => Some(Folded::Value(function.word(U256::ZERO))),
            Binary::And | Binary::Or => Some(Folded::Value(lhs)),
            _ => None,
        };
    }
    if op == Binary::Or
        && let Some((x, y)) =
            checked_product(function, lhs, rhs).or_else(|| checked_product(function, rhs, lhs))
    {
        let high = function.make_inst(Op::Binary(Binary::MulHigh), vec![x, y], 1, 0);
        let args = vec![function.inst(high).results[0], function.word(U256::ZERO)];
        return Some(Folded::After(vec![high], Op::Compare(Cond::Eq), args));
    }
    if op == Binary::Sub
        && let Some((x, y)) = products::high_word(function, lhs, rhs)
    {
        return Some(Folded::Op(Op::Binary(Binary::MulHigh), vec![x, y]));
    }
    if matches!(op, Binary::And | Binary::Or)
        && let Some(folded) = compare::between(function, op, lhs, rhs)
    {
        return Some(folded);
    }
    // Amounts of shifts count modulo 256.
    if matches!(op, Binary::Shl | Binary::Shr)
        && let Some(amount) = extension::low_bits(function, rhs, 8)
    {
        return Some(Folded::Op(Op::Binary(op), vec![lhs, amount]));
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

/// The factors in `x == 0 || y == (x * y) / x`, solc's test that a product fits: its high word is zero.
fn checked_product(
    function: &Known<'_>,
    zero_test: Value,
    division_test: Value,
) -> Option<(Value, Value)> {
    let (x, zero) = as_equality(function, zero_test)?;
    let (a, b) = as_equality(function, division_test)?;
    if !function.as_word(zero)?.is_zero() {
        return None;
    }
    let undone = |quotient: Value, y: Value| {
        let (product, divisor) = as_binary(function, quotient, Binary::Div)?;
        let (p, q) = as_binary(function, product, Binary::Mul)?;
        (divisor == x && ((p, q) == (x, y) || (q, p) == (x, y))).then_some((p, q))
    };
    undone(a, b).or_else(|| undone(b, a))
}

fn as_equality(function: &Known<'_>, value: Value) -> Option<(Value, Value)> {
    let inst = function.def_inst(value)?;
    (inst.op == Op::Compare(Cond::Eq)).then(|| (inst.args[0], inst.args[1]))
}

/// `(x - y) + y`.
fn subtraction_undone(function: &Known<'_>, lhs: Value, rhs: Value) -> Option<Value> {
    let (x, y) = as_binary(function, lhs, Binary::Sub)?;
    (y == rhs).then_some(x)
}

/// `(x + y) - x`.
fn addition_undone(function: &Known<'_>, lhs: Value, rhs: Value) -> Option<Value> {
    let (x, y) = as_binary(function, lhs, Binary::Add)?;
    if x == rhs {
        Some(y)
    } else {
        (y == rhs).then_some(x)
    }
}

/// `(x + c) - x` and `(x + c) - (x + d)`: differences of addresses into the same buffer.
fn constant_outwards(
    function: &mut Known<'_>,
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

fn with_offset(function: &Known<'_>, value: Value) -> (Value, U256) {
    let split = as_binary(function, value, Binary::Add);
    let constant = split.and_then(|(base, offset)| Some((base, function.as_word(offset)?)));
    constant.unwrap_or((value, U256::ZERO))
}
