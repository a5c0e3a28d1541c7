//! The client against endpoints that are no nodes, and against the embedded node.

#![allow(
    clippy::unwrap_used,
    reason = "what a test helper cannot do fails its test"
)]

mod connect;
mod wallet;

use alloy::primitives::hex;
use zksso_client::{Chain, Wallet};
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS};

/// A fresh chain, and the node that has to outlive it.
async fn chain() -> (Node, Chain) {
    let node = Node::start(NodeConfig::default()).unwrap();
    let chain = Chain::over(node.transport(), "embedded").await.unwrap();
    (node, chain)
}

/// A funded wallet.
fn rich(chain: &Chain) -> Wallet {
    let key = hex::encode(RICH_ACCOUNTS[0].private_key);
    Wallet::from_private_key(chain.clone(), &key).unwrap()
}
