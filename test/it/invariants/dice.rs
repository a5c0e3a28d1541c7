//! Chance that can be repeated.

use alloy::primitives::U256;
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// A stream of choices, the same for the same seed.
pub(crate) struct Dice(TestRng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }

    /// A number below `bound`, which is not zero.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    /// A position in something of this length, which is not zero.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("below a length")
    }

    /// True in `percent` of all cases.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(crate) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.index(choices.len())].clone()
    }

    /// 32 bytes, every one equally likely.
    pub(crate) fn word(&mut self) -> [u8; 32] {
        let mut word = [0; 32];
        self.0.fill_bytes(&mut word);
        word
    }

    /// A small number, seldom one of the largest.
    pub(crate) fn amount(&mut self, bound: u64) -> U256 {
        match self.below(40) {
            0 => U256::MAX,
            1 => U256::from(1) << 255,
            2 => U256::from_be_bytes(self.word()),
            _ => U256::from(self.below(bound)),
        }
    }
}
