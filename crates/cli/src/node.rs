//! `zksso node`: serves the embedded node.

use std::net::SocketAddr;

use alloy::primitives::utils::format_ether;
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS};

use crate::args::NodeArgs;

/// Accounts shown at the start; all of them are in the documentation of `zksso-node`.
const SHOWN_ACCOUNTS: usize = 10;

pub(crate) async fn run(arguments: &NodeArgs) -> eyre::Result<()> {
    let node = Node::start(NodeConfig::default())?;
    let server = node
        .serve(SocketAddr::new(arguments.host, arguments.port))
        .await?;
    let config = node.config();
    println!(
        "Accounts with {} ETH each (public keys of a test chain, never use them elsewhere):",
        format_ether(config.rich_balance)
    );
    for account in RICH_ACCOUNTS.iter().take(SHOWN_ACCOUNTS) {
        println!("  {}  {}", account.address, account.private_key);
    }
    println!("Chain {} is listening on {}", config.chain_id, server.url());
    tokio::signal::ctrl_c().await?;
    server.stop().await;
    Ok(())
}
