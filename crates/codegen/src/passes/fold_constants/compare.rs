//! Rules for comparisons, shared by comparison instructions and conditional branches.

use super::{Folded, as_binary, choice, extension, known_comparison};
use crate::ir::{Binary, Cond, InstId, Op, Value};
use crate::passes::known_bits::Known;
use alloy_primitives::{I256, U256};

/// Values at most this wide add up without overflow in the rules below.
const NARROW: usize = 64;
/// Sums and differences of a few values at most this wide are exact signed numbers.
const SMALL: usize = 128;

fn sign_bit() -> U256 {
    U256::from(1) << 255
}

/// Applies one rule to a comparison instruction.
pub(super) fn step(function: &mut Known<'_>, cond: Cond, lhs: Value, rhs: Value) -> Option<Folded> {
    if let Some(known) = known_comparison(function, cond, lhs, rhs) {
        return Some(Folded::Value(function.number(u64::from(known))));
    }
    if cond == Cond::Ne && function.as_word(rhs) == Some(U256::ZERO) && function.width(lhs) <= 1 {
        return Some(Folded::Value(lhs));
    }
    if let Some((cond, lhs, rhs)) = simpler(function, cond, lhs, rhs) {
        return Some(Folded::Op(Op::Compare(cond), vec![lhs, rhs]));
    }
    let Rearranged {
        sums,
        cond,
        lhs,
        rhs,
    } = rearranged(function, cond, lhs, rhs)?;
    Some(Folded::After(sums, Op::Compare(cond), vec![lhs, rhs]))
}

/// An equivalent, simpler comparison.
pub(super) fn simpler(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    rhs: Value,
) -> Option<(Cond, Value, Value)> {
    if function.as_constant(lhs).is_some() && function.as_constant(rhs).is_none() {
        return Some((cond.swap(), rhs, lhs));
    }
    if let Some(found) = bounded_by_mask(function, cond, lhs, rhs)
        .or_else(|| bounded_by_mask(function, cond, rhs, lhs))
        .or_else(|| known_factor(function, cond, lhs, rhs))
        .or_else(|| known_factor(function, cond, rhs, lhs))
        .or_else(|| borrow(function, cond, lhs, rhs))
        .or_else(|| borrow(function, cond.swap(), rhs, lhs))
        .or_else(|| grown(function, cond, lhs, rhs))
        .or_else(|| grown(function, cond.swap(), rhs, lhs))
    {
        return Some(found);
    }
    match function.as_word(rhs) {
        Some(constant) => with_constant(function, cond, lhs, constant, rhs),
        None => without_signs(function, cond, lhs, rhs),
    }
}

fn with_constant(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    constant: U256,
    rhs: Value,
) -> Option<(Cond, Value, Value)> {
    boundary(function, cond, lhs, constant)
        .or_else(|| of_truth_value(function, cond, lhs, constant))
        .or_else(|| choice::compared(function, cond, lhs, constant))
        .or_else(|| sign_of_exclusive_or(function, cond, lhs, constant, rhs))
        .or_else(|| equality(function, cond, lhs, constant, rhs))
        .or_else(|| signed(function, cond, lhs, constant))
        .or_else(|| negative_difference(function, cond, lhs, constant))
        .or_else(|| moved(function, cond, lhs, constant))
        .or_else(|| sign_of_summand(function, cond, lhs, constant))
}

/// `x < 1` and the like are tests against zero; `<=` and `>=` become strict so that equal tests look equal.
fn boundary(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    constant: U256,
) -> Option<(Cond, Value, Value)> {
    let one = U256::from(1);
    let (cond, constant) = match cond {
        Cond::Lt if constant == one => (Cond::Eq, U256::ZERO),
        Cond::Gt if constant.is_zero() => (Cond::Ne, U256::ZERO),
        Cond::Ge if !constant.is_zero() => (Cond::Gt, constant - one),
        Cond::Le if constant != U256::MAX => (Cond::Lt, constant + one),
        _ => return None,
    };
    let constant = function.word(constant);
    Some((cond, lhs, constant))
}

