//! The machine's arithmetic on known words.

use super::{Binary, Cond};
use alloy_primitives::U256;

/// Result of an operation; shift amounts count modulo 256, division by zero gives zero.
pub(crate) fn evaluate(op: Binary, a: U256, b: U256) -> U256 {
    let amount = b.byte(0) as usize;
    match op {
        Binary::Add => a.wrapping_add(b),
        Binary::Sub => a.wrapping_sub(b),
        Binary::Mul => a.wrapping_mul(b),
        Binary::MulHigh => mul_high(a, b),
        Binary::Div => a.checked_div(b).unwrap_or_default(),
        Binary::Mod => a.checked_rem(b).unwrap_or_default(),
        Binary::And => a & b,
        Binary::Or => a | b,
        Binary::Xor => a ^ b,
        Binary::Shl => a << amount,
        Binary::Shr => a >> amount,
    }
}

fn mul_high(a: U256, b: U256) -> U256 {
    let wide: alloy_primitives::U512 = a.widening_mul(b);
    let [_, _, _, _, l0, l1, l2, l3] = *wide.as_limbs();
    U256::from_limbs([l0, l1, l2, l3])
}

/// Whether the condition holds between two words.
pub(crate) fn compare(cond: Cond, a: U256, b: U256) -> bool {
    match cond {
        Cond::Eq => a == b,
        Cond::Ne => a != b,
        Cond::Lt => a < b,
        Cond::Ge => a >= b,
        Cond::Gt => a > b,
        Cond::Le => a <= b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn high_product_of_all_ones() {
        assert_eq!(
            evaluate(Binary::MulHigh, U256::MAX, U256::MAX),
            U256::MAX - U256::from(1)
        );
    }

    #[test]
    fn shifts_count_modulo_256_and_division_by_zero_gives_zero() {
        let three = U256::from(3);
        assert_eq!(evaluate(Binary::Shl, three, U256::from(256)), three);
        assert_eq!(evaluate(Binary::Div, three, U256::ZERO), U256::ZERO);
        assert_eq!(evaluate(Binary::Mod, three, U256::ZERO), U256::ZERO);
    }

    #[test]
    fn comparisons_are_unsigned_and_negations_are_exact() {
        let words = [U256::ZERO, U256::from(1), U256::MAX];
        let all = [Cond::Eq, Cond::Ne, Cond::Lt, Cond::Ge, Cond::Gt, Cond::Le];
        for (a, b) in words.iter().flat_map(|&a| words.map(|b| (a, b))) {
            let holds = all.map(|cond| compare(cond, a, b));
            assert_eq!(holds, [a == b, a != b, a < b, a >= b, a > b, a <= b]);
            for cond in all {
                assert_ne!(compare(cond, a, b), compare(cond.negate(), a, b));
                assert_eq!(compare(cond, a, b), compare(cond.swap(), b, a));
            }
        }
    }
}
