//! An embedded ZKsync Era node: the official virtual machine behind an in-process alloy transport and a JSON-RPC server
//! over HTTP and WebSockets.
//!
//! Every transaction is a block of its own, sealed before the answer to `eth_sendRawTransaction`. Before that, account validation runs
//! under the protocol's rules, as the sequencer of a real chain enforces them: no foreign storage, no time except through the
//! `TimestampAsserter`, bounded gas. Genesis consists of the system contracts of protocol version 26 and three contracts of our own,
//! `contracts/devnet` in the repository.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use alloy::{providers::{Provider, RootProvider}, rpc::client::RpcClient};
//! use zksso_node::{Node, NodeConfig};
//!
//! let node = Node::start(NodeConfig::default())?;
//! let provider = RootProvider::<alloy::network::Ethereum>::new(RpcClient::new(node.transport(), true));
//! assert_eq!(provider.get_chain_id().await?, 260);
//!
//! let server = node.serve(([127, 0, 0, 1], 8011).into()).await?;
//! println!("listening on {}", server.url());
//! # Ok(()) }
//! ```

mod accounts;
mod chain;
mod config;
mod convert;
mod details;
mod devnet;
mod error;
mod event_queue;
mod explain;
mod message;
mod mining;
mod node;
mod notifications;
mod observer;
mod report;
mod rpc;
mod server;
mod shared_contracts;
mod transport;
mod worker;

pub use self::{
    accounts::{RICH_ACCOUNTS, RichAccount},
    config::{NodeConfig, TIMESTAMP_ASSERTER},
    details::TransactionDetails,
    devnet::{DEVNET_CONTRACTS, DevnetContract},
    error::{Error, Result},
    mining::Mining,
    node::Node,
    notifications::{Missed, Notifications, Topic},
    observer::{NodeEvent, NodeObserver},
    report::{
        Created, FeeSplit, RefusalReport, RefusedTransaction, RequestError, RequestReport,
        TransactionReport,
    },
    rpc::{Method, RpcError, methods, refused_methods},
    server::{RpcServer, ServerConfig},
    shared_contracts::SharedContracts,
    transport::NodeTransport,
};