/// Comparing the outcome of a comparison.
fn of_truth_value(
    function: &Known<'_>,
    cond: Cond,
    lhs: Value,
    constant: U256,
) -> Option<(Cond, Value, Value)> {
    let inst = function.def_inst(lhs)?;
    let Op::Compare(inner) = inst.op else {
        return None;
    };
    let holds = match (cond, constant) {
        (Cond::Ne, U256::ZERO) => true,
        (Cond::Eq, U256::ZERO) => false,
        (Cond::Eq, word) if word == U256::from(1) => true,
        (Cond::Ne, word) if word == U256::from(1) => false,
        _ => return None,
    };
    Some((
        if holds { inner } else { inner.negate() },
        inst.args[0],
        inst.args[1],
    ))
}

/// Equality of a difference with zero, of a sum or exclusive or with a constant.
fn equality(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    constant: U256,
    rhs: Value,
) -> Option<(Cond, Value, Value)> {
    if !matches!(cond, Cond::Eq | Cond::Ne) {
        return None;
    }
    if constant.is_zero() {
        let pair =
            as_binary(function, lhs, Binary::Sub).or_else(|| as_binary(function, lhs, Binary::Xor));
        if let Some((a, b)) = pair {
            return Some((cond, a, b));
        }
    }
    if function.width(lhs) <= 1 && constant == U256::from(1) {
        let zero = function.word(U256::ZERO);
        return Some((cond.negate(), lhs, zero));
    }
    let (x, c) = as_binary(function, lhs, Binary::Add)?;
    let c = function.as_word(c)?;
    let moved = function.as_word(rhs)?.wrapping_sub(c);
    let moved = function.word(moved);
    Some((cond, x, moved))
}

/// Whether `x ^ c` is negative depends on the two signs.
fn sign_of_exclusive_or(
    function: &Known<'_>,
    cond: Cond,
    lhs: Value,
    constant: U256,
    rhs: Value,
) -> Option<(Cond, Value, Value)> {
    let asks = match cond {
        Cond::Lt => constant == sign_bit(),
        Cond::Gt => constant == sign_bit() - U256::ONE,
        _ => false,
    };
    let (x, c) = as_binary(function, lhs, Binary::Xor)?;
    let is_positive = !function.as_word(c)?.bit(255);
    (asks && is_positive).then_some((cond, x, rhs))
}

/// `x + y` compares with `x` as `y` with zero, if the sum fits.
fn grown(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    rhs: Value,
) -> Option<(Cond, Value, Value)> {
    let (x, y) = as_binary(function, lhs, Binary::Add)?;
    let other = match rhs {
        rhs if rhs == x => y,
        rhs if rhs == y => x,
        _ => return None,
    };
    function.bound(x).checked_add(function.bound(y))?;
    Some((cond, other, function.number(0)))
}

/// `x < a` or `x > b`, and `x > a` and `x < b`, of signed numbers: a single comparison of `x` less the first number.
pub(super) fn between(
    function: &mut Known<'_>,
    op: Binary,
    lhs: Value,
    rhs: Value,
) -> Option<Folded> {
    let (one, other) = (flipped_bound(function, lhs)?, flipped_bound(function, rhs)?);
    let (below, above) = match (one.cond, other.cond) {
        (Cond::Lt, Cond::Gt) => (one, other),
        (Cond::Gt, Cond::Lt) => (other, one),
        _ => return None,
    };
    if below.value != above.value {
        return None;
    }
    let (first, cond, limit) = match op {
        Binary::Or if below.bound <= above.bound => {
            (below.bound, Cond::Gt, above.bound - below.bound)
        }
        Binary::And if above.bound < below.bound => {
            let first = above.bound + U256::ONE;
            (first, Cond::Lt, below.bound - first)
        }
        _ => return None,
    };
    // The words have the sign bit flipped, which is adding it.
    let offset = function.word(sign_bit().wrapping_sub(first));
    let sum = function.make_inst(Op::Binary(Binary::Add), vec![below.value, offset], 1, 0);
    let args = vec![function.inst(sum).results[0], function.word(limit)];
    Some(Folded::After(vec![sum], Op::Compare(cond), args))
}

/// A comparison of a value with flipped sign bit with a constant.
struct FlippedBound {
    value: Value,
    cond: Cond,
    bound: U256,
}

