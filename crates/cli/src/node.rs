//! `zksso node`: serves the embedded node.

use alloy::primitives::utils::format_ether;
use serde_json::json;
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS, RpcServer};

use crate::args::NodeArgs;
use crate::{known, log::Log, output::print};

/// Accounts shown at the start; all of them are in the documentation of `zksso-node`.
const SHOWN_ACCOUNTS: usize = 10;

pub(crate) async fn run(arguments: &NodeArgs, verbose: u8) -> eyre::Result<()> {
    let (contracts, mut loading) = known::load(&arguments.abi);
    let config = arguments
        .chain
        .apply(NodeConfig::default())
        .with_validation_rules(!arguments.no_validation_rules)
        .with_coverage(arguments.coverage)
        .with_contracts(contracts);
    let node = if arguments.quiet {
        Node::start(config)?
    } else {
        Node::start_with(config, Log::new(arguments.json, verbose))?
    };
    let server = node
        .serve_with(arguments.server.address(), arguments.server.config())
        .await?;
    if !arguments.abi.is_empty() {
        loading.ended().await?;
    }
    greet(node.config(), &server, arguments.json)?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        error = loading.failed() => return Err(error),
    }
    server.stop().await;
    Ok(())
}

fn greet(config: &NodeConfig, server: &RpcServer, as_json: bool) -> eyre::Result<()> {
    if as_json {
        let event =
            json!({ "event": "listening", "url": server.url(), "chainId": config.chain_id });
        return Ok(print(&event.to_string())?);
    }
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
    Ok(())
}
