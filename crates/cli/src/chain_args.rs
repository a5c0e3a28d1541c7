//! What `zksso node` is told about its chain.

use std::path::PathBuf;
use std::time::Duration;

use alloy::primitives::U256;
use alloy::primitives::utils::parse_ether;
use clap::Args;
use zksso_node::{Mining, NodeConfig};

#[derive(Debug, Args)]
#[command(next_help_heading = "Chain")]
pub(crate) struct ChainArgs {
    /// Keep the chain in this file and go on from it; made if it is not there.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Chain id.
    #[arg(long, value_name = "NUMBER", default_value_t = 260)]
    chain_id: u64,

    /// Ether that each rich account starts with.
    #[arg(long, value_name = "ETHER", default_value = "1000000", value_parser = ether)]
    balance: U256,

    /// Time of the genesis block in seconds since 1970; else now. A fixed one makes hashes reproducible.
    #[arg(long, value_name = "SECONDS")]
    timestamp: Option<u64>,

    /// Mine a block every so many seconds instead of one for each transaction.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    block_time: Option<u64>,

    /// Mine only when asked to, by evm_mine.
    #[arg(long, conflicts_with = "block_time")]
    no_mining: bool,
}

fn ether(text: &str) -> Result<U256, String> {
    parse_ether(text).map_err(|error| error.to_string())
}

impl ChainArgs {
    /// The settings with these in them.
    pub(crate) fn apply(&self, config: NodeConfig) -> NodeConfig {
        let mining = match (self.block_time, self.no_mining) {
            (Some(seconds), _) => Mining::Interval(Duration::from_secs(seconds)),
            (None, true) => Mining::Manual,
            (None, false) => Mining::Automatic,
        };
        NodeConfig {
            state: self.state.clone(),
            chain_id: self.chain_id,
            rich_balance: self.balance,
            genesis_timestamp: self.timestamp,
            mining,
            ..config
        }
    }
}