fn flipped_bound(function: &Known<'_>, comparison: Value) -> Option<FlippedBound> {
    let inst = function.def_inst(comparison)?;
    let Op::Compare(cond) = inst.op else {
        return None;
    };
    let bound = function.as_word(inst.args[1])?;
    let (value, flip) = as_binary(function, inst.args[0], Binary::Xor)?;
    (function.as_word(flip)? == sign_bit()).then_some(FlippedBound { value, cond, bound })
}

/// Signed comparisons arrive as unsigned ones of operands with flipped sign bit. If the operand cannot be negative, or is
/// a narrow value less a narrow constant (`calldatasize() - 4`), the flip is unnecessary.
fn signed(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    constant: U256,
) -> Option<(Cond, Value, Value)> {
    let (x, flip) = as_binary(function, lhs, Binary::Xor)?;
    if function.as_word(flip)? != sign_bit() {
        return None;
    }
    if constant == sign_bit() {
        let smallest = function.word(sign_bit());
        return match cond {
            Cond::Lt => Some((Cond::Ge, x, smallest)),
            Cond::Ge => Some((Cond::Lt, x, smallest)),
            _ => None,
        };
    }
    if function.width(x) <= 255 && constant > sign_bit() {
        let constant = function.word(constant ^ sign_bit());
        return Some((cond, x, constant));
    }
    narrow_difference(function, cond, x, constant ^ sign_bit())
}

/// `y - c < limit`, signed, is `y < limit + c` if nothing can overflow.
fn narrow_difference(
    function: &mut Known<'_>,
    cond: Cond,
    x: Value,
    limit: U256,
) -> Option<(Cond, Value, Value)> {
    let (y, c) = as_binary(function, x, Binary::Add)?;
    let c = function.as_word(c)?.wrapping_neg();
    if !matches!(cond, Cond::Lt | Cond::Gt | Cond::Ge | Cond::Le) {
        return None;
    }
    let narrow = function.width(y) <= NARROW && c.bit_len() <= NARROW && limit.bit_len() <= NARROW;
    narrow.then(|| (cond, y, function.word(limit + c)))
}

/// Where `x + c` is no negative number, it is less than `c` if `x` is negative.
fn sign_of_summand(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    constant: U256,
) -> Option<(Cond, Value, Value)> {
    let (x, c) = as_binary(function, lhs, Binary::Add)?;
    let range = function.range(x);
    let natural = I256::from_raw(constant);
    let fits =
        range.min.checked_add(natural)? >= I256::ZERO && range.max.checked_add(natural).is_some();
    if function.as_word(c)? != constant || constant > sign_bit() - U256::ONE || !fits {
        return None;
    }
    match cond {
        Cond::Lt => Some((Cond::Ge, x, function.word(sign_bit()))),
        Cond::Ge => Some((Cond::Lt, x, function.word(sign_bit()))),
        _ => None,
    }
}

/// `x + c` compares with a constant as `x` with their difference, if all such sums wrap or none does. Only a sum that nothing
/// else needs is worth it.
fn moved(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    constant: U256,
) -> Option<(Cond, Value, Value)> {
    let (x, c) = as_binary(function, lhs, Binary::Add)?;
    let c = function.as_word(c)?;
    if !function.is_used_once(lhs) {
        return None;
    }
    let range = function.range(x);
    let wraps = range.low.checked_add(c).is_none();
    let (difference, borrows) = constant.overflowing_sub(c);
    let all_alike = range.high.checked_add(c).is_none() == wraps;
    (all_alike && borrows == wraps).then(|| (cond, x, function.word(difference)))
}

/// A comparison of sums that have to be computed first.
pub(super) struct Rearranged {
    pub(super) sums: Vec<InstId>,
    pub(super) cond: Cond,
    pub(super) lhs: Value,
    pub(super) rhs: Value,
}

/// `plus - minus + constant`, all small enough that the sum is what a signed number of the machine says.
#[derive(Clone, Copy, Default)]
struct Difference {
    plus: Option<Value>,
    minus: Option<Value>,
    constant: U256,
}

