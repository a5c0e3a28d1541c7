//! `eth_` methods that read transactions and receipts.

use serde_json::{Value, json};
use zksync_types::{
    H256, U64, U256, api,
    l2::{L2Tx, TransactionType},
    web3::Bytes,
};

use super::{Answer, Method, Params, Table, logs::log_json, reply};
use crate::chain::{Block, Chain, Record, Waiting, bloom};

pub(super) const METHODS: Table = &[
    Method::new(
        "eth_getTransactionByHash",
        "hash",
        "A transaction; null if there is none.",
        transaction_by_hash,
    ),
    Method::new(
        "eth_getTransactionReceipt",
        "hash",
        "A receipt, with the fields of the protocol; null if there is none.",
        receipt,
    ),
];

fn transaction_by_hash(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("transaction hash")?;
    params.finish()?;
    reply(transaction_json(chain, hash))
}

fn receipt(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("transaction hash")?;
    params.finish()?;
    reply(receipt_json(chain, hash))
}

pub(super) fn transaction_json(chain: &Chain, hash: H256) -> Option<Value> {
    let Some(record) = chain.record(hash) else {
        return waiting_json(chain, chain.waiting(hash)?);
    };
    let block = chain.block(record.block)?;
    let mut transaction = unplaced(chain, &record.tx, record.gas_price);
    transaction.block_hash = Some(block.hash);
    transaction.block_number = Some(block.number.into());
    transaction.transaction_index = Some(record.index.into());
    transaction.l1_batch_number = Some(block.number.into());
    transaction.l1_batch_tx_index = Some(record.index.into());
    finished(transaction, &record.tx)
}

/// A transaction that waits for a block.
pub(super) fn waiting_json(chain: &Chain, waiting: &Waiting) -> Option<Value> {
    let transaction = unplaced(chain, &waiting.tx, chain.base_fee());
    finished(transaction, &waiting.tx)
}

fn unplaced(chain: &Chain, tx: &L2Tx, gas_price: u64) -> api::Transaction {
    let mut transaction = api::Transaction::from(tx.clone());
    transaction.chain_id = chain.config.chain_id.into();
    match tx.common_data.transaction_type {
        TransactionType::LegacyTransaction => {
            transaction.transaction_type = Some(U64::zero());
            transaction.v = transaction.v.map(|parity| legacy_v(tx, parity));
            transaction.max_fee_per_gas = None;
            transaction.max_priority_fee_per_gas = None;
        }
        TransactionType::EIP2930Transaction => {
            transaction.max_fee_per_gas = None;
            transaction.max_priority_fee_per_gas = None;
            transaction.access_list = Some(Vec::new());
        }
        TransactionType::EIP1559Transaction => {
            transaction.gas_price = Some(gas_price.into());
            transaction.access_list = Some(Vec::new());
        }
        _ => transaction.gas_price = Some(gas_price.into()),
    }
    transaction
}

/// EIP-155: the parity of the signature, with the chain id if it is signed.
fn legacy_v(tx: &L2Tx, parity: U64) -> U64 {
    match tx.common_data.extract_chain_id() {
        Some(chain_id) => parity + U64::from(35) + U64::from(chain_id).saturating_mul(2.into()),
        None => parity + U64::from(27),
    }
}

fn finished(transaction: api::Transaction, tx: &L2Tx) -> Option<Value> {
    let mut json = serde_json::to_value(transaction).ok()?;
    if tx.common_data.transaction_type == TransactionType::EIP712Transaction {
        add_eip712_fields(json.as_object_mut()?, tx);
    }
    Some(json)
}

/// What type 113 adds. A smart account's signature has no `r`, `s` and `v`; clients insist on them, so they read zero.
fn add_eip712_fields(json: &mut serde_json::Map<String, Value>, tx: &L2Tx) {
    let common = &tx.common_data;
    let zero = json!(U256::zero());
    for name in ["r", "s", "v", "yParity"] {
        json.entry(name).or_insert_with(|| zero.clone());
    }
    let bytes = |bytes: &[u8]| json!(Bytes(bytes.to_vec()));
    let deps = tx.execute.factory_deps.iter();
    json.insert(
        "gasPerPubdata".to_owned(),
        json!(common.fee.gas_per_pubdata_limit),
    );
    json.insert(
        "factoryDeps".to_owned(),
        deps.map(|dep| bytes(dep)).collect(),
    );
    json.insert("customSignature".to_owned(), bytes(&common.signature));
    let paymaster = &common.paymaster_params;
    let params = (!paymaster.paymaster.is_zero()).then(|| {
        json!({
            "paymaster": paymaster.paymaster,
            "paymasterInput": bytes(&paymaster.paymaster_input),
        })
    });
    json.insert("paymasterParams".to_owned(), json!(params));
}

pub(super) fn receipt_json(chain: &Chain, hash: H256) -> Option<api::TransactionReceipt> {
    let record = chain.record(hash)?;
    let block = chain.block(record.block)?;
    let logs = chain.logs_of(hash, record).map(log_json).collect();
    Some(api::TransactionReceipt {
        transaction_hash: hash,
        transaction_index: record.index.into(),
        block_hash: block.hash,
        block_number: block.number.into(),
        l1_batch_tx_index: Some(record.index.into()),
        l1_batch_number: Some(block.number.into()),
        from: record.tx.initiator_account(),
        to: record.tx.recipient_account(),
        cumulative_gas_used: record.cumulative_gas_used.into(),
        gas_used: Some(record.gas_used.into()),
        contract_address: record.contract_address(),
        logs,
        l2_to_l1_logs: l2_to_l1_logs(hash, record, block),
        status: U64::from(u8::from(record.success)),
        logs_bloom: bloom(&record.events),
        transaction_type: Some(U64::from(record.tx.common_data.transaction_type as u32)),
        effective_gas_price: Some(record.gas_price.into()),
    })
}

fn l2_to_l1_logs(hash: H256, record: &Record, block: &Block) -> Vec<api::L2ToL1Log> {
    let logs = record.user_logs.iter().enumerate();
    logs.map(|(index, log)| api::L2ToL1Log {
        block_hash: Some(block.hash),
        block_number: block.number.into(),
        l1_batch_number: Some(block.number.into()),
        log_index: index.into(),
        transaction_index: record.index.into(),
        transaction_hash: hash,
        transaction_log_index: index.into(),
        tx_index_in_l1_batch: Some(u64::from(log.0.tx_number_in_block).into()),
        shard_id: u64::from(log.0.shard_id).into(),
        is_service: log.0.is_service,
        sender: log.0.sender,
        key: log.0.key,
        value: log.0.value,
    })
    .collect()
}
