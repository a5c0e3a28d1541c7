//! The chain's time: it moves by one second per block, and further only when asked to.

use serde::{Deserialize, Serialize};

/// Seconds that a block adds when nothing else is asked for.
const BLOCK_TIME: u64 = 1;

/// Decides the next block's timestamp.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Clock {
    /// Seconds to add to the next block's time.
    pending: u64,
    /// Exact time of the next block.
    exact: Option<u64>,
    /// Seconds between blocks, when changed.
    interval: Option<u64>,
    /// Seconds added so far.
    total: u64,
}

impl Clock {
    /// Timestamp of the block after one at `latest`.
    pub(super) fn next(&self, latest: u64) -> u64 {
        let earliest = latest.saturating_add(self.interval.unwrap_or(BLOCK_TIME));
        let base = self.exact.map_or(earliest, |exact| exact.max(latest + 1));
        base.saturating_add(self.pending)
    }

    /// The present, as seen between blocks.
    pub(super) fn now(&self, latest: u64) -> u64 {
        self.exact.unwrap_or(latest).saturating_add(self.pending)
    }

    /// A block took the next timestamp.
    pub(super) fn sealed(&mut self) {
        self.pending = 0;
        self.exact = None;
    }

    /// Adds seconds to the next block's time and returns all that were ever added.
    pub(super) fn increase(&mut self, seconds: u64) -> u64 {
        self.pending = self.pending.saturating_add(seconds);
        self.total = self.total.saturating_add(seconds);
        self.total
    }

    pub(super) fn set_next(&mut self, timestamp: u64) {
        self.exact = Some(timestamp);
        self.pending = 0;
    }

    pub(super) fn set_interval(&mut self, seconds: Option<u64>) {
        self.interval = seconds;
    }
}
