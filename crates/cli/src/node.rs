//! `zksso node`: serves the embedded node.

use std::net::SocketAddr;

use alloy::primitives::utils::format_ether;
use serde_json::json;
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS};

use crate::args::NodeArgs;
use crate::{known, log::Log, output::print};

/// Accounts shown at the start; all of them are in the documentation of `zksso-node`.
const SHOWN_ACCOUNTS: usize = 10;

pub(crate) async fn run(arguments: &NodeArgs, verbose: u8) -> eyre::Result<()> {
    let config = NodeConfig::default()
        .with_validation_rules(!arguments.no_validation_rules)
        .with_coverage(arguments.coverage)
        .with_contracts(known::contracts(None, &arguments.abi)?);
    let node = if arguments.quiet {
        Node::start(config)?
    } else {
        Node::start_with(config, Log::new(arguments.json, verbose))?
    };
    let server = node
        .serve(SocketAddr::new(arguments.host, arguments.port))
        .await?;
    greet(node.config(), &server.url(), arguments.json)?;
    tokio::signal::ctrl_c().await?;
    server.stop().await;
    Ok(())
}

fn greet(config: &NodeConfig, url: &str, as_json: bool) -> eyre::Result<()> {
    if as_json {
        let event = json!({ "event": "listening", "url": url, "chainId": config.chain_id });
        return Ok(print(&event.to_string())?);
    }
    println!(
        "Accounts with {} ETH each (public keys of a test chain, never use them elsewhere):",
        format_ether(config.rich_balance)
    );
    for account in RICH_ACCOUNTS.iter().take(SHOWN_ACCOUNTS) {
        println!("  {}  {}", account.address, account.private_key);
    }
    println!("Chain {} is listening on {url}", config.chain_id);
    Ok(())
}
