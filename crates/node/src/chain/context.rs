//! The block and batch that a run sees, and the SystemContext slots behind them.

use zksso_vm::Environment;
use zksync_multivm::{
    interface::{L1BatchEnv, L2BlockEnv, SystemEnv, TxExecutionMode},
    utils::adjust_pubdata_price_for_tx,
};
use zksync_system_constants::{
    DEFAULT_L2_TX_GAS_PER_PUBDATA_BYTE, SYSTEM_CONTEXT_BLOCK_INFO_POSITION,
    SYSTEM_CONTEXT_CURRENT_L2_BLOCK_HASHES_POSITION, SYSTEM_CONTEXT_CURRENT_L2_BLOCK_INFO_POSITION,
    SYSTEM_CONTEXT_CURRENT_TX_ROLLING_HASH_POSITION, SYSTEM_CONTEXT_STORED_L2_BLOCK_HASHES,
};
use zksync_types::{
    Address, H256, L1BatchNumber, StorageKey, U256, block::pack_block_info,
    fee_model::BatchFeeInput, get_system_context_key, h256_to_u256, u256_to_h256,
};

use super::{
    Block, Chain, PROTOCOL, View,
    block::{l2_number, rolling_hash},
    store::Entry,
};
use crate::NodeConfig;

/// Fees that a run sees.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pricing {
    /// Base fee to use instead of the one derived from prices.
    pub(super) base_fee: Option<u64>,
    /// Lower the pubdata price so that this limit suffices.
    pub(super) gas_per_pubdata: Option<U256>,
}

impl Pricing {
    /// Gas costs nothing.
    pub(super) const fn free() -> Self {
        Self {
            base_fee: Some(0),
            gas_per_pubdata: None,
        }
    }
}

impl Chain {
    /// Timestamp that a block sealed now would have.
    pub(crate) fn next_timestamp(&self) -> u64 {
        self.clock.next(self.head().timestamp)
    }

