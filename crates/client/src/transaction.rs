//! Type-113 transactions, from a call to a receipt.

use alloy::{
    consensus::SignableTransaction,
    eips::eip2718::Encodable2718,
    network::{ReceiptResponse as _, TransactionBuilder},
    primitives::{Address, B256, Bytes, Signature, U256},
    providers::Provider,
    transports::RpcError,
};
use alloy_zksync::{
    network::{
        receipt_response::ReceiptResponse,
        transaction_request::TransactionRequest,
        tx_envelope::TxEnvelope,
        unsigned_tx::eip712::{Eip712Meta, PaymasterParams, TxEip712},
    },
    types::Eip712Fee,
};
use async_trait::async_trait;
use zksso_core::{Call, DecodedError, Paymaster, bytecode_hash};

use crate::{Chain, Error, Receipt, Result};

/// What a transaction may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fee {
    /// Most gas the transaction may use.
    pub gas_limit: u64,
    /// Highest price of one unit of gas, in wei.
    pub max_fee_per_gas: u128,
    /// Highest tip per unit of gas, in wei.
    pub max_priority_fee_per_gas: u128,
    /// Most gas a byte of published data may cost.
    pub gas_per_pubdata: U256,
}

impl Fee {
    /// Most wei the fee can be.
    pub fn max_cost(&self) -> U256 {
        U256::from(self.gas_limit) * U256::from(self.max_fee_per_gas)
    }
}

/// A node charges a little more or less than it estimates (up to 9 % more was measured), so a fifth is added.
fn with_margin(estimate: &Eip712Fee, authorizer: &dyn Authorizer) -> Fee {
    let gas = estimate.gas_limit;
    let generous = gas
        .saturating_add(gas / 5)
        .saturating_add(authorizer.extra_gas());
    Fee {
        gas_limit: generous,
        max_fee_per_gas: estimate.max_fee_per_gas,
        max_priority_fee_per_gas: estimate.max_priority_fee_per_gas,
        gas_per_pubdata: estimate.gas_per_pubdata_limit,
    }
}

/// What a sender may decide about a transaction besides its call; everything has a good default.
#[derive(Clone, Debug, Default)]
pub struct SendOptions {
    /// Fee to use instead of an estimated one. A transaction that an estimate would already refuse reaches the chain's own rules this way.
    pub fee: Option<Fee>,
    /// Nonce to use instead of the next one: 192 bits of key, 64 of counter.
    pub nonce: Option<U256>,
    /// Who pays the fee instead of the sender.
    pub paymaster: Option<Paymaster>,
    /// Bytecodes that the transaction makes known to the chain.
    pub factory_deps: Vec<Bytes>,
}

impl SendOptions {
    /// Uses `fee` instead of an estimate.
    #[must_use]
    pub const fn with_fee(mut self, fee: Fee) -> Self {
        self.fee = Some(fee);
        self
    }

    /// Has a paymaster pay.
    #[must_use]
    pub fn with_paymaster(mut self, paymaster: Paymaster) -> Self {
        self.paymaster = Some(paymaster);
        self
    }

    /// Publishes bytecodes along with the transaction.
    #[must_use]
    pub fn with_factory_deps(mut self, bytecodes: Vec<Bytes>) -> Self {
        self.factory_deps = bytecodes;
        self
    }
}

/// How a transaction is authorised.
pub(crate) enum Authorization {
    /// ECDSA by the sender's own key.
    Ecdsa(Signature),
    /// Whatever the sender's account contract wants.
    Custom(Bytes),
}

/// Somebody who can authorise transactions of one sender.
#[async_trait]
pub(crate) trait Authorizer: Send + Sync {
    /// The sender.
    fn sender(&self) -> Address;

    /// A signature of the right size for estimates, or `None` for senders without code.
    fn placeholder(&self) -> Option<Bytes>;

    /// Gas that checking the real signature takes beyond checking the placeholder.
    fn extra_gas(&self) -> u64;

    /// Authorises the transaction with this signed hash.
    async fn authorize(&self, hash: B256) -> Result<Authorization>;
}

/// Sends a call as one transaction and waits for its block.
pub(crate) async fn send(
    chain: &Chain,
    authorizer: &dyn Authorizer,
    call: &Call,
    options: &SendOptions,
) -> Result<Receipt> {
    let (transaction, authorization) = signed(chain, authorizer, call, options).await?;
    let hash = chain.submit(&encode(transaction, authorization)).await?;
    tracing::debug!(%hash, from = %authorizer.sender(), to = %call.to, "sent");
    let receipt = chain.wait(hash).await?;
    match receipt.status() {
        true => Ok(Receipt::new(&receipt)),
        false => Err(reverted(chain, authorizer.sender(), call, &receipt).await),
    }
}

/// A call as a transaction, and what authorises it.
pub(crate) async fn signed(
    chain: &Chain,
    authorizer: &dyn Authorizer,
    call: &Call,
    options: &SendOptions,
) -> Result<(TxEip712, Authorization)> {
    let transaction = prepare(chain, authorizer, call, options).await?;
    let authorization = authorizer.authorize(transaction.signature_hash()).await?;
    Ok((transaction, authorization))
}

