//! The chains a test can run on.

use std::path::PathBuf;

use alloy::signers::local::PrivateKeySigner;
use alloy_zksync::node_bindings::{AnvilZKsync, AnvilZKsyncInstance};
use async_trait::async_trait;
use eyre::WrapErr;
use serde_json::{Value, json};
use zksso_client::{Chain, Wallet};
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS};

use crate::coverage;

/// Names the binary of anvil-zksync.
const ANVIL_VARIABLE: &str = "ANVIL_ZKSYNC";
/// Names the URL of a running node.
const RPC_VARIABLE: &str = "ZKSSO_TEST_RPC_URL";
/// Names the key of a funded account there.
const KEY_VARIABLE: &str = "ZKSSO_TEST_PRIVATE_KEY";

/// A running chain with a funded wallet.
#[async_trait]
pub trait Backend: Send + Sync {
    /// What failures call it.
    fn name(&self) -> &'static str;

    /// A wallet with plenty of the base token.
    fn wallet(&self) -> &Wallet;

    /// Whether the chain enforces the validation rules of account abstraction.
    fn enforces_validation_rules(&self) -> bool;

    /// Moves the chain's time forward. `false` if this chain's time is not ours to move.
    ///
    /// # Errors
    /// If the node refuses.
    async fn increase_time(&self, seconds: u64) -> eyre::Result<bool>;
}

/// Starts every back-end this machine has, each on a fresh chain where it can be, and says on standard error which it skipped.
///
/// # Errors
/// If one that should be there does not start.
pub async fn backends() -> eyre::Result<Vec<Box<dyn Backend>>> {
    let mut found: Vec<Box<dyn Backend>> =
        vec![Box::new(Embedded::start(NodeConfig::default()).await?)];
    match AnvilZksync::find() {
        Some(path) => found.push(Box::new(AnvilZksync::start(path).await?)),
        None => skipped(
            "anvil-zksync",
            &format!("set ${ANVIL_VARIABLE} or put it on PATH"),
        ),
    }
    match Remote::from_environment().await? {
        Some(remote) => found.push(Box::new(remote)),
        None => skipped(
            "remote node",
            &format!("set ${RPC_VARIABLE} and ${KEY_VARIABLE}"),
        ),
    }
    Ok(found)
}

fn skipped(name: &str, how: &str) {
    eprintln!("SKIPPED on {name}: not available here; to run on it, {how}");
}

/// The embedded node, inside this process.
#[derive(Debug)]
pub struct Embedded {
    node: Node,
    wallet: Wallet,
}

impl Embedded {
    /// Starts a fresh node.
    ///
    /// # Errors
    /// If the node does not start.
    pub async fn start(config: NodeConfig) -> eyre::Result<Self> {
        let node = Node::start(coverage::counting(config).with_compared_drivers(true))?;
        let chain = Chain::over(node.transport(), "the embedded node").await?;
        Ok(Self {
            wallet: rich_wallet(chain)?,
            node,
        })
    }

    /// The node.
    pub const fn node(&self) -> &Node {
        &self.node
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        coverage::add(&self.node);
    }
}

#[async_trait]
impl Backend for Embedded {
    fn name(&self) -> &'static str {
        "embedded node"
    }

    fn wallet(&self) -> &Wallet {
        &self.wallet
    }

    fn enforces_validation_rules(&self) -> bool {
        self.node.config().validation_rules
    }

    async fn increase_time(&self, seconds: u64) -> eyre::Result<bool> {
        increase_time(&self.wallet, seconds).await.map(|()| true)
    }
}

/// anvil-zksync, started from its binary.
#[derive(Debug)]
pub struct AnvilZksync {
    wallet: Wallet,
    // Ends the process when dropped.
    _instance: AnvilZKsyncInstance,
}

impl AnvilZksync {
    /// The binary named by `$ANVIL_ZKSYNC`, else the one on `PATH`.
    pub fn find() -> Option<PathBuf> {
        if let Some(named) = std::env::var_os(ANVIL_VARIABLE).filter(|value| !value.is_empty()) {
            return Some(named.into());
        }
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path)
            .map(|folder| folder.join("anvil-zksync"))
            .find(|file| file.is_file())
    }

    /// Starts the binary on a free port.
    ///
    /// # Errors
    /// If it does not start, or does not answer.
    pub async fn start(path: PathBuf) -> eyre::Result<Self> {
        let shown = path.display().to_string();
        let instance = AnvilZKsync::at(path).port(free_port()?).try_spawn();
        let instance = instance.wrap_err_with(|| format!("{shown} does not start"))?;
        let chain = Chain::connect(&instance.endpoint()).await?;
        Ok(Self {
            wallet: rich_wallet(chain)?,
            _instance: instance,
        })
    }
}

#[async_trait]
impl Backend for AnvilZksync {
    fn name(&self) -> &'static str {
        "anvil-zksync"
    }

    fn wallet(&self) -> &Wallet {
        &self.wallet
    }

    fn enforces_validation_rules(&self) -> bool {
        false
    }

    async fn increase_time(&self, seconds: u64) -> eyre::Result<bool> {
        increase_time(&self.wallet, seconds).await.map(|()| true)
    }
}

/// A node somebody else runs.
#[derive(Debug)]
pub struct Remote {
    wallet: Wallet,
}

impl Remote {
    /// The node named by `$ZKSSO_TEST_RPC_URL`, paid by `$ZKSSO_TEST_PRIVATE_KEY`; `None` unless both are set.
    ///
    /// # Errors
    /// If the node does not answer or the key is not one.
    pub async fn from_environment() -> eyre::Result<Option<Self>> {
        let (Ok(url), Ok(key)) = (std::env::var(RPC_VARIABLE), std::env::var(KEY_VARIABLE)) else {
            return Ok(None);
        };
        let chain = Chain::connect(&url).await?;
        Ok(Some(Self {
            wallet: Wallet::from_private_key(chain, &key)?,
        }))
    }
}

#[async_trait]
impl Backend for Remote {
    fn name(&self) -> &'static str {
        "remote node"
    }

    fn wallet(&self) -> &Wallet {
        &self.wallet
    }

    fn enforces_validation_rules(&self) -> bool {
        true
    }

    async fn increase_time(&self, _seconds: u64) -> eyre::Result<bool> {
        Ok(false)
    }
}

fn rich_wallet(chain: Chain) -> eyre::Result<Wallet> {
    let key = PrivateKeySigner::from_bytes(&RICH_ACCOUNTS[0].private_key)?;
    Ok(Wallet::new(chain, key))
}

async fn increase_time(wallet: &Wallet, seconds: u64) -> eyre::Result<()> {
    let provider = alloy::providers::Provider::client(wallet.chain().provider());
    let _: Value = provider
        .request("evm_increaseTime", json!([seconds]))
        .await?;
    let _: Value = provider.request("evm_mine", json!([])).await?;
    Ok(())
}

fn free_port() -> eyre::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}
