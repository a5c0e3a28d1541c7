//! A connection to a ZKsync Era node.

use std::time::Duration;

use alloy::{
    eips::BlockId,
    network::ReceiptResponse as _,
    primitives::{Address, B256, Bytes, U64, U256},
    providers::{DynProvider, Provider, RootProvider},
    rpc::client::RpcClient,
    transports::{
        IntoBoxTransport, TransportError,
        http::{Http, reqwest},
    },
};
use alloy_zksync::network::{Zksync, receipt_response::ReceiptResponse};
use serde::Deserialize;
use zksso_bindings::{
    ACCOUNT_CODE_STORAGE_ADDRESS, AccountCodeStorage, NONCE_HOLDER_ADDRESS, NonceHolder,
};

use crate::{Error, Result, failure};

/// Method that every ZKsync Era node has and other chains' nodes have not.
const ZKSYNC_METHOD: &str = "zks_getBytecodeByHash";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
const RECEIPT_TIMEOUT: Duration = Duration::from_secs(120);
const FIRST_POLL: Duration = Duration::from_millis(10);
const LONGEST_POLL: Duration = Duration::from_secs(1);

/// A connection to a ZKsync Era node; cheap to clone.
#[derive(Clone, Debug)]
pub struct Chain {
    provider: DynProvider<Zksync>,
    chain_id: u64,
}

impl Chain {
    /// Connects over HTTP.
    ///
    /// # Errors
    ///
    /// [`Error::Url`], [`Error::Unreachable`] when nothing answers JSON-RPC there, [`Error::NotZksync`].
    pub async fn connect(url: &str) -> Result<Self> {
        let invalid = |reason: String| Error::Url {
            url: url.to_owned(),
            reason,
        };
        let parsed = reqwest::Url::parse(url).map_err(|error| invalid(error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(invalid(format!("its scheme is {}", parsed.scheme())));
        }
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .build()
            .map_err(|error| invalid(error.to_string()))?;
        Self::over(Http::with_client(client, parsed), url).await
    }

    /// Connects over a transport, such as an embedded node's; `endpoint` is what errors call it.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`], [`Error::NotZksync`].
    pub async fn over(transport: impl IntoBoxTransport, endpoint: &str) -> Result<Self> {
        let provider = RootProvider::new(RpcClient::new(transport, true)).erased();
        let chain_id = provider.get_chain_id().await;
        let chain_id = chain_id.map_err(|source| unreachable_node(endpoint, source))?;
        let chain = Self { provider, chain_id };
        chain.require_zksync(endpoint).await?;
        Ok(chain)
    }

    async fn require_zksync(&self, endpoint: &str) -> Result<()> {
        let params = [B256::ZERO];
        let probe = self
            .provider
            .raw_request::<_, serde_json::Value>(ZKSYNC_METHOD.into(), params);
        match probe.await {
            Err(error) if failure::is_unknown_method(&error) => Err(Error::NotZksync {
                endpoint: endpoint.to_owned(),
                chain_id: self.chain_id,
                method: ZKSYNC_METHOD,
            }),
            _ => Ok(()),
        }
    }

    /// The chain id.
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// The alloy provider, for everything this type does not offer. It has no fillers and no wallet.
    pub const fn provider(&self) -> &DynProvider<Zksync> {
        &self.provider
    }

    /// Time of the latest block, Unix seconds.
    ///
    /// # Errors
    ///
    /// [`Error::Rpc`], [`Error::Answer`] when there is no block.
    pub async fn time(&self) -> Result<u64> {
        // Read without the typed header: of all its members only this one is needed, and nodes differ in the others.
        #[derive(Debug, Deserialize)]
        struct BlockTime {
            timestamp: U64,
        }
        let params = ("latest", false);
        let block: Option<BlockTime> = self
            .provider
            .raw_request("eth_getBlockByNumber".into(), params)
            .await?;
        let block = block.ok_or_else(|| Error::Answer("there is no latest block".to_owned()))?;
        Ok(block.timestamp.to())
    }

    /// Balance of the base token, in wei.
    ///
    /// # Errors
    ///
    /// [`Error::Rpc`].
    pub async fn balance(&self, address: Address) -> Result<U256> {
        Ok(self.provider.get_balance(address).await?)
    }

    /// Bytecode hash of a contract, or zero when there is none at the address.
    ///
    /// # Errors
    ///
    /// [`Error::Rpc`].
    pub async fn code_hash(&self, address: Address) -> Result<B256> {
        let storage = AccountCodeStorage::new(ACCOUNT_CODE_STORAGE_ADDRESS, &self.provider);
        Ok(storage.getRawCodeHash(address).call().await?)
    }

    /// The next nonce of an account under a key of 192 bits: the key, followed by a 64-bit counter.
    ///
    /// Under key zero, transactions that wait to be included are counted.
    ///
    /// # Errors
    ///
    /// [`Error::Rpc`]; [`Error::Rejected`] for other keys than zero where the chain's protocol does not have them.
    pub async fn next_nonce(&self, account: Address, key: U256) -> Result<U256> {
        if key.is_zero() {
            let count = self.provider.get_transaction_count(account).pending();
            return Ok(U256::from(count.await?));
        }
        let holder = NonceHolder::new(NONCE_HOLDER_ADDRESS, &self.provider);
        Ok(holder
            .getKeyedNonce(account, key.saturating_to())
            .call()
            .await?)
    }

    /// Hands a signed transaction to the node.
    pub(crate) async fn submit(&self, raw: &[u8]) -> Result<B256> {
        let params = [Bytes::copy_from_slice(raw)];
        Ok(self
            .provider
            .raw_request("eth_sendRawTransaction".into(), params)
            .await?)
    }

    /// Waits until a transaction is in a block.
    pub(crate) async fn wait(&self, hash: B256) -> Result<ReceiptResponse> {
        let started = tokio::time::Instant::now();
        let mut pause = FIRST_POLL;
        while started.elapsed() < RECEIPT_TIMEOUT {
            // Some nodes hand out a receipt without a block while the transaction waits.
            let receipt = self.provider.get_transaction_receipt(hash).await?;
            if let Some(receipt) = receipt.filter(|receipt| receipt.block_number().is_some()) {
                return Ok(receipt);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_POLL);
        }
        let seconds = RECEIPT_TIMEOUT.as_secs();
        Err(Error::Pending { hash, seconds })
    }

    /// The state a transaction in block `number` started from, where a block holds one transaction.
    pub(crate) fn before(number: u64) -> BlockId {
        BlockId::number(number.saturating_sub(1))
    }
}

fn unreachable_node(endpoint: &str, source: TransportError) -> Error {
    Error::Unreachable {
        endpoint: endpoint.to_owned(),
        source,
    }
}
