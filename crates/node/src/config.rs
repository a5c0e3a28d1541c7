//! What a node can be told before it starts.

use std::path::PathBuf;

use alloy::primitives::{Address, U256};

use crate::{Mining, SharedContracts};

/// Address of the `TimestampAsserter` that genesis deploys; the one account-abstraction SDKs assume on chain 260.
pub const TIMESTAMP_ASSERTER: Address =
    alloy::primitives::address!("0000000000000000000000000000000000808012");

/// Settings of a node. The defaults describe the chain that local ZKsync tools expect.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// EIP-155 chain id; 260 unless changed.
    pub chain_id: u64,
    /// Wei that each of the [rich accounts](crate::RICH_ACCOUNTS) starts with; one million ether unless changed.
    pub rich_balance: U256,
    /// Further accounts to fund at genesis, with their balance in wei.
    pub balances: Vec<(Address, U256)>,
    /// Unix time of the genesis block in seconds; the wall clock's when absent. Time then moves only by blocks (one second each)
    /// and by the RPC methods that change it, so a fixed value makes a chain reproducible.
    pub genesis_timestamp: Option<u64>,
    /// Whether account validation must keep the protocol's rules; on unless changed.
    pub validation_rules: bool,
    /// Computational gas that account validation may use; 300,000 unless changed.
    pub validation_gas_limit: u32,
    /// Seconds that must remain until the end of an asserted time range; 60 unless changed.
    pub min_time_till_end: u64,
    /// Price of one gas in wei.
    pub fair_l2_gas_price: u64,
    /// Price of one byte of published data in wei.
    pub fair_pubdata_price: u64,
    /// File in which the chain survives the end of the node; none unless changed. Balances, chain id and system contracts must be
    /// those it was made with.
    pub state: Option<PathBuf>,
    /// When blocks are made; as soon as a transaction is there unless changed.
    pub mining: Mining,
    /// Contracts by whose names, ABIs and source maps the node explains what happens.
    pub contracts: SharedContracts,
    /// Whether to count which instructions run, for [`Node::coverage`](crate::Node::coverage). Every transaction then runs twice.
    pub coverage: bool,
    /// Whether everything runs a second time in the VM crate's own driver of the bootloader. Where the two differ, the request fails.
    /// For tests of the node itself.
    pub compared_drivers: bool,
}

impl Default for NodeConfig {
    fn default() -> Self {
        Self {
            chain_id: 260,
            rich_balance: U256::from(10).pow(U256::from(24)),
            balances: Vec::new(),
            genesis_timestamp: None,
            validation_rules: true,
            validation_gas_limit: 300_000,
            min_time_till_end: 60,
            fair_l2_gas_price: 45_250_000,
            fair_pubdata_price: 4_525_000_000,
            state: None,
            mining: Mining::default(),
            contracts: SharedContracts::default(),
            coverage: false,
            compared_drivers: false,
        }
    }
}

impl NodeConfig {
    /// Fixes the time of the genesis block, which makes hashes and times of a chain reproducible.
    #[must_use]
    pub const fn with_genesis_timestamp(mut self, seconds: u64) -> Self {
        self.genesis_timestamp = Some(seconds);
        self
    }

    /// Switches the enforcement of the validation rules.
    #[must_use]
    pub const fn with_validation_rules(mut self, enforced: bool) -> Self {
        self.validation_rules = enforced;
        self
    }

    /// Keeps the chain in a file.
    #[must_use]
    pub fn with_state(mut self, path: impl Into<PathBuf>) -> Self {
        self.state = Some(path.into());
        self
    }

    /// Sets when blocks are made.
    #[must_use]
    pub const fn with_mining(mut self, mining: Mining) -> Self {
        self.mining = mining;
        self
    }

    /// Sets the contracts by which the node explains what happens.
    #[must_use]
    pub fn with_contracts(mut self, contracts: impl Into<SharedContracts>) -> Self {
        self.contracts = contracts.into();
        self
    }

    /// Switches the counting of instructions.
    #[must_use]
    pub const fn with_coverage(mut self, counted: bool) -> Self {
        self.coverage = counted;
        self
    }

    /// Sets whether everything runs a second time in the VM crate's own driver.
    #[must_use]
    pub const fn with_compared_drivers(mut self, compared: bool) -> Self {
        self.compared_drivers = compared;
        self
    }

    /// Funds one more account at genesis.
    #[must_use]
    pub fn with_balance(mut self, account: Address, wei: U256) -> Self {
        self.balances.push((account, wei));
        self
    }
}
