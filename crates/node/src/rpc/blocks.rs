//! `eth_` methods that read blocks, transactions, receipts and logs.

use serde::Deserialize;
use serde_json::{Value, json};
use zksync_multivm::interface::VmEvent;
use zksync_types::{
    Address, H64, H256, U64, U256,
    api::{self, BlockId, BlockNumber},
    l2::{L2Tx, TransactionType},
    web3::Bytes,
};

use super::{
    Answer, Method, Params, RpcError, Table,
    params::{Block as BlockParameter, block_number, block_of_hash},
    reply,
};
use crate::chain::{BLOCK_GAS_LIMIT, Block, Chain, LogEntry, LogFilter, Record, Waiting, bloom};

pub(super) const METHODS: Table = &[
    Method::new(
        "eth_getBlockByHash",
        "hash, [full]",
        "A block, with hashes of transactions or whole ones.",
        block_by_hash,
    ),
    Method::new(
        "eth_getBlockByNumber",
        "block, [full]",
        "The same by number or tag.",
        block_by_number,
    ),
    Method::new(
        "eth_getBlockReceipts",
        "block",
        "Receipts of all transactions of a block; null if there is none.",
        block_receipts,
    ),
    Method::new(
        "eth_getBlockTransactionCountByHash",
        "hash",
        "Number of transactions in a block.",
        count_by_hash,
    ),
    Method::new(
        "eth_getBlockTransactionCountByNumber",
        "block",
        "The same by number or tag.",
        count_by_number,
    ),
    Method::new(
        "eth_getLogs",
        "filter",
        "Events by range or block hash, addresses and topics.",
        logs,
    ),
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
    Method::new(
        "eth_getUncleCountByBlockHash",
        "hash",
        "Zero for blocks that exist.",
        uncles_by_hash,
    ),
    Method::new(
        "eth_getUncleCountByBlockNumber",
        "block",
        "Zero for blocks that exist.",
        uncles_by_number,
    ),
];

// --- Blocks -------------------------------------------------------------------------------------------------------------

/// The block with this number; `None` when it does not exist. The pending block equals the latest: nothing waits in a pool.
fn find_block(chain: &Chain, number: BlockNumber) -> Option<&Block> {
    chain.block(block_number(chain, number).ok()?)
}

fn block_by_number(chain: &mut Chain, mut params: Params) -> Answer {
    let number: BlockNumber = params.required("block number")?;
    let full: Option<bool> = params.optional("full transactions")?;
    params.finish()?;
    let block = find_block(chain, number);
    reply(block.map(|block| block_json(chain, block, full.unwrap_or(false))))
}

fn block_by_hash(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("block hash")?;
    let full: Option<bool> = params.optional("full transactions")?;
    params.finish()?;
    let block = chain.block_by_hash(hash);
    reply(block.map(|block| block_json(chain, block, full.unwrap_or(false))))
}

fn count_by_number(chain: &mut Chain, mut params: Params) -> Answer {
    let number: BlockNumber = params.required("block number")?;
    params.finish()?;
    let block = find_block(chain, number);
    reply(block.map(|block| U64::from(block.transactions.len())))
}

fn count_by_hash(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("block hash")?;
    params.finish()?;
    let block = chain.block_by_hash(hash);
    reply(block.map(|block| U64::from(block.transactions.len())))
}

fn uncles_by_number(chain: &mut Chain, mut params: Params) -> Answer {
    let number: BlockNumber = params.required("block number")?;
    params.finish()?;
    reply(find_block(chain, number).map(|_| U64::zero()))
}

fn uncles_by_hash(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("block hash")?;
    params.finish()?;
    reply(chain.block_by_hash(hash).map(|_| U64::zero()))
}

fn block_receipts(chain: &mut Chain, mut params: Params) -> Answer {
    let BlockParameter(id) = params.required("block")?;
    params.finish()?;
    let block = match id {
        BlockId::Number(number) => find_block(chain, number),
        BlockId::Hash(hash) => chain.block_by_hash(hash),
    };
    reply(block.map(|block| {
        let hashes = block.transactions.iter();
        hashes
            .filter_map(|hash| receipt_json(chain, *hash))
            .collect::<Vec<_>>()
    }))
}

pub(super) fn block_json(chain: &Chain, block: &Block, full: bool) -> api::Block<Value> {
    let transactions = block.transactions.iter().map(|hash| {
        if full {
            json!(transaction_json(chain, *hash))
        } else {
            json!(hash)
        }
    });
    api::Block {
        hash: block.hash,
        parent_hash: block.parent,
        number: block.number.into(),
        l1_batch_number: Some(block.number.into()),
        gas_used: block.gas_used.into(),
        gas_limit: BLOCK_GAS_LIMIT.into(),
        base_fee_per_gas: chain.base_fee().into(),
        logs_bloom: block.bloom,
        timestamp: block.timestamp.into(),
        l1_batch_timestamp: Some(block.timestamp.into()),
        transactions: transactions.collect(),
        nonce: H64::zero(),
        ..api::Block::default()
    }
}

