//! Reports of transactions, made after they were answered.

use std::collections::{HashMap, VecDeque};

use zksso_trace::{Event, Failure};
use zksso_vm::{self as vm, TracedCall};
use zksync_multivm::{
    VmVersion, interface::TxExecutionMode, interface::VmEvent,
    utils::derive_base_fee_and_gas_per_pubdata,
};
use zksync_types::{
    Address, CONTRACT_DEPLOYER_ADDRESS, H256, get_code_key, h256_to_address, l2::L2Tx,
};

use super::{Chain, PROTOCOL, Record, Refusal, Version, context::Pricing, submit::reach_nonce};
use crate::{
    Created, FeeSplit, NodeEvent, RefusalReport, RefusedTransaction, TransactionReport, convert,
    event_queue::Observer, explain,
};

/// What has not been told yet.
#[derive(Debug, Default)]
pub(super) struct Untold {
    observer: Observer,
    /// First block that was not told, and its first transaction that was not.
    next: u64,
    index: usize,
    /// Calls of transactions that were not told, from the run that put them into their block.
    calls: HashMap<H256, Vec<TracedCall>>,
    refusals: VecDeque<Refused>,
    /// How many of them were refused to earlier requests.
    earlier: usize,
}

/// A refusal, and the moment of the chain at which it happened.
#[derive(Debug)]
struct Refused {
    tx: Option<L2Tx>,
    refusal: Refusal,
    version: Version,
    head: u64,
    /// Time of the block that would have held the transaction.
    timestamp: u64,
}

/// Something to tell.
enum News {
    Transaction(H256),
    Refusal(Box<Refused>),
}

impl Chain {
    /// From now on, what happens is told to an observer.
    pub(crate) fn observe(&mut self, observer: Observer) {
        self.untold.observer = observer;
        self.skip_news();
    }

    /// Neither tells nor counts the blocks that are there.
    pub(super) fn skip_news(&mut self) {
        let next = self.head().number + 1;
        self.untold.next = next;
        self.untold.index = 0;
        self.untold.calls.clear();
        self.counting.get_mut().next = next;
    }

    /// What is refused from now on is refused to another request than before.
    pub(crate) fn begin_request(&mut self) {
        self.untold.earlier = self.untold.refusals.len();
    }

    /// Remembers a refusal, which is told later. A transaction may be refused while its block is made, and be reported from there and
    /// from where it was sent.
    pub(super) fn note_refusal(&mut self, tx: Option<&L2Tx>, refusal: &Refusal) {
        if !self.untold.observer.listens() {
            return;
        }
        let hash = tx.map(L2Tx::hash);
        let is_same = |noted: &Refused| {
            hash.is_some() && noted.tx.as_ref().map(L2Tx::hash) == hash && noted.refusal == *refusal
        };
        let of_request = self.untold.refusals.iter().skip(self.untold.earlier);
        if of_request.last().is_some_and(is_same) {
            return;
        }
        let refused = Refused {
            tx: tx.cloned(),
            refusal: refusal.clone(),
            version: self.state.version(),
            head: self.head().number,
            timestamp: self.next_timestamp(),
        };
        self.untold.refusals.push_back(refused);
    }

    /// Whether transactions are told, with their calls.
    pub(super) fn is_observed(&self) -> bool {
        self.untold.observer.listens()
    }

    /// Keeps the calls of a transaction until it is told.
    pub(super) fn note_calls(&mut self, hash: H256, calls: Vec<TracedCall>) {
        self.untold.calls.insert(hash, calls);
    }

    /// Whether something has happened that was not told.
    pub(super) fn has_news(&self) -> bool {
        let untold = &self.untold;
        untold.observer.listens()
            && (!untold.refusals.is_empty() || untold.next <= self.head().number)
    }

    /// Tells the observer one thing that happened, the earliest.
    pub(super) fn tell_next(&mut self) {
        let observer = self.untold.observer.clone();
        match self.take_news() {
            Some(News::Refusal(refused)) => {
                observer.tell(|| NodeEvent::Refusal(Box::new(self.refusal_report(&refused))));
            }
            Some(News::Transaction(hash)) => {
                let calls = self.untold.calls.remove(&hash);
                if let Some(record) = self.record(hash) {
                    let calls = calls.unwrap_or_else(|| self.calls_of(record));
                    let report = || self.report_of(record, &calls);
                    observer.tell(|| NodeEvent::Transaction(Box::new(report())));
                }
            }
            None => {}
        }
    }

    /// The next transaction, or a refusal that came before it.
    fn take_news(&mut self) -> Option<News> {
        loop {
            let next = self.untold.next;
            let refusals = &mut self.untold.refusals;
            let is_due = |refused: &&Refused| refused.head < next;
            if refusals.front().filter(is_due).is_some() {
                return refusals.pop_front().map(Box::new).map(News::Refusal);
            }
            let block = usize::try_from(next)
                .ok()
                .and_then(|at| self.blocks.get(at))?;
            if let Some(hash) = block.transactions.get(self.untold.index) {
                self.untold.index += 1;
                return Some(News::Transaction(*hash));
            }
            self.untold.next += 1;
            self.untold.index = 0;
        }
    }

    /// A transaction of the chain, with names. `None` when the chain does not have it.
    pub(crate) fn report(&self, hash: H256) -> Option<TransactionReport> {
        let record = self.record(hash)?;
        Some(self.report_of(record, &self.calls_of(record)))
    }