/// A signed comparison of differences is an unsigned one of sums: `y - x < c` is `y < x + c`. solc compares what is left
/// of the calldata behind an offset so.
pub(super) fn rearranged(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    rhs: Value,
) -> Option<Rearranged> {
    if matches!(cond, Cond::Eq | Cond::Ne) {
        return is_narrow(function, cond, lhs, rhs).or_else(|| is_narrow(function, cond, rhs, lhs));
    }
    let (l, r) = (
        flipped_difference(function, lhs)?,
        flipped_difference(function, rhs)?,
    );
    let constant = l.constant.wrapping_sub(r.constant);
    let (more, less) = if constant.bit(255) {
        (U256::ZERO, constant.wrapping_neg())
    } else {
        (constant, U256::ZERO)
    };
    let mut sums = Vec::new();
    let lhs = sum(function, &mut sums, [l.plus, r.minus], more);
    let rhs = sum(function, &mut sums, [r.plus, l.minus], less);
    (sums.len() <= 2).then_some(Rearranged {
        sums,
        cond,
        lhs,
        rhs,
    })
}

/// A number equals its own sign extension if it is narrow.
fn is_narrow(function: &mut Known<'_>, cond: Cond, lhs: Value, rhs: Value) -> Option<Rearranged> {
    let (offset, largest) = extension::of_itself(function, lhs, rhs)?;
    let args = vec![lhs, function.word(offset)];
    let sum = function.make_inst(Op::Binary(Binary::Add), args, 1, 0);
    let lhs = function.inst(sum).results[0];
    let (cond, lhs, rhs) = at_most(function, cond, lhs, largest)?;
    Some(Rearranged {
        sums: vec![sum],
        cond,
        lhs,
        rhs,
    })
}

fn sum(
    function: &mut Known<'_>,
    sums: &mut Vec<InstId>,
    parts: [Option<Value>; 2],
    constant: U256,
) -> Value {
    let constant = (!constant.is_zero()).then(|| function.word(constant));
    let mut parts = parts.into_iter().chain([constant]).flatten();
    let Some(mut total) = parts.next() else {
        return function.number(0);
    };
    for part in parts {
        let inst = function.make_inst(Op::Binary(Binary::Add), vec![total, part], 1, 0);
        sums.push(inst);
        total = function.inst(inst).results[0];
    }
    total
}

/// The difference behind a value whose sign bit is flipped.
fn flipped_difference(function: &Known<'_>, value: Value) -> Option<Difference> {
    if let Some(word) = function.as_word(value) {
        let constant = word ^ sign_bit();
        return is_small(constant).then_some(Difference {
            constant,
            ..Difference::default()
        });
    }
    let (x, flip) = as_binary(function, value, Binary::Xor)?;
    (function.as_word(flip)? == sign_bit()).then_some(())?;
    difference(function, x)
}

/// A difference that is needed for other things, too, is better compared than taken apart.
fn difference(function: &Known<'_>, value: Value) -> Option<Difference> {
    if let Some((x, y)) = as_binary(function, value, Binary::Sub)
        && function.is_used_once(value)
    {
        let (x, y) = (summand(function, x)?, summand(function, y)?);
        return Some(Difference {
            plus: x.plus,
            minus: y.plus,
            constant: x.constant.wrapping_sub(y.constant),
        });
    }
    if let Some((x, c)) = as_binary(function, value, Binary::Add)
        && let Some(c) = function.as_word(c).filter(|&c| is_small(c))
        && let Some((x, y)) = as_binary(function, x, Binary::Sub)
    {
        let (x, y) = (summand(function, x)?, summand(function, y)?);
        return Some(Difference {
            plus: x.plus,
            minus: y.plus,
            constant: c.wrapping_add(x.constant).wrapping_sub(y.constant),
        });
    }
    summand(function, value)
}

/// A small value, with or without a constant added.
fn summand(function: &Known<'_>, value: Value) -> Option<Difference> {
    if let Some(constant) = function.as_word(value) {
        return is_small(constant).then_some(Difference {
            constant,
            ..Difference::default()
        });
    }
    if let Some((x, c)) = as_binary(function, value, Binary::Add)
        && let Some(c) = function.as_word(c).filter(|&c| is_small(c))
        && function.width(x) <= SMALL
    {
        return Some(Difference {
            plus: Some(x),
            minus: None,
            constant: c,
        });
    }
    (function.width(value) <= SMALL).then_some(Difference {
        plus: Some(value),
        ..Difference::default()
    })
}

