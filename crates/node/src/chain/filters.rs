//! Filters that clients ask again and again: each remembers the first block it has not reported.

use std::collections::BTreeMap;

use zksync_types::H256;

use super::{Chain, LogEntry, LogFilter, announce::RemovedLog};

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
    /// Events that were reported and taken back since.
    removed: Vec<RemovedLog>,
}

/// What is new for a filter.
#[derive(Debug)]
pub(crate) enum News<'a> {
    /// Hashes of blocks or transactions.
    Hashes(Vec<H256>),
    /// Events.
    Logs {
        /// Those that were reported and taken back since.
        removed: Vec<RemovedLog>,
        /// New ones.
        added: Vec<LogEntry<'a>>,
    },
}

impl Filters {
    /// Whether anybody watches for events.
    pub(super) fn watch_logs(&self) -> bool {
        let mut filters = self.installed.values();
        filters.any(|filter| matches!(filter.watched, Watched::Logs(_)))
    }

    /// Notes for each filter which of these events it has reported: they are about to be taken back.
    pub(super) fn take_back(&mut self, logs: &[RemovedLog]) {
        for filter in self.installed.values_mut() {
            let Watched::Logs(watched) = &filter.watched else {
                continue;
            };
            let reported = logs.iter().filter(|log| {
                let entry = log.entry();
                entry.block.number < filter.next && watched.selects(&entry)
            });
            filter.removed.extend(reported.cloned());
        }
    }

    /// Lets filters report the blocks from position `first` on again: others take their place.
    pub(super) fn rewind(&mut self, first: usize) {
        let first = u64::try_from(first).unwrap_or(u64::MAX);
        for filter in self.installed.values_mut() {
            // A range that has begun is about what is to come, which now begins lower.
            if let Watched::Logs(watched) = &mut filter.watched
                && watched.from < filter.next
            {
                watched.from = watched.from.min(first);
            }
            filter.next = filter.next.min(first);
        }
    }
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
        let filter = Filter {
            watched,
            next,
            removed: Vec::new(),
        };
        filters.installed.insert(filters.last, filter);
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

    /// What is new since the last question, if the filter exists. Blocks that take the place of others are new again.
    pub(crate) fn news(&mut self, number: u64) -> Option<News<'_>> {
        let end = self.head().number + 1;
        let filter = self.filters.installed.get_mut(&number)?;
        let start = std::mem::replace(&mut filter.next, end);
        let removed = std::mem::take(&mut filter.removed);
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
                let added = self.find_logs(&filter);
                News::Logs { removed, added }
            }
        })
    }
}