// --- Transactions -------------------------------------------------------------------------------------------------------

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

fn receipt_json(chain: &Chain, hash: H256) -> Option<api::TransactionReceipt> {
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

// --- Logs ---------------------------------------------------------------------------------------------------------------

pub(super) fn log_json(entry: LogEntry<'_>) -> api::Log {
    api::Log {
        address: entry.event.address,
        topics: entry.event.indexed_topics.clone(),
        data: Bytes(entry.event.value.clone()),
        block_hash: Some(entry.block.hash),
        block_number: Some(entry.block.number.into()),
        l1_batch_number: Some(entry.block.number.into()),
        transaction_hash: Some(entry.tx_hash),
        transaction_index: Some(entry.tx_index.into()),
        log_index: Some(entry.index.into()),
        transaction_log_index: Some(entry.index_in_tx.into()),
        log_type: None,
        removed: Some(false),
        block_timestamp: Some(entry.block.timestamp.into()),
    }
}

/// An event of a transaction that is in no block yet.
pub(super) fn pending_log_json(event: &VmEvent, tx_hash: H256, index: usize) -> api::Log {
    api::Log {
        address: event.address,
        topics: event.indexed_topics.clone(),
        data: Bytes(event.value.clone()),
        block_hash: None,
        block_number: None,
        l1_batch_number: None,
        transaction_hash: Some(tx_hash),
        transaction_index: None,
        log_index: None,
        transaction_log_index: Some(index.into()),
        log_type: None,
        removed: Some(false),
        block_timestamp: None,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FilterObject {
    from_block: Option<BlockNumber>,
    to_block: Option<BlockNumber>,
    block_hash: Option<H256>,
    address: Option<OneOrMany<Address>>,
    topics: Option<Vec<Option<OneOrMany<H256>>>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> From<OneOrMany<T>> for Vec<T> {
    fn from(value: OneOrMany<T>) -> Self {
        match value {
            OneOrMany::One(item) => vec![item],
            OneOrMany::Many(items) => items,
        }
    }
}

impl FilterObject {
    fn range(&self, chain: &Chain) -> Result<(u64, u64), RpcError> {
        if let Some(hash) = self.block_hash {
            if self.from_block.is_some() || self.to_block.is_some() {
                return Err(RpcError::invalid_params(
                    "blockHash excludes fromBlock and toBlock",
                ));
            }
            let number = block_of_hash(chain, hash)?;
            return Ok((number, number));
        }
        let latest = chain.head().number;
        // A range may reach into the future, where there is nothing to find yet.
        let bound = |number: Option<BlockNumber>| match number {
            Some(BlockNumber::Number(number)) => number.as_u64(),
            Some(BlockNumber::Earliest) => 0,
            _ => latest,
        };
        let (from, to) = (bound(self.from_block), bound(self.to_block));
        if from > to && self.to_block.is_some() {
            return Err(RpcError::invalid_params(format!(
                "fromBlock {from} is after toBlock {to}"
            )));
        }
        Ok((from, to))
    }

    /// A filter for what is to come: without an end, it has none.
    pub(super) fn into_watch(self, chain: &Chain) -> Result<LogFilter, RpcError> {
        if self.block_hash.is_some() {
            return Err(RpcError::invalid_params(
                "blockHash names a block of the past: use eth_getLogs",
            ));
        }
        let is_open = !matches!(
            self.to_block,
            Some(BlockNumber::Number(_) | BlockNumber::Earliest)
        );
        let mut filter = self.into_filter(chain)?;
        if is_open {
            filter.to = u64::MAX;
        }
        Ok(filter)
    }

    fn into_filter(self, chain: &Chain) -> Result<LogFilter, RpcError> {
        let (from, to) = self.range(chain)?;
        let topics = self.topics.unwrap_or_default().into_iter();
        Ok(LogFilter {
            from,
            to,
            addresses: self.address.map(Into::into).unwrap_or_default(),
            topics: topics
                .map(|topic| topic.map(Into::into).unwrap_or_default())
                .collect(),
        })
    }
}

fn logs(chain: &mut Chain, mut params: Params) -> Answer {
    let filter: FilterObject = params.required("filter")?;
    params.finish()?;
    let filter = filter.into_filter(chain)?;
    let logs = chain.find_logs(&filter).into_iter();
    reply(logs.map(log_json).collect::<Vec<_>>())
}
