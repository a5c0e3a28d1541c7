//! Filters that clients ask again and again: each remembers the first block it has not reported.

use std::collections::BTreeMap;

use zksync_types::H256;

use super::{Chain, LogEntry, LogFilter};

/// Most filters at a time. Clients that forget to uninstall theirs must not use up the memory.
const MAX_FILTERS: usize = 10_000;

/// What a filter watches for.
#[derive(Clone, Debug)]
pub(crate) enum Watched {
    /// Hashes of blocks.
    Blocks,
    /// Hashes of transactions, which are mined as soon as they arrive.
    Transactions,
    /// Events.
    Logs(LogFilter),
}

/// All filters, by their numbers from 1.
#[derive(Debug, Default)]
pub(super) struct Filters {
    installed: BTreeMap<u64, Filter>,
    last: u64,
}

#[derive(Debug)]
struct Filter {
    watched: Watched,
    /// First block that was not reported.
    next: u64,
}

/// What is new for a filter.
#[derive(Debug)]
pub(crate) enum News<'a> {
    /// Hashes of blocks or transactions.
    Hashes(Vec<H256>),
    /// Events.
    Logs(Vec<LogEntry<'a>>),
}

impl Chain {
    /// Installs a filter for what comes after the latest block; `None` when there are too many already.
    pub(crate) fn install_filter(&mut self, watched: Watched) -> Option<u64> {
        let next = self.head().number + 1;
        let filters = &mut self.filters;
        if filters.installed.len() >= MAX_FILTERS {
            return None;
        }
        filters.last += 1;
        filters
            .installed
            .insert(filters.last, Filter { watched, next });
        Some(filters.last)
    }

    /// Removes a filter; whether it was there.
    pub(crate) fn uninstall_filter(&mut self, number: u64) -> bool {
        self.filters.installed.remove(&number).is_some()
    }

    /// What a filter watches for, if it exists.
    pub(crate) fn watched(&self, number: u64) -> Option<&Watched> {
        let filter = self.filters.installed.get(&number);
        filter.map(|filter| &filter.watched)
    }

    /// What is new since the last question, if the filter exists. Blocks that a snapshot took back and others replaced are new
    /// again.
    pub(crate) fn news(&mut self, number: u64) -> Option<News<'_>> {
        let end = self.head().number + 1;
        let filter = self.filters.installed.get_mut(&number)?;
        let start = std::mem::replace(&mut filter.next, end);
        let watched = filter.watched.clone();
        let fresh = self.blocks.iter().filter(|block| block.number >= start);
        Some(match watched {
            Watched::Blocks => News::Hashes(fresh.map(|block| block.hash).collect()),
            Watched::Transactions => {
                let hashes = fresh.flat_map(|block| &block.transactions);
                News::Hashes(hashes.copied().collect())
            }
            Watched::Logs(mut filter) => {
                filter.from = filter.from.max(start);
                News::Logs(self.find_logs(&filter))
            }
        })
    }

    /// Lets no filter wait for blocks beyond the latest, after blocks were taken back.
    pub(super) fn rewind_filters(&mut self) {
        let end = self.head().number + 1;
        for filter in self.filters.installed.values_mut() {
            filter.next = filter.next.min(end);
        }
    }
}
