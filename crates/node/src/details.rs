//! What a transaction cost and how it ended, beyond its receipt.

use alloy::primitives::{Address, B256, Bytes, U256};
use serde::Serialize;
use zksync_types::H256;

use crate::{chain::Chain, convert};

/// Costs and outcome of a transaction. The RPC method `zksso_getTransactionDetails` returns the same in camel case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionDetails {
    /// Hash of the transaction.
    pub hash: B256,
    /// Block that holds it.
    pub block_number: u64,
    /// Account that sent it.
    pub initiator: Address,
    /// Whether execution succeeded.
    pub success: bool,
    /// Gas that the sender allowed.
    pub gas_limit: u64,
    /// Gas that the sender paid for: computation, published data and the transaction's share of the batch.
    pub gas_used: u64,
    /// Wei per gas.
    pub gas_price: u64,
    /// Wei paid.
    pub fee: U256,
    /// Computational gas of the whole run, bootloader included.
    pub vm_gas: u64,
    /// Computational gas of account validation and fee payment, the amount that the protocol limits.
    pub validation_gas: u64,
    /// Bytes of published data.
    pub pubdata_bytes: u32,
    /// Return data, or the revert data of a failed transaction.
    pub output: Bytes,
}

impl TransactionDetails {
    pub(crate) fn of(chain: &Chain, hash: H256) -> Option<Self> {
        let record = chain.record(hash)?;
        Some(Self {
            hash: convert::to_b256(hash),
            block_number: record.block,
            initiator: convert::to_address(record.tx.initiator_account()),
            success: record.success,
            gas_limit: record.tx.common_data.fee.gas_limit.as_u64(),
            gas_used: record.gas_used,
            gas_price: record.gas_price,
            fee: convert::to_u256(record.fee()),
            vm_gas: record.vm_gas,
            validation_gas: record.validation_gas,
            pubdata_bytes: record.pubdata,
            output: record.output.clone().into(),
        })
    }
}
