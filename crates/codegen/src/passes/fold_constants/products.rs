//! The high word of a product, which Solidity code computes by way of a remainder.

use super::as_binary;
use crate::builtin::Builtin;
use crate::ir::{Binary, Cond, Op, Value};
use crate::passes::known_bits::Known;
use alloy_primitives::U256;

/// The factors, if a difference is the high word of their product.
///
/// With `m = x * y mod (2^256 - 1)` and the low word `l`, the high word is `m - l`, less one if `m < l`: the product is
/// congruent to the sum of its two words. It is written `(m - l) - (m < l)` or `m - (l + (m < l))`.
pub(super) fn high_word(function: &Known<'_>, lhs: Value, rhs: Value) -> Option<(Value, Value)> {
    if let Some((m, l)) = as_binary(function, lhs, Binary::Sub)
        && is_less(function, rhs, m, l)
    {
        return factors(function, m, l);
    }
    let (a, b) = as_binary(function, rhs, Binary::Add)?;
    [(a, b), (b, a)]
        .into_iter()
        .find(|&(l, less)| is_less(function, less, lhs, l))
        .and_then(|(l, _)| factors(function, lhs, l))
}

/// Whether the value says that `m` is less than `l`.
fn is_less(function: &Known<'_>, value: Value, m: Value, l: Value) -> bool {
    function.def_inst(value).is_some_and(|inst| match inst.op {
        Op::Compare(Cond::Lt) => inst.args == [m, l],
        Op::Compare(Cond::Gt) => inst.args == [l, m],
        _ => false,
    })
}

/// The factors of the low word `l` if `m` is the remainder of the same product.
fn factors(function: &Known<'_>, m: Value, l: Value) -> Option<(Value, Value)> {
    let remainder = function.def_inst(m)?;
    let [a, b, modulus] = remainder.args[..] else {
        return None;
    };
    let is_remainder = remainder.op == Op::Builtin(Builtin::MulMod)
        && function.as_word(modulus) == Some(U256::MAX);
    [(a, b), (b, a)]
        .into_iter()
        .find(|&(x, y)| is_remainder && is_product(function, l, x, y))
}

/// Whether a value is the product of two others; that with a power of two is a shift by now.
fn is_product(function: &Known<'_>, value: Value, x: Value, y: Value) -> bool {
    if let Some((value, places)) = as_binary(function, value, Binary::Shl) {
        let power = function.as_word(places).map(|places| places.byte(0));
        let power = power.map(|places| U256::ONE << usize::from(places));
        return value == x && power.is_some() && function.as_word(y) == power;
    }
    as_binary(function, value, Binary::Mul) == Some((x, y))
}
