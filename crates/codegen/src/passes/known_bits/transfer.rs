//! Where the result of arithmetic lies, given where its operands lie.

use crate::ir::{Binary, Range, evaluate};
use alloy_primitives::{I256, U256};

/// A word of this many low ones.
pub(super) fn low_ones(width: usize) -> U256 {
    U256::MAX >> (256 - width.min(256))
}

/// The range of `a op b`.
pub(super) fn binary(op: Binary, a: Range, b: Range) -> Range {
    // Most words are unknown, and nothing comes of them.
    if a == Range::ALL && b == Range::ALL {
        return Range::ALL;
    }
    match op {
        Binary::Add => add(a, b),
        Binary::Sub => sub(a, b),
        Binary::Mul => mul(a, b),
        Binary::MulHigh => both_ways(op, a, b),
        Binary::Div if b.low.is_zero() => Range::at_most(a.high),
        Binary::Div => Range::unsigned(a.low / b.high, a.high / b.low),
        Binary::Mod if a.high < b.low => a,
        Binary::Mod => Range::at_most(a.high.min(b.high.saturating_sub(U256::ONE))),
        Binary::And => narrowed(Range::at_most(a.high.min(b.high)), bitwise(a, b)),
        Binary::Or => {
            let high = low_ones(a.high.bit_len().max(b.high.bit_len()));
            narrowed(Range::unsigned(a.low.max(b.low), high), bitwise(a, b))
        }
        Binary::Xor => xor(a, b),
        Binary::Shl => shl(a, b),
        Binary::Shr => shr(a, b),
    }
}

/// What both ranges say of the same word.
fn narrowed(one: Range, other: Range) -> Range {
    one.intersection(other).unwrap_or(one)
}

/// An operation that grows with both operands.
fn both_ways(op: Binary, a: Range, b: Range) -> Range {
    Range::unsigned(evaluate(op, a.low, b.low), evaluate(op, a.high, b.high))
}

fn add(a: Range, b: Range) -> Range {
    let (low, first) = a.low.overflowing_add(b.low);
    let (high, last) = a.high.overflowing_add(b.high);
    // Either no sum wraps, or all do.
    let unsigned = match first == last {
        true => Range::unsigned(low, high),
        false => Range::ALL,
    };
    let signed = match (a.min.checked_add(b.min), a.max.checked_add(b.max)) {
        (Some(min), Some(max)) => Range::signed(min, max),
        _ => Range::ALL,
    };
    narrowed(unsigned, signed)
}

fn sub(a: Range, b: Range) -> Range {
    let (low, first) = a.low.overflowing_sub(b.high);
    let (high, last) = a.high.overflowing_sub(b.low);
    let unsigned = match first == last {
        true => Range::unsigned(low, high),
        false => Range::ALL,
    };
    let signed = match (a.min.checked_sub(b.max), a.max.checked_sub(b.min)) {
        (Some(min), Some(max)) => Range::signed(min, max),
        _ => Range::ALL,
    };
    narrowed(unsigned, signed)
}

fn mul(a: Range, b: Range) -> Range {
    let unsigned = match a.high.checked_mul(b.high) {
        Some(high) => Range::unsigned(a.low * b.low, high),
        None => Range::ALL,
    };
    let ends = [
        (a.min, b.min),
        (a.min, b.max),
        (a.max, b.min),
        (a.max, b.max),
    ];
    let products = ends.map(|(x, y)| x.checked_mul(y));
    let smallest = products.iter().flatten().min().copied();
    let largest = products.iter().flatten().max().copied();
    match (products.iter().all(Option::is_some), smallest, largest) {
        (true, Some(min), Some(max)) => narrowed(unsigned, Range::signed(min, max)),
        _ => unsigned,
    }
}

/// Bits that copy the sign stay copies of the result's sign.
fn bitwise(a: Range, b: Range) -> Range {
    let magnitude = |end: I256| match end.is_negative() {
        true => !end.into_raw(),
        false => end.into_raw(),
    };
    let ends = [a.min, a.max, b.min, b.max].map(magnitude);
    let width = ends.iter().map(U256::bit_len).max().unwrap_or(256);
    let max = low_ones(width);
    Range::signed(I256::from_raw(!max), I256::from_raw(max))
}

