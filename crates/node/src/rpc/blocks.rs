//! `eth_` methods that read blocks.

use serde_json::{Value, json};
use zksync_types::{
    H64, H256, U64,
    api::{self, BlockId, BlockNumber},
};

use super::{
    Answer, Method, Params, Table,
    params::{Block as BlockParameter, block_number},
    reply,
    transactions::{receipt_json, transaction_json},
};
use crate::chain::{BLOCK_GAS_LIMIT, Block, Chain};

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
