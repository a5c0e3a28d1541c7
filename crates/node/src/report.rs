//! What a node tells about transactions.

use alloy::primitives::{Address, B256, U256};
use serde::{Deserialize, Serialize};
use zksso_trace::{Call, Event, Failure};

/// A transaction in a block, with names and source lines as far as its contracts are known. The RPC method `zksso_traceTransaction`
/// returns the same in camel case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionReport {
    /// Hash of the transaction.
    pub hash: B256,
    /// Block that holds it.
    pub block_number: u64,
    /// Its type: 0, 1, 2 or 113.
    #[serde(rename = "type")]
    pub tx_type: u32,
    /// Account that sent it.
    pub from: Address,
    /// Contract or account that it calls.
    pub to: Option<Address>,
    /// Wei that it carries.
    pub value: U256,
    /// Whether execution succeeded.
    pub success: bool,
    /// What it cost.
    pub fee: FeeSplit,
    /// Contracts that it deployed, with their names.
    pub created: Vec<Created>,
    /// Calls of the bootloader, in order.
    pub calls: Vec<Call>,
    /// Events, in order.
    pub events: Vec<Event>,
    /// Why execution failed.
    pub failure: Option<Failure>,
}

/// A contract that a transaction deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    /// Its address.
    pub address: Address,
    /// Its name.
    pub contract: Option<String>,
}

/// What a transaction cost, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeeSplit {
    /// Gas that the sender allowed.
    pub gas_limit: u64,
    /// Gas that the sender paid for: the sum of computation, published data and overhead.
    pub gas_used: u64,
    /// Gas that was not used.
    pub refund: u64,
    /// Computational gas, validation included.
    pub execution_gas: u64,
    /// Computational gas of account validation and fee payment.
    pub validation_gas: u64,
    /// Bytes of published data.
    pub pubdata_bytes: u32,
    /// Gas for one of them.
    pub gas_per_pubdata: u64,
    /// Gas for all of them.
    pub pubdata_gas: u64,
    /// Gas for the transaction's share of the batch.
    pub overhead_gas: u64,
    /// Wei per gas.
    pub gas_price: u64,
    /// Wei paid.
    pub fee: U256,
}

/// A transaction that did not get into a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusalReport {
    /// The transaction; absent if it could not be decoded.
    pub transaction: Option<RefusedTransaction>,
    /// Why it was refused, as the RPC error says it.
    pub reason: String,
    /// Why the contract that refused it did so, if one did.
    pub failure: Option<Failure>,
    /// Calls of the bootloader until then, if there were some.
    pub calls: Vec<Call>,
}

/// A refused transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedTransaction {
    /// Its hash.
    pub hash: B256,
    /// Its type: 0, 1, 2 or 113.
    #[serde(rename = "type")]
    pub tx_type: u32,
    /// Account that it is from.
    pub from: Address,
    /// Contract or account that it would have called.
    pub to: Option<Address>,
    /// Its nonce.
    pub nonce: u32,
}

/// A JSON-RPC request that was answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestReport {
    /// Name of the method.
    pub method: String,
    /// Parameters as JSON text.
    pub params: Option<String>,
    /// Microseconds until the answer was there.
    pub micros: u64,
    /// Code and message of the error, if the answer is one.
    pub error: Option<RequestError>,
}

/// The error of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestError {
    /// JSON-RPC error code.
    pub code: i32,
    /// What went wrong, in words.
    pub message: String,
}