fn xor(a: Range, b: Range) -> Range {
    let sign = U256::ONE << 255;
    if b == Range::word(sign) {
        return Range::unsigned(a.min.into_raw() ^ sign, a.max.into_raw() ^ sign);
    }
    if b == Range::word(U256::MAX) {
        return narrowed(
            Range::unsigned(!a.high, !a.low),
            Range::signed(
                I256::from_raw(!a.max.into_raw()),
                I256::from_raw(!a.min.into_raw()),
            ),
        );
    }
    let high = low_ones(a.high.bit_len().max(b.high.bit_len()));
    narrowed(Range::at_most(high), bitwise(a, b))
}

/// The amounts of a shift, if none counts modulo 256.
fn amounts(b: Range) -> Option<(usize, usize)> {
    (b.high < U256::from(256)).then(|| (usize::from(b.low.byte(0)), usize::from(b.high.byte(0))))
}

fn shl(a: Range, b: Range) -> Range {
    match amounts(b) {
        Some((least, most)) if a.high.bit_len() + most <= 256 => {
            Range::unsigned(a.low << least, a.high << most)
        }
        _ => Range::ALL,
    }
}

fn shr(a: Range, b: Range) -> Range {
    match amounts(b) {
        Some((least, most)) => Range::unsigned(a.low >> most, a.high >> least),
        None => Range::at_most(a.high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPS: [Binary; 11] = [
        Binary::Add,
        Binary::Sub,
        Binary::Mul,
        Binary::MulHigh,
        Binary::Div,
        Binary::Mod,
        Binary::And,
        Binary::Or,
        Binary::Xor,
        Binary::Shl,
        Binary::Shr,
    ];

    /// Words about the ends of both number lines.
    fn interesting() -> Vec<U256> {
        let mut words: Vec<U256> = (0..4).map(U256::from).collect();
        for width in [8, 64, 128, 255] {
            let power = U256::ONE << width;
            words.extend([power - U256::ONE, power, power + U256::ONE]);
        }
        let negative: Vec<U256> = words.iter().map(|word| word.wrapping_neg()).collect();
        words.extend(negative);
        words
    }

    /// Ranges between neighbouring words, and those with a few in between.
    fn ranges(words: &[U256]) -> Vec<(Range, Vec<U256>)> {
        let mut ranges = Vec::new();
        for (at, &one) in words.iter().enumerate() {
            for &other in words.iter().skip(at).step_by(3) {
                let range = Range::word(one).union(Range::word(other));
                let inside = words.iter().copied().filter(|&word| range.has(word));
                ranges.push((range, inside.collect()));
            }
        }
        ranges
    }

    #[test]
    fn results_lie_where_they_are_expected() {
        let all = ranges(&interesting());
        for op in OPS {
            for (a, left) in &all {
                for (b, right) in all.iter().step_by(2) {
                    let range = binary(op, *a, *b);
                    for &x in left.iter().step_by(2) {
                        for &y in right {
                            let result = evaluate(op, x, y);
                            assert!(
                                range.has(result),
                                "{op:?} of {x:#x} in {a:?} and {y:#x} in {b:?}: {result:#x}, not in {range:?}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn sums_and_products_of_signed_numbers_are_narrow() {
        let wide = |width: usize| {
            let max = low_ones(width - 1);
            Range::signed(I256::from_raw(!max), I256::from_raw(max))
        };
        assert!(wide(65).contains(binary(Binary::Sub, wide(64), wide(64))));
        assert!(wide(40).contains(binary(Binary::Mul, wide(20), wide(20))));
        assert!(wide(64).contains(binary(Binary::Xor, wide(64), wide(32))));
    }

    #[test]
    fn a_sum_that_always_wraps_is_a_difference() {
        let eight = Range::unsigned(U256::from(8), U256::from(256));
        let minus_one = Range::word(U256::MAX);
        let less = Range::unsigned(U256::from(7), U256::from(255));
        assert_eq!(binary(Binary::Add, eight, minus_one), less);
    }
}