    fn report_of(&self, record: &Record, calls: &[TracedCall]) -> TransactionReport {
        let tx = &record.tx;
        TransactionReport {
            hash: convert::to_b256(tx.hash()),
            block_number: record.block,
            tx_type: tx.common_data.transaction_type as u32,
            from: convert::to_address(tx.initiator_account()),
            to: tx.recipient_account().map(convert::to_address),
            value: convert::to_u256(tx.execute.value),
            success: record.success,
            fee: self.fee_split(record),
            created: self.created(record),
            calls: explain::calls(&self.config.contracts, calls),
            events: self.named_events(record),
            failure: self.failure(record),
        }
    }

    /// The calls of a transaction, by running it once more.
    fn calls_of(&self, record: &Record) -> Vec<TracedCall> {
        let setup = self.set_up_again(record.tx.hash());
        let traced = setup.and_then(|setup| setup.trace().ok());
        traced.map(|(_, calls)| calls).unwrap_or_default()
    }

    fn failure(&self, record: &Record) -> Option<Failure> {
        let target = record.tx.recipient_account().unwrap_or_default();
        let hash = convert::to_b256(self.code_hash(target, record.block));
        let contracts = &self.config.contracts;
        (!record.success).then(|| contracts.failure(hash, &record.output))
    }

    fn fee_split(&self, record: &Record) -> FeeSplit {
        let gas_limit = record.tx.common_data.fee.gas_limit.as_u64();
        let (_, gas_per_pubdata) =
            derive_base_fee_and_gas_per_pubdata(self.fee_input(), VmVersion::from(PROTOCOL));
        let pubdata_gas = u64::from(record.pubdata) * gas_per_pubdata;
        let paid_for = record.vm_gas.saturating_add(pubdata_gas);
        FeeSplit {
            gas_limit,
            gas_used: record.gas_used,
            refund: gas_limit.saturating_sub(record.gas_used),
            execution_gas: record.vm_gas,
            validation_gas: record.validation_gas,
            pubdata_bytes: record.pubdata,
            gas_per_pubdata,
            pubdata_gas,
            overhead_gas: record.gas_used.saturating_sub(paid_for),
            gas_price: record.gas_price,
            fee: convert::to_u256(record.fee()),
        }
    }

    fn created(&self, record: &Record) -> Vec<Created> {
        let is_deployment = |event: &&VmEvent| {
            event.address == CONTRACT_DEPLOYER_ADDRESS
                && event.indexed_topics.first() == Some(&VmEvent::DEPLOY_EVENT_SIGNATURE)
        };
        let events = record.events.iter().filter(is_deployment);
        let created = events.filter_map(|event| {
            let hash = convert::to_b256(*event.indexed_topics.get(2)?);
            Some(Created {
                address: convert::to_address(h256_to_address(event.indexed_topics.get(3)?)),
                contract: self.config.contracts.name(hash).map(str::to_owned),
            })
        });
        created.collect()
    }

    fn named_events(&self, record: &Record) -> Vec<Event> {
        let named = |event: &VmEvent| {
            let topics: Vec<_> = event
                .indexed_topics
                .iter()
                .map(|topic| convert::to_b256(*topic))
                .collect();
            let hash = convert::to_b256(self.code_hash(event.address, record.block));
            let address = convert::to_address(event.address);
            self.config
                .contracts
                .event(address, hash, &topics, &event.value)
        };
        record.events.iter().map(named).collect()
    }

    /// Hash of the code of an account; zero if it has none.
    fn code_hash(&self, account: Address, block: u64) -> H256 {
        self.read(&get_code_key(&account), block)
    }

    // --- Refusals -------------------------------------------------------------------------------------------------------

    fn refusal_report(&self, refused: &Refused) -> RefusalReport {
        let Refused { tx, refusal, .. } = refused;
        let failure = match refusal {
            Refusal::Stopped { data, .. } | Refusal::Reverted(data) if !data.is_empty() => {
                Some(self.config.contracts.failure(Default::default(), data))
            }
            _ => None,
        };
        let is_traced = matches!(refusal, Refusal::Stopped { .. });
        let calls = tx.as_ref().filter(|_| is_traced);
        let calls = calls.and_then(|tx| self.trace_refused(tx, refused));
        RefusalReport {
            transaction: tx.as_ref().map(refused_transaction),
            reason: refusal.to_string(),
            failure,
            calls: explain::calls(&self.config.contracts, &calls.unwrap_or_default()),
        }
    }

    /// The calls of a transaction, up to where it was refused.
    fn trace_refused(&self, tx: &L2Tx, refused: &Refused) -> Option<Vec<TracedCall>> {
        let mode = TxExecutionMode::VerifyExecute;
        let parent = self.block(refused.head)?;
        let env = self.environment(mode, parent, refused.timestamp, Pricing::default());
        let mut view = self.state.view(refused.version);
        reach_nonce(&mut view, tx);
        let traced = vm::trace_last(env, &view, &[tx]);
        traced.map(|(_, calls)| calls).ok()
    }
}

fn refused_transaction(tx: &L2Tx) -> RefusedTransaction {
    RefusedTransaction {
        hash: convert::to_b256(tx.hash()),
        tx_type: tx.common_data.transaction_type as u32,
        from: convert::to_address(tx.initiator_account()),
        to: tx.recipient_account().map(convert::to_address),
        nonce: tx.nonce().0,
    }
}