/// Estimates the fee of a call, margins included.
pub(crate) async fn estimate(
    chain: &Chain,
    authorizer: &dyn Authorizer,
    call: &Call,
    options: &SendOptions,
) -> Result<Fee> {
    let nonce = nonce(chain, authorizer, options).await?;
    estimate_at(chain, authorizer, call, options, nonce).await
}

async fn prepare(
    chain: &Chain,
    authorizer: &dyn Authorizer,
    call: &Call,
    options: &SendOptions,
) -> Result<TxEip712> {
    // The signed hash is over the hashes of these, so they must have one.
    for bytecode in &options.factory_deps {
        bytecode_hash(bytecode)?;
    }
    let nonce = nonce(chain, authorizer, options).await?;
    let fee = match options.fee {
        Some(fee) => fee,
        None => estimate_at(chain, authorizer, call, options, nonce).await?,
    };
    Ok(TxEip712 {
        chain_id: chain.chain_id(),
        nonce,
        gas: fee.gas_limit,
        max_fee_per_gas: fee.max_fee_per_gas,
        max_priority_fee_per_gas: fee.max_priority_fee_per_gas,
        to: call.to,
        from: authorizer.sender(),
        value: call.value,
        input: call.data.clone(),
        eip712_meta: Some(meta(options, fee.gas_per_pubdata, None)),
    })
}

async fn nonce(chain: &Chain, authorizer: &dyn Authorizer, options: &SendOptions) -> Result<U256> {
    match options.nonce {
        Some(nonce) => Ok(nonce),
        None => chain.next_nonce(authorizer.sender(), U256::ZERO).await,
    }
}

async fn estimate_at(
    chain: &Chain,
    authorizer: &dyn Authorizer,
    call: &Call,
    options: &SendOptions,
    nonce: U256,
) -> Result<Fee> {
    let meta = meta(options, U256::ZERO, authorizer.placeholder());
    let request = with_meta(request(authorizer.sender(), call), meta);
    let request = with_nonce(&request, nonce)?;
    let estimate: Eip712Fee = chain
        .provider()
        .raw_request("zks_estimateFee".into(), [request])
        .await?;
    Ok(with_margin(&estimate, authorizer))
}

/// The request as JSON with its nonce, for which the typed one has 64 bits only.
fn with_nonce(request: &TransactionRequest, nonce: U256) -> Result<serde_json::Value> {
    let json = serde_json::to_value(request);
    let mut json = json.map_err(|error| Error::Answer(error.to_string()))?;
    json["nonce"] = format!("{nonce:#x}").into();
    Ok(json)
}

fn request(from: Address, call: &Call) -> TransactionRequest {
    TransactionRequest::default()
        .with_from(from)
        .with_to(call.to)
        .with_value(call.value)
        .with_input(call.data.clone())
}

fn with_meta(mut request: TransactionRequest, meta: Eip712Meta) -> TransactionRequest {
    request.set_gas_per_pubdata(meta.gas_per_pubdata);
    request.set_factory_deps(meta.factory_deps);
    if let Some(signature) = meta.custom_signature {
        request.set_custom_signature(signature);
    }
    if let Some(paymaster) = meta.paymaster_params {
        request.set_paymaster_params(paymaster);
    }
    request
}

fn meta(options: &SendOptions, gas_per_pubdata: U256, signature: Option<Bytes>) -> Eip712Meta {
    let paymaster = options.paymaster.clone();
    Eip712Meta {
        gas_per_pubdata,
        factory_deps: options.factory_deps.clone(),
        custom_signature: signature,
        paymaster_params: paymaster.map(|paymaster| PaymasterParams {
            paymaster: paymaster.address,
            paymaster_input: paymaster.input,
        }),
    }
}

fn encode(mut transaction: TxEip712, authorization: Authorization) -> Vec<u8> {
    let signature = match authorization {
        Authorization::Ecdsa(signature) => signature,
        Authorization::Custom(bytes) => {
            let meta = transaction.eip712_meta.get_or_insert_default();
            meta.custom_signature = Some(bytes);
            // The format has a place for both; nodes ignore this one when the other is there.
            Signature::new(U256::ZERO, U256::ZERO, false)
        }
    };
    TxEnvelope::Eip712(transaction.into_signed(signature)).encoded_2718()
}

/// Describes a failed transaction. Receipts do not say why, so the call is repeated on the state it started from.
async fn reverted(chain: &Chain, sender: Address, call: &Call, receipt: &ReceiptResponse) -> Error {
    let block = Chain::before(receipt.block_number().unwrap_or_default());
    let repeated = chain
        .provider()
        .call(request(sender, call))
        .block(block)
        .await;
    let reason = match repeated {
        Err(error @ RpcError::ErrorResp(_)) => Error::from(error).decoded().cloned(),
        _ => None,
    };
    Error::Reverted {
        hash: receipt.transaction_hash(),
        gas_used: receipt.gas_used(),
        reason: reason.filter(|reason: &DecodedError| !reason.data.is_empty()),
    }
}
