//! Counts of the instructions that ran, if somebody wants them.

use std::collections::HashMap;

use zksso_trace::{Coverage, InstructionCount};
use zksso_vm::{self as vm, Counts, Environment, Run, add_counts};
use zksync_types::l2::L2Tx;

use super::{Chain, View, mine::how};
use crate::convert;

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Counting {
    counts: Counts,
    /// First block that was not counted.
    pub(super) next: u64,
}

impl Chain {
    /// Executes a transaction that leaves no trace, and counts its instructions if they are counted.
    pub(super) fn execute(
        &self,
        env: Environment,
        view: &View,
        tx: &L2Tx,
    ) -> Result<Run, vm::Panicked> {
        if !self.config.coverage {
            return vm::execute(env, view, tx);
        }
        let (mut runs, counts) = vm::count_block(env, view, &[tx])?;
        add_counts(&mut self.counting.borrow_mut().counts, counts);
        Ok(runs.remove(0))
    }

    /// Counts the instructions of all transactions in blocks that are new since the last time, by running them again.
    pub(crate) fn count_blocks(&mut self) {
        if !self.config.coverage {
            return;
        }
        let end = self.head().number + 1;
        let start = std::mem::replace(&mut self.counting.borrow_mut().next, end);
        for number in start..end {
            // What ran once does not fail the second time.
            let counts = self.count_block(number).unwrap_or_default();
            add_counts(&mut self.counting.borrow_mut().counts, counts);
        }
    }

    fn count_block(&self, number: u64) -> Option<Counts> {
        let block = self.block(number)?;
        let parent = self.block(number.checked_sub(1)?)?;
        let first = self.record(*block.transactions.first()?)?;
        let (mode, pricing) = how(first.mode);
        let mut env = self.environment(mode, parent, block.timestamp, pricing);
        env.trusted_signatures = true;
        let view = self.state.view(parent.version);
        let records = block.transactions.iter().map(|hash| self.record(*hash));
        let txs: Vec<_> = records.flatten().map(|record| &record.tx).collect();
        let (_, counts) = vm::count_block(env, &view, &txs).ok()?;
        Some(counts)
    }

    /// Lines and functions that ran; `None` if nothing is counted.
    pub(crate) fn coverage(&self) -> Option<Coverage> {
        let counting = self.counting.borrow();
        let counts: HashMap<_, Vec<_>> = counting
            .counts
            .iter()
            .map(|(hash, counts)| {
                let counts = counts.iter().map(|count| InstructionCount {
                    runs: count.runs,
                    gas: count.gas,
                });
                (convert::to_b256(*hash), counts.collect())
            })
            .collect();
        self.config
            .coverage
            .then(|| self.config.contracts.coverage(&counts))
    }

    /// Forgets what was counted; whether anything is counted.
    pub(crate) fn reset_coverage(&mut self) -> bool {
        self.counting.borrow_mut().counts.clear();
        self.config.coverage
    }
}
