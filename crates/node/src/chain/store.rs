//! The chain as text: a heading, then an entry per line, each behind a checksum of its own.
//!
//! A block is an entry, and so is any other change. The text grows at its end only, and a line that is cut off there is a change that
//! was under way. Anything else that does not fit is damage.

use alloy::primitives::{Address, B256, Bytes, keccak256};
use serde::{Deserialize, Serialize};
use zksync_multivm::interface::VmEvent;
use zksync_types::{AccountTreeId, H256, L1BatchNumber, StorageKey, l2_to_l1_log::UserL2ToL1Log};

use super::{
    Authority, Block, Chain, Record, Version, block::bloom, clock::Clock, decode::decode_stored,
};
use crate::convert;

/// Version of the format.
const VERSION: u32 = 1;

/// Characters of a line's checksum.
const CHECKSUM: usize = 16;

/// First line of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Heading {
    zksso_node_state: u32,
    chain_id: u64,
    pub(crate) genesis_timestamp: u64,
    /// Digest of the state at genesis, which the text does not repeat.
    genesis: B256,
}

/// A change of the chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Entry {
    /// A block was sealed.
    Block(StoredBlock),
    /// State was set without a transaction.
    State(StoredState),
    /// Time was moved.
    Clock(Clock),
}

/// Slots with their new values, and bytecodes that are new.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StoredState {
    writes: Vec<(Address, B256, B256)>,
    bytecodes: Vec<Bytes>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StoredBlock {
    timestamp: u64,
    transactions: Vec<StoredRecord>,
    state: StoredState,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StoredRecord {
    raw: Bytes,
    from: Address,
    mode: Authority,
    success: bool,
    gas_used: u64,
    gas_price: u64,
    vm_gas: u64,
    validation_gas: u64,
    pubdata: u32,
    events: Vec<(Address, Vec<B256>, Bytes)>,
    user_logs: Vec<UserL2ToL1Log>,
    output: Bytes,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Damage {
    #[error("its first line is not the heading of a zksso node's state: {0}")]
    Heading(String),
    #[error("it has format {0}, this version of the node reads {VERSION}")]
    Version(u32),
    #[error("it is of chain {theirs}, this node's chain is {ours}")]
    ChainId { ours: u64, theirs: u64 },
    #[error("its genesis has other system contracts or other balances than this node's")]
    Genesis,
    #[error("line {0} is damaged: {1}")]
    Line(usize, String),
}

// --- Writing ------------------------------------------------------------------------------------------------------------

impl Chain {
    /// Heading of this chain's text.
    pub(crate) fn heading(&self) -> Heading {
        Heading {
            zksso_node_state: VERSION,
            chain_id: self.config.chain_id,
            genesis_timestamp: self.blocks[0].timestamp,
            genesis: self.state.digest_of_first(),
        }
    }

    /// The whole chain as text.
    pub(crate) fn dump(&self) -> String {
        let mut text = line_of(&self.heading());
        let mut version = self.state.first_version();
        for block in &self.blocks {
            let state = self.stored_state(version, block.version);
            version = block.version;
            let entry = match block.number {
                0 => Entry::State(state),
                _ => Entry::Block(self.stored_block(block, state)),
            };
            text += &line_of(&entry);
        }
        text + &line_of(&Entry::Clock(self.clock.clone()))
    }

    /// Entry of the latest block, which was just sealed with these writes.
    pub(super) fn block_entry(&self, writes: &[(StorageKey, H256)]) -> Entry {
        let state = self.latest_state(self.head().version, writes);
        Entry::Block(self.stored_block(self.head(), state))
    }

    /// Entry of a change of the state, which was just made.
    pub(super) fn state_entry(&self, writes: &[(StorageKey, H256)]) -> Entry {
        Entry::State(self.latest_state(self.state.version(), writes))
    }

    fn stored_state(&self, after: Version, until: Version) -> StoredState {
        StoredState {
            writes: stored_writes(self.state.writes_between(after, until)),
            bytecodes: self.stored_bytecodes(after, until),
        }
    }

    /// A change that was just made and became `version`.
    fn latest_state(&self, version: Version, writes: &[(StorageKey, H256)]) -> StoredState {
        StoredState {
            writes: stored_writes(writes.iter().copied()),
            bytecodes: self.stored_bytecodes(version.saturating_sub(1), self.state.version()),
        }
    }

    fn stored_bytecodes(&self, after: Version, until: Version) -> Vec<Bytes> {
        let bytecodes = self.state.bytecodes_between(after, until).into_iter();
        bytecodes.map(|code| code.to_vec().into()).collect()
    }

    fn stored_block(&self, block: &Block, state: StoredState) -> StoredBlock {
        let records = block.transactions.iter();
        StoredBlock {
            timestamp: block.timestamp,
            transactions: records
                .filter_map(|hash| self.record(*hash))
                .map(StoredRecord::new)
                .collect(),
            state,
        }
    }
}

fn stored_writes(
    writes: impl IntoIterator<Item = (StorageKey, H256)>,
) -> Vec<(Address, B256, B256)> {
    let stored = writes.into_iter().map(|(key, value)| {
        let account = convert::to_address(*key.account().address());
        (
            account,
            convert::to_b256(*key.key()),
            convert::to_b256(value),
        )
    });
    stored.collect()
}

impl StoredRecord {
    fn new(record: &Record) -> Self {
        let events = record.events.iter().map(|event| {
            let topics = event.indexed_topics.iter().copied();
            (
                convert::to_address(event.address),
                topics.map(convert::to_b256).collect(),
                event.value.clone().into(),
            )
        });
        let raw = record.tx.common_data.input_data().unwrap_or_default();
        Self {
            raw: raw.to_vec().into(),
            from: convert::to_address(record.tx.initiator_account()),
            mode: record.mode,
            success: record.success,
            gas_used: record.gas_used,
            gas_price: record.gas_price,
            vm_gas: record.vm_gas,
            validation_gas: record.validation_gas,
            pubdata: record.pubdata,
            events: events.collect(),
            user_logs: record.user_logs.clone(),
            output: record.output.clone().into(),
        }
    }
}

/// A line with its checksum.
pub(crate) fn line_of(entry: &impl Serialize) -> String {
    let json = serde_json::to_string(entry).expect("plain data serializes");
    format!("{} {json}\n", checksum(&json))
}

fn checksum(json: &str) -> String {
    hex::encode(&keccak256(json)[..CHECKSUM / 2])
}

// --- Reading ------------------------------------------------------------------------------------------------------------

/// Splits a text into its heading and entries. A last line that was cut off is left out.
pub(crate) fn parse(text: &str) -> Result<(Heading, Vec<Entry>), Damage> {
    let is_whole = text.is_empty() || text.ends_with('\n');
    let mut lines: Vec<_> = text.lines().collect();
    if !is_whole {
        lines.pop();
    }
    let mut lines = lines.into_iter();
    let first = lines.next().unwrap_or_default();
    let heading: Heading = parse_line(first).map_err(Damage::Heading)?;
    if heading.zksso_node_state != VERSION {
        return Err(Damage::Version(heading.zksso_node_state));
    }
    let entries = lines.enumerate().map(|(index, line)| {
        // Lines count from 1, and the heading is the first.
        parse_line(line).map_err(|reason| Damage::Line(index + 2, reason))
    });
    Ok((heading, entries.collect::<Result<_, _>>()?))
}

fn parse_line<T: for<'de> Deserialize<'de>>(line: &str) -> Result<T, String> {
    let (sum, json) = line.split_once(' ').ok_or("it has no checksum")?;
    if sum != checksum(json) {
        return Err("its checksum is wrong".to_owned());
    }
    serde_json::from_str(json).map_err(|error| error.to_string())
}

impl Chain {
    /// Fills a chain at genesis with the entries of a text.
    pub(crate) fn restore(&mut self, heading: &Heading, entries: Vec<Entry>) -> Result<(), Damage> {
        let ours = self.heading();
        if heading.chain_id != ours.chain_id {
            return Err(Damage::ChainId {
                ours: ours.chain_id,
                theirs: heading.chain_id,
            });
        }
        if *heading != ours {
            return Err(Damage::Genesis);
        }
        for (index, entry) in entries.into_iter().enumerate() {
            self.apply(entry)
                .map_err(|reason| Damage::Line(index + 2, reason))?;
        }
        Ok(())
    }

    fn apply(&mut self, entry: Entry) -> Result<(), String> {
        match entry {
            Entry::Clock(clock) => self.clock = clock,
            Entry::State(state) => {
                let writes = self.take_state(state)?;
                self.overwrite(writes);
            }
            Entry::Block(block) => self.apply_block(block)?,
        }
        Ok(())
    }

    fn take_state(&mut self, state: StoredState) -> Result<Vec<(StorageKey, H256)>, String> {
        for bytecode in &state.bytecodes {
            self.state
                .add_code(bytecode)
                .map_err(|error| error.to_string())?;
        }
        let writes = state.writes.into_iter().map(|(account, slot, value)| {
            let account = AccountTreeId::new(convert::h160(account));
            (
                StorageKey::new(account, convert::h256(slot)),
                convert::h256(value),
            )
        });
        Ok(writes.collect())
    }

    fn apply_block(&mut self, stored: StoredBlock) -> Result<(), String> {
        if stored.timestamp <= self.head().timestamp {
            return Err("its time is not after the block before".to_owned());
        }
        let mut records = Vec::with_capacity(stored.transactions.len());
        for record in stored.transactions {
            records.push(self.read_record(record, records.last())?);
        }
        let hashes = records.iter().map(|record| record.tx.hash()).collect();
        let mut block = Block::after(self.head(), stored.timestamp, hashes);
        for record in records {
            block.gas_used = record.cumulative_gas_used;
            block.bloom.accrue_bloom(&bloom(&record.events));
            self.records.insert(record.tx.hash(), record);
        }
        let writes = self.take_state(stored.state)?;
        self.seal(block, writes);
        Ok(())
    }

    fn read_record(
        &self,
        stored: StoredRecord,
        previous: Option<&Record>,
    ) -> Result<Record, String> {
        let from = convert::h160(stored.from);
        let tx =
            decode_stored(&stored.raw, from, self.chain_id).map_err(|error| error.to_string())?;
        let block = self.head().number + 1;
        let number = u32::try_from(block).unwrap_or(u32::MAX);
        let index = previous.map_or(0, |record| record.index + 1);
        let location = (
            L1BatchNumber(number),
            u32::try_from(index).unwrap_or(u32::MAX),
        );
        let events = stored
            .events
            .into_iter()
            .map(|(address, topics, data)| VmEvent {
                location,
                address: convert::h160(address),
                indexed_topics: topics.into_iter().map(convert::h256).collect(),
                value: data.to_vec(),
            });
        let before = previous.map_or(0, |record| record.cumulative_gas_used);
        Ok(Record {
            tx,
            block,
            index,
            first_log: previous.map_or(0, |record| record.first_log + record.events.len()),
            mode: stored.mode,
            success: stored.success,
            gas_used: stored.gas_used,
            cumulative_gas_used: before.saturating_add(stored.gas_used),
            gas_price: stored.gas_price,
            vm_gas: stored.vm_gas,
            validation_gas: stored.validation_gas,
            pubdata: stored.pubdata,
            events: events.collect(),
            user_logs: stored.user_logs,
            output: stored.output.to_vec(),
        })
    }
}
