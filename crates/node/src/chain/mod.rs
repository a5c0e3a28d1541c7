//! The chain: state, blocks, transactions and time. Knows nothing of JSON-RPC.

mod announce;
mod backlog;
mod block;
mod broken_rule;
mod clock;
mod context;
mod coverage;
mod decode;
mod filters;
mod genesis;
mod impersonation;
mod journal;
mod logs;
mod mine;
mod mining;
mod overrides;
mod pool;
mod refusal;
mod report;
mod request;
mod simulate;
mod snapshot;
mod state;
mod store;
mod submit;
mod touched;

use std::{cell::RefCell, collections::HashMap};

use zksync_contracts::{BaseSystemContracts, BaseSystemContractsHashes};
use zksync_multivm::{
    VmVersion, interface::storage::ReadStorage, utils::derive_base_fee_and_gas_per_pubdata,
};
use zksync_types::{
    Address, H256, L2ChainId, ProtocolVersionId, StorageKey, U256,
    bytecode::InvalidBytecodeError,
    fee_model::BatchFeeInput,
    get_code_key, get_known_code_key, get_nonce_key, h256_to_u256, u256_to_h256,
    utils::{decompose_full_nonce, nonces_to_full_nonce, storage_key_for_eth_balance},
};

use self::{
    announce::Announcer, clock::Clock, coverage::Counting, filters::Filters,
    impersonation::Impersonation, journal::Journal, pool::Pool, report::Untold, snapshot::Snapshot,
};
pub(crate) use self::{
    announce::{Announcement, Announcements},
    block::{Block, Record, bloom},
    broken_rule::BrokenRule,
    filters::{News, Watched},
    logs::{LogEntry, LogFilter},
    mine::Dropped,
    overrides::{AccountOverride, BlockOverride, CallAt, Scene},
    pool::{Authority, Waiting},
    refusal::{Refusal, RuleViolation, decode_reason},
    request::Request,
    simulate::Setup,
    state::{State, Version, View},
    touched::{AccountState, Touched},
};
use crate::{Mining, NodeConfig, Result};

/// Version whose bootloader and system contracts genesis has.
pub(crate) const PROTOCOL: ProtocolVersionId = ProtocolVersionId::Version26;

/// Why a text cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Damage(#[from] store::Damage),
    #[error(transparent)]
    Genesis(#[from] crate::Error),
}
/// Gas limit of a block: the bootloader's own gas.
pub(crate) const BLOCK_GAS_LIMIT: u64 = u32::MAX as u64;

/// Everything a node knows.
pub(crate) struct Chain {
    pub(crate) config: NodeConfig,
    chain_id: L2ChainId,
    state: State,
    blocks: Vec<Block>,
    hashes: HashMap<H256, u64>,
    records: HashMap<H256, Record>,
    clock: Clock,
    pool: Pool,
    mining: Mining,
    impersonation: Impersonation,
    snapshots: Vec<Snapshot>,
    journal: Option<Journal>,
    filters: Filters,
    untold: Untold,
    counting: RefCell<Counting>,
    announcer: Announcer,
    execute_contracts: BaseSystemContracts,
    estimate_contracts: BaseSystemContracts,
}

impl Chain {
    /// Builds the chain with its genesis block, or takes it from the state file that the settings name.
    pub(crate) fn new(mut config: NodeConfig) -> Result<Self> {
        let Some(path) = config.state.clone() else {
            return genesis::build(config);
        };
        let (journal, content) = Journal::open(&path)?;
        if let Some((heading, _)) = &content {
            config.genesis_timestamp = Some(heading.genesis_timestamp);
        }
        let mut chain = genesis::build(config)?;
        chain.attach_journal(journal, content)?;
        Ok(chain)
    }

    /// Goes back to genesis. What waits and what was remembered is dropped; filters, impersonated accounts and the mining mode stay.
    pub(crate) fn reset(&mut self) -> Result<()> {
        let mut config = self.config.clone();
        config.genesis_timestamp = Some(self.blocks[0].timestamp);
        self.replace_with(genesis::build(config)?);
        Ok(())
    }

    /// Becomes the chain in a text that `dump` made.
    pub(crate) fn load(&mut self, text: &str) -> std::result::Result<(), LoadError> {
        let (heading, entries) = store::parse(text)?;
        let mut config = self.config.clone();
        config.genesis_timestamp = Some(heading.genesis_timestamp);
        let mut loaded = genesis::build(config)?;
        loaded.restore(&heading, entries)?;
        self.replace_with(loaded);
        Ok(())
    }

    /// Takes over another chain's history; whoever listens to this one goes on, and hears of the blocks that differ.
    fn replace_with(&mut self, other: Self) {
        self.catch_up();
        let pairs = self.blocks.iter().zip(&other.blocks);
        let common = pairs.take_while(|(one, other)| one.hash == other.hash);
        let common = common.count();
        self.announce_removal(common);
        self.state = other.state;
        self.blocks = other.blocks;
        self.hashes = other.hashes;
        self.records = other.records;
        self.clock = other.clock;
        self.pool = other.pool;
        self.snapshots = other.snapshots;
        self.announce_loaded(common);
        self.skip_news();
        self.write_anew();
    }

    // --- Fees -----------------------------------------------------------------------------------------------------------

