//! `zks_` methods that describe blocks, batches and transactions.

use chrono::DateTime;
use serde_json::{Value, json};
use zksync_types::{
    Address, H256, Transaction, U64,
    api::{self, TransactionStatus},
};

use super::{Answer, Method, Params, Table, params::Quantity, reply};
use crate::chain::{Block, Chain, PROTOCOL};

pub(super) const METHODS: Table = &[
    Method::new(
        "zks_L1BatchNumber",
        "",
        "Number of the latest batch: every block is one.",
        batch_number,
    ),
    Method::new(
        "zks_getBlockDetails",
        "number",
        "Counts, fees and status of a block; null if there is none.",
        block_details,
    ),
    Method::new(
        "zks_getL1BatchBlockRange",
        "batch",
        "First and last block of a batch: the same; null if there is none.",
        batch_blocks,
    ),
    Method::new(
        "zks_getL1BatchDetails",
        "batch",
        "Counts, fees and status of a batch; null if there is none.",
        batch_details,
    ),
    Method::new(
        "zks_getRawBlockTransactions",
        "number",
        "Transactions of a block as the protocol has them inside; none if there is no block.",
        raw_transactions,
    ),
    Method::new(
        "zks_getTransactionDetails",
        "hash",
        "Fee, sender and status of a transaction; null if there is none.",
        receipt_details,
    ),
];

/// Every block is a batch of its own.
fn batch_number(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(U64::from(chain.head().number))
}

/// Block and batch have one number; nothing is sent to an L1, so that `sealed` is the last status.
fn block_details(chain: &mut Chain, mut params: Params) -> Answer {
    let number: Quantity = params.required("block number")?;
    params.finish()?;
    let block = chain.block(number.as_u64("block number")?);
    reply(block.map(|block| {
        let mut details = details(chain, block);
        details["l1BatchNumber"] = json!(block.number);
        details["operatorAddress"] = json!(Address::zero());
        details["protocolVersion"] = json!(PROTOCOL);
        details
    }))
}

fn batch_details(chain: &mut Chain, mut params: Params) -> Answer {
    let batch: Quantity = params.required("batch")?;
    params.finish()?;
    let block = chain.block(batch.as_u64("batch")?);
    reply(block.map(|block| details(chain, block)))
}

/// What blocks and batches have in common.
fn details(chain: &Chain, block: &Block) -> Value {
    json!({
        "number": block.number,
        "timestamp": block.timestamp,
        "l1TxCount": 0,
        "l2TxCount": block.transactions.len(),
        "rootHash": block.hash,
        "status": "sealed",
        "commitTxHash": null,
        "committedAt": null,
        "proveTxHash": null,
        "provenAt": null,
        "executeTxHash": null,
        "executedAt": null,
        "l1GasPrice": chain.fee_input().l1_gas_price(),
        "l2FairGasPrice": chain.config.fair_l2_gas_price,
        "fairPubdataPrice": chain.config.fair_pubdata_price,
        "baseSystemContractsHashes": chain.system_contracts(),
    })
}

fn raw_transactions(chain: &mut Chain, mut params: Params) -> Answer {
    let number: Quantity = params.required("block number")?;
    params.finish()?;
    let block = chain.block(number.as_u64("block number")?);
    let transactions = block.into_iter().flat_map(|block| {
        let records = block.transactions.iter();
        let records = records.filter_map(|hash| chain.record(*hash));
        records.map(|record| {
            let mut transaction = Transaction::from(record.tx.clone());
            transaction.received_timestamp_ms = block.timestamp.saturating_mul(1000);
            transaction
        })
    });
    reply(transactions.collect::<Vec<_>>())
}

fn batch_blocks(chain: &mut Chain, mut params: Params) -> Answer {
    let batch: Quantity = params.required("batch")?;
    params.finish()?;
    let block = chain.block(batch.as_u64("batch")?);
    reply(block.map(|block| [U64::from(block.number); 2]))
}

fn receipt_details(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("transaction hash")?;
    params.finish()?;
    let details = chain.record(hash).and_then(|record| {
        let block = chain.block(record.block)?;
        let status = match record.success {
            true => TransactionStatus::Included,
            false => TransactionStatus::Failed,
        };
        Some(api::TransactionDetails {
            is_l1_originated: false,
            status,
            fee: record.fee(),
            gas_per_pubdata: record.tx.common_data.fee.gas_per_pubdata_limit,
            initiator_address: record.tx.initiator_account(),
            received_at: DateTime::from_timestamp(i64::try_from(block.timestamp).ok()?, 0)?,
            eth_commit_tx_hash: None,
            eth_prove_tx_hash: None,
            eth_execute_tx_hash: None,
            eth_precommit_tx_hash: None,
        })
    });
    reply(details)
}
