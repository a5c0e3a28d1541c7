//! Transactions that wait for a block.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, HashMap},
};

use serde::{Deserialize, Serialize};
use zksync_types::{Address, H256, l2::L2Tx};

use super::Chain;

/// Most transactions that may wait at a time.
const MAX_WAITING: usize = 20_000;

/// A valid transaction that waits for a block.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) tx: L2Tx,
    pub(crate) mode: Authority,
    arrival: u64,
}

/// By whose word a transaction runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Authority {
    /// The account's own: its validation says so.
    Account,
    /// The node's user impersonates an account without code: its signature is not asked for.
    Impersonated,
    /// The node's user impersonates a contract: neither validation nor fees.
    ImpersonatedContract,
}

/// Why the pool does not take a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotAdded {
    Full,
    /// Another transaction with its sender and nonce waits, for at least this fee per gas in wei.
    Underpriced {
        needed: u128,
    },
}

/// Waiting transactions by sender and nonce. Those of a sender are taken in the order of their nonces, those of different senders in
/// the order of their arrival.
#[derive(Debug, Default)]
pub(super) struct Pool {
    senders: HashMap<Address, BTreeMap<u32, Waiting>>,
    places: HashMap<H256, (Address, u32)>,
    arrivals: u64,
}

impl Pool {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn get(&self, hash: H256) -> Option<&Waiting> {
        let (sender, nonce) = self.places.get(&hash)?;
        self.senders.get(sender)?.get(nonce)
    }

    /// All waiting transactions by sender and nonce.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Waiting> {
        self.senders.values().flat_map(BTreeMap::values)
    }

    /// Adds a transaction. One with the sender and nonce of another replaces it for a tenth more per gas.
    pub(super) fn add(&mut self, tx: L2Tx, mode: Authority) -> Result<(), NotAdded> {
        let (sender, nonce) = (tx.initiator_account(), tx.nonce().0);
        let fee = |tx: &L2Tx| tx.common_data.fee.max_fee_per_gas.low_u128();
        let previous = self.senders.get(&sender).and_then(|of| of.get(&nonce));
        if let Some(previous) = previous {
            let paid = fee(&previous.tx);
            let needed = paid.saturating_add(paid.div_ceil(10));
            if fee(&tx) < needed {
                return Err(NotAdded::Underpriced { needed });
            }
            self.remove(previous.tx.hash());
        } else if self.len() >= MAX_WAITING {
            return Err(NotAdded::Full);
        }
        self.arrivals += 1;
        self.places.insert(tx.hash(), (sender, nonce));
        let waiting = Waiting {
            tx,
            mode,
            arrival: self.arrivals,
        };
        self.senders
            .entry(sender)
            .or_default()
            .insert(nonce, waiting);
        Ok(())
    }

    pub(super) fn remove(&mut self, hash: H256) -> Option<Waiting> {
        let (sender, nonce) = self.places.remove(&hash)?;
        let of_sender = self.senders.get_mut(&sender)?;
        let waiting = of_sender.remove(&nonce);
        if of_sender.is_empty() {
            self.senders.remove(&sender);
        }
        waiting
    }

    /// Nonce after those that wait without a gap behind `nonce`, the sender's next in the chain.
    pub(super) fn next_nonce(&self, sender: Address, nonce: u32) -> u32 {
        let Some(of_sender) = self.senders.get(&sender) else {
            return nonce;
        };
        let waiting = of_sender.range(nonce..).map(|(number, _)| *number);
        let gapless = waiting
            .zip(nonce..)
            .take_while(|(number, next)| number == next);
        gapless.last().map_or(nonce, |(_, last)| last + 1)
    }

    /// Hashes of the transactions that can run now, in their order; `nonce_of` tells a sender's next nonce in the chain.
    pub(super) fn ready(&self, nonce_of: impl Fn(Address) -> u32) -> Vec<H256> {
        let next = |sender: Address, nonce: u32| {
            let waiting = self.senders.get(&sender)?.get(&nonce)?;
            Some(Reverse((waiting.arrival, sender, nonce)))
        };
        let senders = self.senders.keys();
        let mut heads: BinaryHeap<_> = senders
            .filter_map(|sender| next(*sender, nonce_of(*sender)))
            .collect();
        let mut ready = Vec::new();
        while let Some(Reverse((_, sender, nonce))) = heads.pop() {
            ready.push(self.senders[&sender][&nonce].tx.hash());
            heads.extend(next(sender, nonce.saturating_add(1)));
        }
        ready
    }

    /// Drops what can never run, because its nonce was used.
    pub(super) fn forget_used(&mut self, sender: Address, nonce: u32) {
        let Some(of_sender) = self.senders.get(&sender) else {
            return;
        };
        let used: Vec<_> = of_sender
            .range(..nonce)
            .map(|(_, waiting)| waiting.tx.hash())
            .collect();
        for hash in used {
            self.remove(hash);
        }
    }
}

impl Chain {
    /// A transaction that waits for a block.
    pub(crate) fn waiting(&self, hash: H256) -> Option<&Waiting> {
        self.pool.get(hash)
    }

    /// Waiting transactions by sender and nonce, those that could run now and those that wait for others.
    pub(crate) fn pool(&self) -> (Vec<&Waiting>, Vec<&Waiting>) {
        let next = |sender| self.small_nonce(sender, self.head().number);
        let mut all: Vec<_> = self.pool.iter().collect();
        all.sort_by_key(|waiting| (waiting.tx.initiator_account(), waiting.tx.nonce().0));
        all.into_iter().partition(|waiting| {
            let sender = waiting.tx.initiator_account();
            waiting.tx.nonce().0 < self.pool.next_nonce(sender, next(sender))
        })
    }

    /// Drops a waiting transaction; whether it was there.
    pub(crate) fn drop_waiting(&mut self, hash: H256) -> bool {
        self.pool.remove(hash).is_some()
    }

    /// Drops the waiting transactions of a sender, or all; returns how many.
    pub(crate) fn drop_all_waiting(&mut self, sender: Option<Address>) -> usize {
        let is_meant = |waiting: &&Waiting| {
            sender.is_none_or(|sender| waiting.tx.initiator_account() == sender)
        };
        let hashes: Vec<_> = self
            .pool
            .iter()
            .filter(is_meant)
            .map(|waiting| waiting.tx.hash())
            .collect();
        for hash in &hashes {
            self.pool.remove(*hash);
        }
        hashes.len()
    }
}