/// Whether a constant is a small number, possibly negative.
fn is_small(constant: U256) -> bool {
    constant.bit_len() <= SMALL || constant.wrapping_neg().bit_len() <= SMALL
}

/// `y - c < 0`, signed, by now compared with the largest positive number.
fn negative_difference(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    constant: U256,
) -> Option<(Cond, Value, Value)> {
    let cond = match cond {
        Cond::Gt if constant == sign_bit() - U256::from(1) => Cond::Lt,
        Cond::Lt if constant == sign_bit() => Cond::Ge,
        _ => return None,
    };
    let (y, c) = as_binary(function, lhs, Binary::Add)?;
    let c = function.as_word(c)?.wrapping_neg();
    let narrow = function.width(y) <= NARROW && c.bit_len() <= NARROW;
    narrow.then(|| (cond, y, function.word(c)))
}

/// Both sign bits flipped, both operands nonnegative.
fn without_signs(
    function: &Known<'_>,
    cond: Cond,
    lhs: Value,
    rhs: Value,
) -> Option<(Cond, Value, Value)> {
    let (x, a) = as_binary(function, lhs, Binary::Xor)?;
    let (y, b) = as_binary(function, rhs, Binary::Xor)?;
    let flipped = function.as_word(a)? == sign_bit() && function.as_word(b)? == sign_bit();
    let equality = matches!(cond, Cond::Eq | Cond::Ne);
    (flipped && (equality || function.width(x).max(function.width(y)) <= 255))
        .then_some((cond, x, y))
}

/// `x == x & mask` with a mask of low ones says that `x` does not exceed the mask.
fn bounded_by_mask(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    rhs: Value,
) -> Option<(Cond, Value, Value)> {
    let (x, mask) = as_binary(function, rhs, Binary::And)?;
    let mask = function.as_word(mask)?;
    let low_ones = mask.trailing_ones() == mask.bit_len() && mask != U256::MAX;
    at_most(function, cond, lhs, mask).filter(|_| x == lhs && low_ones)
}

/// `y == (y * c) / c`, solc's test that a product with a known factor fits.
fn known_factor(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    rhs: Value,
) -> Option<(Cond, Value, Value)> {
    let (product, divisor) = as_binary(function, rhs, Binary::Div)?;
    let (x, factor) = as_binary(function, product, Binary::Mul)?;
    let factor = function
        .as_word(factor)
        .filter(|factor| !factor.is_zero())?;
    let fits = x == lhs && function.as_word(divisor) == Some(factor);
    at_most(function, cond, lhs, U256::MAX / factor).filter(|_| fits)
}

/// The comparison with a bound that an (in)equality stands for.
fn at_most(
    function: &mut Known<'_>,
    cond: Cond,
    value: Value,
    bound: U256,
) -> Option<(Cond, Value, Value)> {
    let bound = function.word(bound);
    match cond {
        Cond::Eq => Some((Cond::Le, value, bound)),
        Cond::Ne => Some((Cond::Gt, value, bound)),
        _ => None,
    }
}

/// `x - y > x` asks whether the subtraction borrows, `x < y`; with a constant it is spelled `x + (-c) > x`.
fn borrow(
    function: &mut Known<'_>,
    cond: Cond,
    lhs: Value,
    rhs: Value,
) -> Option<(Cond, Value, Value)> {
    let (x, y) = match as_binary(function, lhs, Binary::Sub) {
        Some(pair) => pair,
        None => {
            let (x, negative) = as_binary(function, lhs, Binary::Add)?;
            let negative = function.as_word(negative).filter(|word| !word.is_zero())?;
            (x, function.word(negative.wrapping_neg()))
        }
    };
    match cond {
        Cond::Gt if x == rhs => Some((Cond::Lt, x, y)),
        Cond::Le if x == rhs => Some((Cond::Ge, x, y)),
        _ => None,
    }
}
