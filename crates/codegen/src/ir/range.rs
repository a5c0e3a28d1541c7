//! Where a word lies, read as an unsigned and as a signed number.

use alloy_primitives::{I256, U256};
use std::fmt::{self, Display, Formatter};

/// An interval of unsigned and one of signed numbers; a word of the range lies in both. Ends are inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// Smallest unsigned number.
    pub(crate) low: U256,
    /// Largest unsigned number.
    pub(crate) high: U256,
    /// Smallest signed number.
    pub(crate) min: I256,
    /// Largest signed number.
    pub(crate) max: I256,
}

impl Range {
    /// Every word.
    pub(crate) const ALL: Self = Self {
        low: U256::ZERO,
        high: U256::MAX,
        min: I256::MIN,
        max: I256::MAX,
    };

    /// A single word.
    pub(crate) fn word(word: U256) -> Self {
        let signed = I256::from_raw(word);
        Self {
            low: word,
            high: word,
            min: signed,
            max: signed,
        }
    }

    /// Words from 0 up to an unsigned number.
    pub(crate) fn at_most(high: U256) -> Self {
        Self::unsigned(U256::ZERO, high)
    }

    /// Words between two unsigned numbers.
    pub(crate) fn unsigned(low: U256, high: U256) -> Self {
        Self {
            low,
            high,
            ..Self::ALL
        }
        .reduced()
    }

    /// Words between two signed numbers.
    pub(crate) fn signed(min: I256, max: I256) -> Self {
        Self {
            min,
            max,
            ..Self::ALL
        }
        .reduced()
    }

    /// What each interval says about the other.
    fn reduced(mut self) -> Self {
        let (low, high) = (I256::from_raw(self.low), I256::from_raw(self.high));
        if low.is_negative() == high.is_negative() {
            (self.min, self.max) = (self.min.max(low), self.max.min(high));
        }
        if self.min.is_negative() == self.max.is_negative() {
            self.low = self.low.max(self.min.into_raw());
            self.high = self.high.min(self.max.into_raw());
        }
        self
    }

    /// Whether no word lies in both intervals, for all that their ends say.
    fn is_empty(self) -> bool {
        self.low > self.high || self.min > self.max
    }

    /// The words in both ranges; `None` if there is certainly none.
    pub(crate) fn intersection(self, other: Self) -> Option<Self> {
        if self == Self::ALL || other == Self::ALL {
            return Some(if self == Self::ALL { other } else { self });
        }
        let both = Self {
            low: self.low.max(other.low),
            high: self.high.min(other.high),
            min: self.min.max(other.min),
            max: self.max.min(other.max),
        };
        if both.is_empty() {
            return None;
        }
        let both = both.reduced();
        (!both.is_empty()).then_some(both)
    }

    /// A range that has the words of both.
    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    /// Whether all words of the other range are in this one.
    pub(crate) fn contains(self, other: Self) -> bool {
        self.union(other) == self
    }

    /// Whether the word is in the range.
    #[cfg(test)]
    pub(crate) fn has(self, word: U256) -> bool {
        self.contains(Self::word(word))
    }
}

impl Display for Range {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let signed = Self::signed(self.min, self.max);
        match (self.low.is_zero(), self.high == U256::MAX) {
            (true, true) => write!(f, "in {}..{}", self.min, self.max),
            (true, false) => write!(f, "<= {:#x}", self.high),
            (false, true) => write!(f, ">= {:#x}", self.low),
            (false, false) => write!(f, "in {:#x}..{:#x}", self.low, self.high),
        }?;
        let told = Self::unsigned(self.low, self.high);
        let more = (self.low, self.high) != (U256::ZERO, U256::MAX) && !signed.contains(told);
        if more {
            write!(f, " in {}..{}", self.min, self.max)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(min: i64, max: i64) -> Range {
        let end = |n: i64| I256::try_from(n).unwrap();
        Range::signed(end(min), end(max))
    }

    #[test]
    fn each_interval_narrows_the_other() {
        let small = Range::at_most(U256::from(9));
        assert_eq!((small.min, small.max), (signed(0, 9).min, signed(0, 9).max));
        let negative = signed(-5, -2);
        assert_eq!(negative.low, U256::MAX - U256::from(4));
        assert_eq!(negative.high, U256::MAX - U256::from(1));
        let both = signed(-5, 7);
        assert_eq!((both.low, both.high), (U256::ZERO, U256::MAX));
    }

    #[test]
    fn an_intersection_may_be_empty() {
        assert_eq!(signed(-5, -2).intersection(signed(0, 7)), None);
        let narrow = Range::at_most(U256::from(9)).intersection(signed(-5, 7));
        assert_eq!(narrow, Some(signed(0, 7)));
    }

    #[test]
    fn a_union_over_the_sign_is_narrow_as_signed_numbers_only() {
        let union = signed(-5, -2).union(signed(0, 7));
        assert_eq!(
            (union.min, union.max),
            (signed(-5, 7).min, signed(-5, 7).max)
        );
        assert!(union.has(U256::from(7)));
        assert!(!union.has(U256::from(8)));
        assert!(!union.has(U256::MAX - U256::from(5)));
    }
}
