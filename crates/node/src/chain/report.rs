//! Reports of transactions, made after they were answered.

use zksso_trace::{Event, Failure};
use zksso_vm as vm;
use zksync_multivm::{
    VmVersion, interface::TxExecutionMode, interface::VmEvent,
    utils::derive_base_fee_and_gas_per_pubdata,
};
use zksync_types::{
    Address, CONTRACT_DEPLOYER_ADDRESS, H256, get_code_key, h256_to_address, l2::L2Tx,
};

use super::{Chain, PROTOCOL, Record, Refusal, context::Pricing, submit::reach_nonce};
use crate::{
    Created, FeeSplit, NodeEvent, RefusalReport, RefusedTransaction, TransactionReport, convert,
    explain, observer::Observer,
};

/// What has not been told yet.
#[derive(Debug, Default)]
pub(super) struct Untold {
    observer: Observer,
    /// First block that was not told.
    next: u64,
    refusals: Vec<(Option<L2Tx>, Refusal)>,
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
        self.counting.get_mut().next = next;
    }

    /// Remembers a refusal, which is told later. A transaction may be refused while its block is made, and be reported from there and
    /// from where it was sent.
    pub(super) fn note_refusal(&mut self, tx: Option<&L2Tx>, refusal: &Refusal) {
        if !self.untold.observer.listens() {
            return;
        }
        let hash = tx.map(L2Tx::hash);
        let is_same = |noted: &(Option<L2Tx>, Refusal)| {
            hash.is_some() && noted.0.as_ref().map(L2Tx::hash) == hash && noted.1 == *refusal
        };
        if !self.untold.refusals.last().is_some_and(is_same) {
            self.untold.refusals.push((tx.cloned(), refusal.clone()));
        }
    }

    /// Tells the observer what happened since the last time.
    pub(crate) fn tell(&mut self) {
        let observer = self.untold.observer.clone();
        if !observer.listens() {
            return;
        }
        for (tx, refusal) in std::mem::take(&mut self.untold.refusals) {
            let report = self.refusal_report(tx.as_ref(), &refusal);
            observer.tell(|| NodeEvent::Refusal(Box::new(report)));
        }
        let end = self.head().number + 1;
        let start = std::mem::replace(&mut self.untold.next, end);
        for number in start..end {
            let hashes = self.block(number).map(|block| block.transactions.clone());
            for hash in hashes.unwrap_or_default() {
                if let Some(report) = self.report(hash) {
                    observer.tell(|| NodeEvent::Transaction(Box::new(report)));
                }
            }
        }
    }

    /// A transaction of the chain, with names. `None` when the chain does not have it.
    pub(crate) fn report(&self, hash: H256) -> Option<TransactionReport> {
        let record = self.record(hash)?;
        let traced = self.set_up_again(hash)?.trace().map(|(_, calls)| calls);
        let tx = &record.tx;
        Some(TransactionReport {
            hash: convert::to_b256(hash),
            block_number: record.block,
            tx_type: tx.common_data.transaction_type as u32,
            from: convert::to_address(tx.initiator_account()),
            to: tx.recipient_account().map(convert::to_address),
            value: convert::to_u256(tx.execute.value),
            success: record.success,
            fee: self.fee_split(record),
            created: self.created(record),
            calls: explain::calls(&self.config.contracts, &traced.unwrap_or_default()),
            events: self.named_events(record),
            failure: self.failure(record),
        })
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

    fn refusal_report(&self, tx: Option<&L2Tx>, refusal: &Refusal) -> RefusalReport {
        let failure = match refusal {
            Refusal::Stopped { data, .. } | Refusal::Reverted(data) if !data.is_empty() => {
                Some(self.config.contracts.failure(Default::default(), data))
            }
            _ => None,
        };
        let is_traced = matches!(refusal, Refusal::Stopped { .. });
        let calls = tx.filter(|_| is_traced).map(|tx| self.trace_refused(tx));
        RefusalReport {
            transaction: tx.map(refused),
            reason: refusal.to_string(),
            failure,
            calls: calls.unwrap_or_default(),
        }
    }

    /// The calls of a transaction that was refused just now.
    fn trace_refused(&self, tx: &L2Tx) -> Vec<zksso_trace::Call> {
        let mode = TxExecutionMode::VerifyExecute;
        let env = self.environment(mode, self.head(), self.next_timestamp(), Pricing::default());
        let mut view = self.state.view(self.state.version());
        reach_nonce(&mut view, tx);
        let traced = vm::trace_last(env, &view, &[tx]);
        let calls = traced.map(|(_, calls)| calls).unwrap_or_default();
        explain::calls(&self.config.contracts, &calls)
    }
}

fn refused(tx: &L2Tx) -> RefusedTransaction {
    RefusedTransaction {
        hash: convert::to_b256(tx.hash()),
        tx_type: tx.common_data.transaction_type as u32,
        from: convert::to_address(tx.initiator_account()),
        to: tx.recipient_account().map(convert::to_address),
        nonce: tx.nonce().0,
    }
}