    pub(crate) fn fee_input(&self) -> BatchFeeInput {
        let NodeConfig {
            fair_l2_gas_price,
            fair_pubdata_price,
            ..
        } = self.config;
        // The L1 gas price only informs contracts that ask for it; one pubdata byte costs 17 L1 gas by the protocol's formula.
        BatchFeeInput::pubdata_independent(
            fair_pubdata_price / 17,
            fair_l2_gas_price,
            fair_pubdata_price,
        )
    }

    /// Wei per gas that every transaction pays.
    pub(crate) fn base_fee(&self) -> u64 {
        derive_base_fee_and_gas_per_pubdata(self.fee_input(), VmVersion::from(PROTOCOL)).0
    }

    /// Gas that one byte of published data costs.
    pub(crate) fn gas_per_pubdata(&self) -> u64 {
        derive_base_fee_and_gas_per_pubdata(self.fee_input(), VmVersion::from(PROTOCOL)).1
    }

    /// Hashes of bootloader, default account and emulator.
    pub(crate) fn system_contracts(&self) -> BaseSystemContractsHashes {
        self.execute_contracts.hashes()
    }

    // --- Blocks ---------------------------------------------------------------------------------------------------------

    pub(crate) fn head(&self) -> &Block {
        self.blocks.last().expect("genesis adds the first block")
    }

    pub(crate) fn block(&self, number: u64) -> Option<&Block> {
        self.blocks.get(usize::try_from(number).ok()?)
    }

    pub(crate) fn block_by_hash(&self, hash: H256) -> Option<&Block> {
        self.block(*self.hashes.get(&hash)?)
    }

    pub(crate) fn record(&self, hash: H256) -> Option<&Record> {
        self.records.get(&hash)
    }

    // --- State ----------------------------------------------------------------------------------------------------------

    fn version_of(&self, block: u64) -> Version {
        self.block(block)
            .map_or_else(|| self.state.version(), |block| block.version)
    }

    fn read(&self, key: &StorageKey, block: u64) -> H256 {
        self.state.read(key, self.version_of(block))
    }

    pub(crate) fn storage_at(&self, key: &StorageKey, block: u64) -> H256 {
        self.read(key, block)
    }

    pub(crate) fn balance(&self, account: Address, block: u64) -> U256 {
        h256_to_u256(self.read(&storage_key_for_eth_balance(&account), block))
    }

    /// Number of transactions the account has sent.
    pub(crate) fn nonce(&self, account: Address, block: u64) -> U256 {
        decompose_full_nonce(h256_to_u256(self.read(&get_nonce_key(&account), block))).0
    }

    /// The same as a transaction has it.
    fn small_nonce(&self, account: Address, block: u64) -> u32 {
        u32::try_from(self.nonce(account, block)).unwrap_or(u32::MAX)
    }

    /// Nonce after those of the account's transactions that wait in the pool.
    pub(crate) fn pending_nonce(&self, account: Address) -> U256 {
        let nonce = self.small_nonce(account, self.head().number);
        self.pool.next_nonce(account, nonce).into()
    }

    pub(crate) fn code(&self, account: Address, block: u64) -> Option<&[u8]> {
        self.state
            .bytecode(self.read(&get_code_key(&account), block))
    }

    pub(crate) fn bytecode(&self, hash: H256) -> Option<&[u8]> {
        self.state.bytecode(hash)
    }

    fn has_code(&self, view: &mut View, account: Address) -> bool {
        !view.read_value(&get_code_key(&account)).is_zero()
    }

    /// Sets a balance without a transaction.
    pub(crate) fn set_balance(&mut self, account: Address, wei: U256) {
        let key = storage_key_for_eth_balance(&account);
        self.overwrite(vec![(key, u256_to_h256(wei))]);
    }

    /// Sets the number of transactions the account has sent, without one.
    pub(crate) fn set_nonce(&mut self, account: Address, nonce: U256) {
        let key = get_nonce_key(&account);
        let (_, deployments) =
            decompose_full_nonce(h256_to_u256(self.read(&key, self.head().number)));
        let full = nonces_to_full_nonce(nonce, deployments);
        self.overwrite(vec![(key, u256_to_h256(full))]);
    }

    /// Sets a storage slot without a transaction.
    pub(crate) fn set_storage(&mut self, key: StorageKey, value: H256) {
        self.overwrite(vec![(key, value)]);
    }

    /// Sets the code of an account without a transaction; none makes it an account of a key.
    ///
    /// # Errors
    ///
    /// For bytes that are not EraVM code.
    pub(crate) fn set_code(
        &mut self,
        account: Address,
        code: &[u8],
    ) -> std::result::Result<(), InvalidBytecodeError> {
        let key = get_code_key(&account);
        if code.is_empty() {
            self.overwrite(vec![(key, H256::zero())]);
            return Ok(());
        }
        let hash = self.state.add_code(code)?;
        let known = get_known_code_key(&hash);
        self.overwrite(vec![(key, hash), (known, H256::from_low_u64_be(1))]);
        Ok(())
    }

    /// Changes the state after the latest block, which from then on shows the change.
    fn overwrite(&mut self, writes: Vec<(StorageKey, H256)>) {
        self.state.commit(writes.iter().copied());
        let version = self.state.version();
        if let Some(head) = self.blocks.last_mut() {
            head.version = version;
        }
        self.write_down(|chain| chain.state_entry(&writes));
    }
}