    /// The chain's present: the latest block's time plus what was added since.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now(self.head().timestamp)
    }

    /// Moves the next block's time forward and returns all seconds ever added.
    pub(crate) fn increase_time(&mut self, seconds: u64) -> u64 {
        let total = self.clock.increase(seconds);
        self.write_down(|chain| Entry::Clock(chain.clock.clone()));
        total
    }

    /// Fixes the next block's time. False when it is not after the latest block's.
    pub(crate) fn set_next_timestamp(&mut self, timestamp: u64) -> bool {
        let later = timestamp > self.head().timestamp;
        if later {
            self.clock.set_next(timestamp);
            self.write_down(|chain| Entry::Clock(chain.clock.clone()));
        }
        later
    }

    /// Sets the seconds between blocks; `None` restores the default.
    pub(crate) fn set_interval(&mut self, seconds: Option<u64>) {
        self.clock.set_interval(seconds);
        self.write_down(|chain| Entry::Clock(chain.clock.clone()));
    }

    /// Seals a block without transactions.
    pub(crate) fn mine_empty(&mut self) {
        let block = Block::after(self.head(), self.next_timestamp(), Vec::new());
        let writes = slots_of(&block).collect();
        self.seal(block, writes);
    }

    /// Appends a block whose state changes are `writes`.
    pub(super) fn seal(&mut self, mut block: Block, writes: Vec<(StorageKey, H256)>) {
        self.state.commit(writes.iter().copied());
        block.version = self.state.version();
        self.hashes.insert(block.hash, block.number);
        self.blocks.push(block);
        self.clock.sealed();
        self.write_down(|chain| chain.block_entry(&writes));
        self.announce_block();
    }

    /// Environment of the block that follows `parent` at `timestamp`.
    pub(super) fn environment(
        &self,
        mode: TxExecutionMode,
        parent: &Block,
        timestamp: u64,
        pricing: Pricing,
    ) -> Environment {
        let number = l2_number(parent.number + 1).0;
        let fee_input = self.priced(pricing);
        Environment {
            system: self.system(mode),
            batch: L1BatchEnv {
                previous_batch_hash: None,
                number: L1BatchNumber(number),
                timestamp,
                fee_input,
                fee_account: Address::zero(),
                enforced_base_fee: pricing.base_fee,
                first_l2_block: L2BlockEnv {
                    number,
                    timestamp,
                    prev_block_hash: parent.hash,
                    max_virtual_blocks_to_create: 1,
                    interop_roots: Vec::new(),
                },
            },
            trusted_signatures: false,
            compared_drivers: self.config.compared_drivers,
        }
    }

    /// Prices with which the bootloader takes the base fee and the pubdata limit: a byte must not cost more gas than the limit.
    fn priced(&self, pricing: Pricing) -> BatchFeeInput {
        let limit = pricing.gas_per_pubdata;
        let input = match limit {
            Some(limit) => {
                adjust_pubdata_price_for_tx(self.fee_input(), limit, None, PROTOCOL.into())
            }
            None => self.fee_input(),
        };
        let Some(base_fee) = pricing.base_fee.filter(|fee| *fee > 0) else {
            return input;
        };
        let limit = limit.map_or(DEFAULT_L2_TX_GAS_PER_PUBDATA_BYTE, |limit| {
            u64::try_from(limit).unwrap_or(DEFAULT_L2_TX_GAS_PER_PUBDATA_BYTE)
        });
        let highest = base_fee.saturating_mul(limit.min(DEFAULT_L2_TX_GAS_PER_PUBDATA_BYTE));
        BatchFeeInput::pubdata_independent(
            input.l1_gas_price(),
            input.fair_l2_gas_price(),
            input.fair_pubdata_price().min(highest),
        )
    }

    fn system(&self, mode: TxExecutionMode) -> SystemEnv {
        let contracts = match mode {
            TxExecutionMode::EstimateFee => &self.estimate_contracts,
            TxExecutionMode::VerifyExecute | TxExecutionMode::EthCall => &self.execute_contracts,
        };
        SystemEnv {
            zk_porter_available: false,
            version: PROTOCOL,
            base_system_smart_contracts: contracts.clone(),
            bootloader_gas_limit: u32::MAX,
            execution_mode: mode,
            default_validation_computational_gas_limit: u32::MAX,
            chain_id: self.chain_id,
        }
    }

    /// Environment for rule checks, which bound validation's gas.
    pub(super) fn validation_environment(&self, mut env: Environment) -> Environment {
        let NodeConfig {
            validation_gas_limit,
            ..
        } = self.config;
        env.system.default_validation_computational_gas_limit = validation_gas_limit;
        env
    }

    /// The state after block `number`, as a run *inside* that block sees it: SystemContext is put back to the block before, so
    /// that the bootloader can start the block again. The bootloader cannot start a block 0; runs there see the first state as
    /// block 1.
    pub(super) fn view_inside(&self, number: u64) -> Option<(View, &Block, u64)> {
        let block = self.block(number)?;
        let Some(parent) = number.checked_sub(1).and_then(|number| self.block(number)) else {
            let view = self.state.view(block.version);
            return Some((view, block, block.timestamp + 1));
        };
        let mut view = self.state.view(block.version);
        for (key, value) in header_slots(parent) {
            view.replace(key, value);
        }
        Some((view, parent, block.timestamp))
    }
}

/// What a block leaves in SystemContext. The bootloader writes it only together with a transaction that it does not take back.
pub(super) fn slots_of(block: &Block) -> impl Iterator<Item = (StorageKey, H256)> + use<> {
    let parent = (block_hash_key(block.number - 1), block.parent);
    header_slots(block).into_iter().chain([parent])
}

/// Slots that describe the current block and batch in SystemContext.
pub(super) fn header_slots(block: &Block) -> [(StorageKey, H256); 3] {
    // SystemContext regards a chain at block 0 with time 0 as one without blocks.
    let timestamp = if block.number == 0 {
        0
    } else {
        block.timestamp
    };
    let info = u256_to_h256(pack_block_info(block.number, timestamp));
    let rolling = rolling_hash(&block.transactions);
    [
        (
            get_system_context_key(SYSTEM_CONTEXT_BLOCK_INFO_POSITION),
            info,
        ),
        (
            get_system_context_key(SYSTEM_CONTEXT_CURRENT_L2_BLOCK_INFO_POSITION),
            info,
        ),
        (
            get_system_context_key(SYSTEM_CONTEXT_CURRENT_TX_ROLLING_HASH_POSITION),
            rolling,
        ),
    ]
}

pub(super) fn block_hash_key(number: u64) -> StorageKey {
    let first = h256_to_u256(SYSTEM_CONTEXT_CURRENT_L2_BLOCK_HASHES_POSITION);
    let index = number % u64::from(SYSTEM_CONTEXT_STORED_L2_BLOCK_HASHES);
    get_system_context_key(u256_to_h256(first + U256::from(index)))
}
