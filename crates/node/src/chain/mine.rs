//! From waiting transactions to a block.

use zksso_vm::{self as vm, Ending, Run, TracedCall};
use zksync_multivm::interface::TxExecutionMode;
use zksync_types::{
    H256, StorageKey, bytecode::BytecodeHash, get_nonce_key, h256_to_u256, l2::L2Tx, u256_to_h256,
};

use super::{
    Block, Chain, Record, Refusal,
    block::bloom,
    context::{Pricing, slots_of},
    pool::{Authority, Waiting},
    submit::MAX_GAS,
};

/// Most transactions in a block.
const MAX_IN_BLOCK: usize = 1_000;

/// Most words of encoded transactions in a block: a part of what the bootloader's memory has for them.
const MAX_WORDS_IN_BLOCK: usize = 100_000;

/// Transactions that were dropped when their block was made, and why.
pub(crate) type Dropped = Vec<(H256, Refusal)>;

/// A run, and the calls in it if they were recorded.
type Traced = (Run, Option<Vec<TracedCall>>);

/// A block under way.
struct Draft {
    block: Block,
    writes: Vec<(StorageKey, H256)>,
    records: Vec<Record>,
    logs: usize,
}

impl Chain {
    /// Seals blocks until no transaction is ready.
    pub(crate) fn mine_ready(&mut self) -> Dropped {
        let mut dropped = Vec::new();
        loop {
            let packed = self.pack();
            if packed.is_empty() {
                return dropped;
            }
            let (draft, more) = self.draft(&packed);
            dropped.extend(more);
            if !draft.records.is_empty() {
                self.finish(draft);
            }
        }
    }

    /// Seals one block with the transactions that are ready and fit; an empty one when there are none.
    pub(crate) fn mine(&mut self) -> Dropped {
        let packed = self.pack();
        let (draft, dropped) = self.draft(&packed);
        if draft.records.is_empty() {
            self.mine_empty();
        } else {
            self.finish(draft);
        }
        dropped
    }

    /// The transactions of the next block. An impersonated contract's runs in another mode of the bootloader, hence alone.
    fn pack(&self) -> Vec<Waiting> {
        let head = self.head().number;
        let nonce_of = |sender| self.small_nonce(sender, head);
        let ready = self.pool.ready(nonce_of);
        let mut waiting = ready.iter().filter_map(|hash| self.pool.get(*hash));
        let Some(first) = waiting.next() else {
            return Vec::new();
        };
        let mut packed = vec![first.clone()];
        if first.mode == Authority::ImpersonatedContract {
            return packed;
        }
        let (mut gas, mut words) = size(&first.tx);
        for next in waiting {
            let (more_gas, more_words) = size(&next.tx);
            gas = gas.saturating_add(more_gas);
            words += more_words;
            let is_full = packed.len() == MAX_IN_BLOCK
                || gas > MAX_GAS
                || words > MAX_WORDS_IN_BLOCK
                || next.mode == Authority::ImpersonatedContract;
            if is_full {
                break;
            }
            packed.push(next.clone());
        }
        packed
    }

    /// Runs transactions as the next block. What stops is dropped; if the machine itself fails on one of several, the first alone
    /// makes the block.
    fn draft(&mut self, packed: &[Waiting]) -> (Draft, Dropped) {
        let timestamp = self.next_timestamp();
        let block = Block::after(self.head(), timestamp, Vec::new());
        let mut draft = Draft {
            block,
            writes: Vec::new(),
            records: Vec::new(),
            logs: 0,
        };
        let mut dropped = Vec::new();
        let runs = match self.run(packed, timestamp) {
            Ok(runs) => runs,
            Err(_) if packed.len() > 1 => return self.draft(&packed[..1]),
            Err(panicked) => {
                let hash = packed[0].tx.hash();
                self.pool.remove(hash);
                return (draft, vec![(hash, panicked.into())]);
            }
        };
        for (waiting, (run, calls)) in packed.iter().zip(runs) {
            let hash = waiting.tx.hash();
            self.pool.remove(hash);
            match run.ending {
                Ending::Stop(stop) => {
                    let refusal = Refusal::from(stop);
                    self.note_refusal(Some(&waiting.tx), &refusal);
                    dropped.push((hash, refusal));
                }
                Ending::Success(_) | Ending::Revert(_) => {
                    self.add(&mut draft, waiting, run);
                    if let Some(calls) = calls {
                        self.note_calls(hash, calls);
                    }
                }
            }
        }
        (draft, dropped)
    }

