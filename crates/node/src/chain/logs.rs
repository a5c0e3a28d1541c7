//! Search for events.

use zksync_multivm::interface::VmEvent;
use zksync_types::{Address, Bloom, BloomInput, H256};

use super::{Block, Chain, Record};

/// Which events to find.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogFilter {
    pub(crate) from: u64,
    pub(crate) to: u64,
    /// Any of these; every address when empty.
    pub(crate) addresses: Vec<Address>,
    /// Per position any of these; every topic when empty.
    pub(crate) topics: Vec<Vec<H256>>,
}

/// An event with its place in the chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogEntry<'a> {
    pub(crate) event: &'a VmEvent,
    pub(crate) block: &'a Block,
    pub(crate) tx_hash: H256,
    /// The transaction's position in the block.
    pub(crate) tx_index: usize,
    /// Position in the transaction.
    pub(crate) index_in_tx: usize,
    /// Position in the block.
    pub(crate) index: usize,
}

impl LogFilter {
    fn may_match(&self, bloom: &Bloom) -> bool {
        let has = |bytes: &[u8]| bloom.contains_input(BloomInput::Raw(bytes));
        let address = self.addresses.is_empty()
            || self.addresses.iter().any(|address| has(address.as_bytes()));
        let topics = self
            .topics
            .iter()
            .all(|wanted| wanted.is_empty() || wanted.iter().any(|topic| has(topic.as_bytes())));
        address && topics
    }

    /// Whether the event is one of those to find, block included.
    pub(crate) fn selects(&self, entry: &LogEntry<'_>) -> bool {
        (self.from..=self.to).contains(&entry.block.number) && self.matches(entry.event)
    }

    fn matches(&self, event: &VmEvent) -> bool {
        let address = self.addresses.is_empty() || self.addresses.contains(&event.address);
        let topics = self.topics.len() <= event.indexed_topics.len()
            && self
                .topics
                .iter()
                .zip(&event.indexed_topics)
                .all(|(wanted, topic)| wanted.is_empty() || wanted.contains(topic));
        address && topics
    }
}

impl Chain {
    /// Events of a transaction with their places.
    pub(crate) fn logs_of<'a>(
        &'a self,
        tx_hash: H256,
        record: &'a Record,
    ) -> impl Iterator<Item = LogEntry<'a>> {
        let block = self.block(record.block);
        record
            .events
            .iter()
            .enumerate()
            .filter_map(move |(index, event)| {
                Some(LogEntry {
                    event,
                    block: block?,
                    tx_hash,
                    tx_index: record.index,
                    index_in_tx: index,
                    index: record.first_log + index,
                })
            })
    }

    /// All events that match, in the order of the chain.
    pub(crate) fn find_logs(&self, filter: &LogFilter) -> Vec<LogEntry<'_>> {
        let first = usize::try_from(filter.from).unwrap_or(usize::MAX);
        self.blocks
            .iter()
            .skip(first)
            .take_while(|block| block.number <= filter.to)
            .filter(|block| filter.may_match(&block.bloom))
            .flat_map(|block| &block.transactions)
            .filter_map(|hash| Some((*hash, self.record(*hash)?)))
            .flat_map(|(hash, record)| self.logs_of(hash, record))
            .filter(|entry| filter.matches(entry.event))
            .collect()
    }
}
