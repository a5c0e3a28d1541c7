//! `eth_`, `net_` and `web3_` methods that read the chain's settings and state.

use serde_json::json;
use zksync_types::{
    AccountTreeId, Address, H256, StorageKey, U64, U256,
    api::BlockNumber,
    u256_to_h256,
    web3::{Bytes, keccak256},
};

use super::{
    Answer, Method, Params, RpcError, Table,
    params::{Blob, Quantity, block_number},
    reply,
};
use crate::chain::{BLOCK_GAS_LIMIT, Block, CallAt, Chain};

/// Most blocks that one fee history may cover.
const MAX_FEE_HISTORY: u64 = 1024;

pub(super) const METHODS: Table = &[
    Method::new(
        "eth_blockNumber",
        "",
        "Number of the latest block.",
        latest_number,
    ),
    Method::new(
        "eth_chainId",
        "",
        "Chain id, 260 unless configured.",
        chain_id,
    ),
    Method::new(
        "eth_feeHistory",
        "count, newest, [percentiles]",
        "The base fee, which never changes, and how full blocks were, for up to 1,024 blocks.",
        fee_history,
    ),
    Method::new(
        "eth_gasPrice",
        "",
        "Wei per gas that every transaction pays.",
        gas_price,
    ),
    Method::new(
        "eth_getBalance",
        "address, [block]",
        "Balance in wei.",
        balance,
    ),
    Method::new(
        "eth_getCode",
        "address, [block]",
        "EraVM bytecode of an account.",
        code,
    ),
    Method::new(
        "eth_getStorageAt",
        "address, slot, [block]",
        "A word of storage.",
        storage_at,
    ),
    Method::new(
        "eth_getTransactionCount",
        "address, [block]",
        "Nonce of the next transaction.",
        transaction_count,
    ),
    Method::new(
        "eth_maxPriorityFeePerGas",
        "",
        "Zero: nothing is paid on top of the base fee.",
        priority_fee,
    ),
    Method::new("eth_syncing", "", "False.", syncing),
    Method::new("net_listening", "", "True.", listening),
    Method::new(
        "net_version",
        "",
        "Chain id in decimal digits.",
        net_version,
    ),
    Method::new(
        "web3_clientVersion",
        "",
        "Name and version of the node.",
        client_version,
    ),
    Method::new("web3_sha3", "bytes", "Keccak-256 hash.", keccak),
];

fn latest_number(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(U64::from(chain.head().number))
}

fn chain_id(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(U64::from(chain.config.chain_id))
}

fn net_version(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(chain.config.chain_id.to_string())
}

fn client_version(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(concat!("zksso-node/", env!("CARGO_PKG_VERSION")))
}

fn listening(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(true)
}

fn syncing(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(false)
}

fn keccak(_chain: &mut Chain, mut params: Params) -> Answer {
    let bytes: Blob = params.required("bytes")?;
    params.finish()?;
    reply(H256(keccak256(&bytes.0)))
}

fn gas_price(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(U256::from(chain.base_fee()))
}

/// Transactions pay the base fee and nothing on top.
fn priority_fee(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(U256::zero())
}

fn fee_history(chain: &mut Chain, mut params: Params) -> Answer {
    let count: Quantity = params.required("block count")?;
    let newest: BlockNumber = params.required("newest block")?;
    let percentiles: Option<Vec<f64>> = params.optional("reward percentiles")?;
    params.finish()?;
    let newest = block_number(chain, newest)?;
    let count = count.as_u64("block count")?;
    if count > MAX_FEE_HISTORY {
        return Err(RpcError::invalid_params(format!(
            "block count {count} is above {MAX_FEE_HISTORY}"
        )));
    }
    let count = count.min(newest + 1);
    let oldest = newest + 1 - count;
    let fee = U256::from(chain.base_fee());
    let used = (oldest..=newest).filter_map(|number| chain.block(number));
    let rewards = percentiles.map(|list| {
        check_percentiles(&list)?;
        let block = vec![U256::zero(); list.len()];
        Ok::<_, RpcError>((0..count).map(|_| block.clone()).collect::<Vec<_>>())
    });
    reply(json!({
        "oldestBlock": U64::from(oldest),
        "baseFeePerGas": (0..=count).map(|_| fee).collect::<Vec<_>>(),
        "gasUsedRatio": used.map(gas_used_ratio).collect::<Vec<f64>>(),
        "reward": rewards.transpose()?,
    }))
}

/// Share of the block's gas limit that was used.
fn gas_used_ratio(block: &Block) -> f64 {
    // Both fit a double without loss: they are below 2^53.
    block.gas_used as f64 / BLOCK_GAS_LIMIT as f64
}

fn check_percentiles(list: &[f64]) -> Result<(), RpcError> {
    let in_range = list.iter().all(|value| (0.0..=100.0).contains(value));
    if in_range && list.is_sorted() {
        return Ok(());
    }
    Err(RpcError::invalid_params(
        "reward percentiles must rise, from 0 to 100",
    ))
}

fn balance(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let block = params.block(chain)?;
    params.finish()?;
    reply(chain.balance(account, block))
}

fn transaction_count(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let latest = CallAt::Block(chain.head().number);
    let at = params.call_at(chain, latest)?;
    params.finish()?;
    reply(match at {
        CallAt::Pending => chain.pending_nonce(account),
        CallAt::Block(block) => chain.nonce(account, block),
    })
}

fn code(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let block = params.block(chain)?;
    params.finish()?;
    reply(Bytes(
        chain.code(account, block).unwrap_or_default().to_vec(),
    ))
}

fn storage_at(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let slot: Quantity = params.required("slot")?;
    let block = params.block(chain)?;
    params.finish()?;
    reply(chain.storage_at(&storage_key(account, slot.0), block))
}

/// Key of a contract's slot.
pub(super) fn storage_key(account: Address, slot: U256) -> StorageKey {
    StorageKey::new(AccountTreeId::new(account), u256_to_h256(slot))
}