    /// The runs of transactions, with their calls if somebody is told.
    fn run(&self, packed: &[Waiting], timestamp: u64) -> Result<Vec<Traced>, vm::Panicked> {
        let Some(first) = packed.first() else {
            return Ok(Vec::new());
        };
        let (mode, pricing) = how(first.mode);
        let mut env = self.environment(mode, self.head(), timestamp, pricing);
        env.trusted_signatures = true;
        let view = self.state.view(self.state.version());
        let txs: Vec<_> = packed.iter().map(|waiting| &waiting.tx).collect();
        if self.is_observed() {
            let runs = vm::trace_block(env, &view, &txs)?.into_iter();
            return Ok(runs.map(|(run, calls)| (run, Some(calls))).collect());
        }
        let runs = vm::execute_block(env, &view, &txs)?.into_iter();
        Ok(runs.map(|run| (run, None)).collect())
    }

    fn add(&mut self, draft: &mut Draft, waiting: &Waiting, run: Run) {
        let tx = waiting.tx.clone();
        let (success, output) = match run.ending {
            Ending::Success(output) => (true, output),
            Ending::Revert(data) => (false, data),
            Ending::Stop(_) => return,
        };
        for bytecode in &tx.execute.factory_deps {
            let dependency = BytecodeHash::for_bytecode(bytecode).value();
            self.state.add_bytecode(dependency, bytecode.clone());
        }
        draft.writes.extend(run.writes);
        let gas_limit = tx.common_data.fee.gas_limit.as_u64();
        let (gas_used, gas_price) = match waiting.mode {
            Authority::ImpersonatedContract => {
                draft.writes.push(self.next_nonce_write(&tx));
                (run.vm_gas, 0)
            }
            Authority::Account | Authority::Impersonated => {
                (gas_limit.saturating_sub(run.gas_refunded), self.base_fee())
            }
        };
        draft.block.gas_used += gas_used;
        draft.records.push(Record {
            block: draft.block.number,
            index: draft.records.len(),
            first_log: draft.logs,
            mode: waiting.mode,
            success,
            gas_used,
            cumulative_gas_used: draft.block.gas_used,
            gas_price,
            vm_gas: run.vm_gas,
            validation_gas: run.validation_gas,
            pubdata: run.pubdata,
            events: run.events,
            user_logs: run.user_logs,
            output,
            tx,
        });
        draft.logs += draft.records.last().map_or(0, |record| record.events.len());
    }

    /// A call does not use up the nonce, so the node does.
    fn next_nonce_write(&self, tx: &L2Tx) -> (StorageKey, H256) {
        let key = get_nonce_key(&tx.initiator_account());
        let full = h256_to_u256(self.state.read(&key, self.state.version()));
        (key, u256_to_h256(full + 1))
    }

    fn finish(&mut self, draft: Draft) {
        let hashes = draft.records.iter().map(|record| record.tx.hash());
        let mut block = Block::after(self.head(), draft.block.timestamp, hashes.collect());
        block.gas_used = draft.block.gas_used;
        for record in draft.records {
            block.bloom.accrue_bloom(&bloom(&record.events));
            let sender = record.tx.initiator_account();
            let nonce = record.tx.nonce().0;
            self.records.insert(record.tx.hash(), record);
            self.pool.forget_used(sender, nonce.saturating_add(1));
        }
        let mut writes = draft.writes;
        writes.extend(slots_of(&block));
        self.seal(block, writes);
    }
}

/// How the bootloader runs a transaction.
pub(super) fn how(mode: Authority) -> (TxExecutionMode, Pricing) {
    match mode {
        Authority::Account | Authority::Impersonated => {
            (TxExecutionMode::VerifyExecute, Pricing::default())
        }
        Authority::ImpersonatedContract => (TxExecutionMode::EthCall, Pricing::free()),
    }
}

/// Gas limit and words in the bootloader's memory.
fn size(tx: &L2Tx) -> (u64, usize) {
    let gas = u64::try_from(tx.common_data.fee.gas_limit).unwrap_or(u64::MAX);
    (gas, tx.abi_encoding_len())
}
