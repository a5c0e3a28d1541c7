//! The chain the demo plays on.

use alloy::providers::Provider;
use alloy::signers::local::PrivateKeySigner;
use serde_json::{Value, json};
use zksso_client::{Chain, Wallet};
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS};

use crate::args::DemoArgs;

/// A chain, and the wallet that pays on it.
pub(crate) struct DemoChain {
    pub(crate) wallet: Wallet,
    /// Whether the chain's time can be moved forward.
    pub(crate) local: bool,
}

impl DemoChain {
    /// The node named by the arguments, else a new one inside this process.
    pub(crate) async fn open(arguments: &DemoArgs) -> eyre::Result<Self> {
        match (&arguments.rpc_url, &arguments.private_key) {
            (Some(url), Some(key)) => Self::remote(url, key).await,
            _ => Self::embedded().await,
        }
    }

    async fn remote(url: &str, key: &str) -> eyre::Result<Self> {
        let chain = Chain::connect(url).await?;
        let wallet = Wallet::from_private_key(chain, key)?;
        let balance = wallet.chain().balance(wallet.address()).await?;
        if balance.is_zero() {
            eyre::bail!(
                "{} has no funds on the node at {url}; fund it or name another --private-key",
                wallet.address()
            );
        }
        let local = moves_time(&wallet).await;
        Ok(Self { wallet, local })
    }

    async fn embedded() -> eyre::Result<Self> {
        // Clones of the node live on in the transport, so the chain ends with the last connection.
        let node = Node::start(NodeConfig::default())?;
        let chain = Chain::over(node.transport(), "the embedded node").await?;
        let key = PrivateKeySigner::from_bytes(&RICH_ACCOUNTS[0].private_key)?;
        Ok(Self {
            wallet: Wallet::new(chain, key),
            local: true,
        })
    }

    /// Moves the chain's time forward.
    pub(crate) async fn increase_time(&self, seconds: u64) -> eyre::Result<()> {
        request(&self.wallet, "evm_increaseTime", json!([seconds])).await?;
        request(&self.wallet, "evm_mine", json!([])).await?;
        Ok(())
    }
}

/// A local node understands this and does nothing; a public one refuses it.
async fn moves_time(wallet: &Wallet) -> bool {
    request(wallet, "evm_increaseTime", json!([0]))
        .await
        .is_ok()
}

async fn request(wallet: &Wallet, method: &'static str, params: Value) -> eyre::Result<Value> {
    Ok(wallet
        .chain()
        .provider()
        .client()
        .request(method, params)
        .await?)
}
