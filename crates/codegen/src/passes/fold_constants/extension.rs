//! Rules for sign extension, which arrives as `((x & (2s - 1)) ^ s) - s` with the sign bit `s` of the narrow number, and for
//! the bits that cutting a number leaves unread.

use super::as_binary;
use crate::ir::{Binary, Range, Value};
use crate::passes::known_bits::Known;
use alloy_primitives::{I256, U256};

/// Extends `inner`, of which only the bits up to `sign` count.
struct Extension {
    inner: Value,
    sign: U256,
}

fn extension(function: &Known<'_>, value: Value) -> Option<Extension> {
    let (flipped, minus) = as_binary(function, value, Binary::Add)?;
    let sign = function.as_word(minus)?.wrapping_neg();
    let (inner, flip) = as_binary(function, flipped, Binary::Xor)?;
    let is_extension = sign.is_power_of_two() && function.as_word(flip)? == sign;
    let is_narrow = || function.bound(inner) <= ones_from(sign);
    (is_extension && is_narrow()).then_some(Extension { inner, sign })
}

/// The sign bit and all bits below.
fn ones_from(sign: U256) -> U256 {
    sign | (sign - U256::ONE)
}

/// The numbers that the extension leaves as they are.
fn narrow(sign: U256) -> Range {
    let min = sign.wrapping_neg();
    Range::signed(I256::from_raw(min), I256::from_raw(!min))
}

/// What a superfluous extension leaves as it is.
pub(super) fn superfluous(function: &Known<'_>, value: Value) -> Option<Value> {
    let Extension { inner, sign } = extension(function, value)?;
    if function.bound(inner) < sign {
        return Some(inner);
    }
    let uncut = uncut(function, inner, sign)?;
    narrow(sign)
        .contains(function.range(uncut))
        .then_some(uncut)
}

/// `x` if `(x & (2s - 1)) ^ s` is `x + s`: what is left of an extension whose subtraction has become part of something else.
pub(super) fn uncut_sum(function: &Known<'_>, cut: Value, sign: U256) -> Option<Value> {
    if !sign.is_power_of_two() {
        return None;
    }
    let uncut = uncut(function, cut, sign)?;
    narrow(sign)
        .contains(function.range(uncut))
        .then_some(uncut)
}

/// `x` of `x & (2s - 1)`.
fn uncut(function: &Known<'_>, value: Value, sign: U256) -> Option<Value> {
    let (x, mask) = as_binary(function, value, Binary::And)?;
    (function.as_word(mask)? == ones_from(sign)).then_some(x)
}

/// A sum and its largest word, if `lhs` equals `rhs`, its own extension, exactly when the sum is no larger: `x + s < 2s`.
pub(super) fn of_itself(function: &Known<'_>, lhs: Value, rhs: Value) -> Option<(U256, U256)> {
    let Extension { inner, sign } = extension(function, rhs)?;
    let is_same = uncut(function, inner, sign)? == lhs;
    is_same.then(|| (sign, ones_from(sign)))
}

/// Shifting a signed number right is adding the sign bit, shifting, and taking off what that has become; where the number is
/// not negative, the plain shift.
pub(super) fn plain_shift(
    function: &Known<'_>,
    shifted: Value,
    offset: U256,
) -> Option<(Value, Value)> {
    let sign = U256::ONE << 255;
    let (flipped, amount) = as_binary(function, shifted, Binary::Shr)?;
    let places = usize::from(function.as_word(amount)?.byte(0));
    let (x, flip) = as_binary(function, flipped, Binary::Xor)?;
    let less: U256 = sign >> places;
    let undone = offset == less.wrapping_neg();
    let fits = function.as_word(flip)? == sign && function.bound(x) < sign;
    (undone && fits).then_some((x, amount))
}

/// Something simpler with the same low bits.
pub(super) fn low_bits(function: &Known<'_>, value: Value, count: usize) -> Option<Value> {
    if let Some((x, mask)) = as_binary(function, value, Binary::And)
        && function.as_word(mask)?.trailing_ones() >= count
    {
        return Some(x);
    }
    let Extension { inner, sign } = extension(function, value)?;
    (count <= sign.bit_len()).then_some(inner)
}
