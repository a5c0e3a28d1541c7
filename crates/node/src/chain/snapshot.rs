//! Going back to an earlier moment of the chain.

use super::{Chain, Version, clock::Clock};

/// A moment to go back to.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    version: Version,
    blocks: usize,
    clock: Clock,
}

impl Chain {
    /// Remembers the present and returns its number, counted from 1.
    pub(crate) fn take_snapshot(&mut self) -> usize {
        self.snapshots.push(Snapshot {
            version: self.state.version(),
            blocks: self.blocks.len(),
            clock: self.clock.clone(),
        });
        self.snapshots.len()
    }

    /// Goes back to a snapshot and forgets it and all later ones. False when there is no such snapshot.
    pub(crate) fn revert_to(&mut self, number: usize) -> bool {
        let Some(snapshot) = number
            .checked_sub(1)
            .and_then(|index| self.snapshots.get(index).cloned())
        else {
            return false;
        };
        self.catch_up();
        self.snapshots.truncate(number - 1);
        self.announce_removal(snapshot.blocks);
        for block in self.blocks.drain(snapshot.blocks..) {
            self.hashes.remove(&block.hash);
            for hash in block.transactions {
                self.records.remove(&hash);
            }
        }
        self.state.truncate(snapshot.version);
        self.clock = snapshot.clock;
        if let Some(head) = self.blocks.last_mut() {
            head.version = snapshot.version;
        }
        self.skip_news();
        self.write_anew();
        true
    }
}
