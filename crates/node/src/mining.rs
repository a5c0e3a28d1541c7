//! When blocks are made.

use std::time::Duration;

/// When the node makes blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mining {
    /// As soon as a transaction is ready, before its sender has an answer.
    #[default]
    Automatic,
    /// Every so often by the wall clock, with whatever is ready.
    Interval(Duration),
    /// When asked to, by `evm_mine` and its like.
    Manual,
}

impl Mining {
    pub(crate) const fn is_automatic(self) -> bool {
        matches!(self, Self::Automatic)
    }

    pub(crate) const fn interval(self) -> Option<Duration> {
        match self {
            Self::Interval(interval) => Some(interval),
            Self::Automatic | Self::Manual => None,
        }
    }
}
