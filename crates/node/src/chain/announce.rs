//! Tells listeners what happens in the chain, without ever waiting for them.

use std::sync::Arc;

use tokio::sync::broadcast;
use zksync_multivm::interface::VmEvent;
use zksync_types::H256;

use super::{Block, Chain, LogEntry};

/// Announcements that a listener may be behind. More than one request can make by mining blocks, so that only a listener that does
/// not listen misses any.
const CAPACITY: usize = 16_384;
/// Blocks of a loaded chain that are announced at most, the latest ones.
const MAX_LOADED: usize = 10_000;

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum Announcement {
    /// The block with this hash was sealed.
    Block(H256),
    /// The transaction with this hash was accepted.
    Transaction(H256),
    /// Blocks were taken back, with these events.
    Removed(Arc<[RemovedLog]>),
}

/// An event of a block that was taken back.
#[derive(Clone, Debug)]
pub(crate) struct RemovedLog {
    event: VmEvent,
    block: Block,
    tx_hash: H256,
    tx_index: usize,
    index_in_tx: usize,
    index: usize,
}

impl RemovedLog {
    fn new(entry: LogEntry<'_>) -> Self {
        Self {
            event: entry.event.clone(),
            block: entry.block.clone(),
            tx_hash: entry.tx_hash,
            tx_index: entry.tx_index,
            index_in_tx: entry.index_in_tx,
            index: entry.index,
        }
    }

    pub(crate) const fn entry(&self) -> LogEntry<'_> {
        LogEntry {
            event: &self.event,
            block: &self.block,
            tx_hash: self.tx_hash,
            tx_index: self.tx_index,
            index_in_tx: self.index_in_tx,
            index: self.index,
        }
    }
}

/// Announcements with their numbers.
pub(crate) type Announcements = broadcast::Receiver<(u64, Announcement)>;

/// Sends announcements once somebody listens.
#[derive(Debug, Default)]
pub(super) struct Announcer {
    channel: Option<broadcast::Sender<(u64, Announcement)>>,
    /// Announcements so far, those that nobody heard included.
    sent: u64,
    /// Subscriptions so far.
    subscriptions: u64,
}

impl Announcer {
    fn send(&mut self, announcement: Announcement) {
        self.sent += 1;
        if let Some(channel) = &self.channel {
            // Fails when nobody listens at the moment.
            let _ = channel.send((self.sent, announcement));
        }
    }

    fn is_heard(&self) -> bool {
        let channel = self.channel.as_ref();
        channel.is_some_and(|channel| channel.receiver_count() > 0)
    }
}

impl Chain {
    /// What happens from now on.
    pub(crate) fn listen(&mut self) -> Announcements {
        self.announcer
            .channel
            .get_or_insert_with(|| broadcast::Sender::new(CAPACITY))
            .subscribe()
    }

    /// A number for a new subscription, and that of the latest announcement.
    pub(crate) const fn number_subscription(&mut self) -> (u64, u64) {
        self.announcer.subscriptions += 1;
        (self.announcer.subscriptions, self.announcer.sent)
    }

    /// Tells that the head was sealed.
    pub(super) fn announce_block(&mut self) {
        let hash = self.head().hash;
        self.announcer.send(Announcement::Block(hash));
    }

    /// Tells that a transaction was accepted.
    pub(super) fn announce_transaction(&mut self, hash: H256) {
        self.announcer.send(Announcement::Transaction(hash));
    }

    /// Tells listeners and filters that the blocks from position `first` on are about to be taken back.
    pub(super) fn announce_removal(&mut self, first: usize) {
        if self.announcer.is_heard() || self.filters.watch_logs() {
            let logs = self.logs_from(first);
            self.filters.take_back(&logs);
            self.announcer.send(Announcement::Removed(logs));
        }
        self.filters.rewind(first);
    }

    fn logs_from(&self, first: usize) -> Arc<[RemovedLog]> {
        let blocks = self.blocks.iter().skip(first);
        let records = blocks
            .flat_map(|block| &block.transactions)
            .filter_map(|hash| Some((*hash, self.record(*hash)?)));
        let logs = records.flat_map(|(hash, record)| self.logs_of(hash, record));
        logs.map(RemovedLog::new).collect()
    }

    /// Tells that the blocks from position `first` on came at once.
    pub(super) fn announce_loaded(&mut self, first: usize) {
        let latest = self.blocks.len().saturating_sub(MAX_LOADED);
        for block in self.blocks.iter().skip(first.max(latest)) {
            self.announcer.send(Announcement::Block(block.hash));
        }
    }
}
