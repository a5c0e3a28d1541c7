//! `zksso node`: serves the embedded node.

use alloy::primitives::utils::format_ether;
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS};

use crate::args::NodeArgs;

/// Accounts shown at the start; all of them are in the documentation of `zksso-node`.
const SHOWN_ACCOUNTS: usize = 10;

pub(crate) async fn run(arguments: &NodeArgs) -> eyre::Result<()> {
    let node = Node::start(NodeConfig::default())?;
    let server = node
        .serve_with(arguments.server.address(), arguments.server.config())
        .await?;
    let config = node.config();
    println!(
        "Accounts with {} ETH each (public keys of a test chain, never use them elsewhere):",
        format_ether(config.rich_balance)
    );
    for account in RICH_ACCOUNTS.iter().take(SHOWN_ACCOUNTS) {
        println!("  {}  {}", account.address, account.private_key);
    }
    println!(
        "Chain {} is listening on {} and {}",
        config.chain_id,
        server.url(),
        server.ws_url()
    );
    tokio::signal::ctrl_c().await?;
    server.stop().await;
    Ok(())
}
