//! `eth_`, `net_` and `web3_` methods that read the chain's settings and state.

use serde_json::json;
use zksync_types::{
    AccountTreeId, Address, StorageKey, U64, U256, api::BlockNumber, u256_to_h256, web3::Bytes,
};

use super::{
    Answer, Params, RpcError, Table,
    params::{Quantity, block_number},
    reply,
};
use crate::chain::Chain;

/// Most blocks that one fee history may cover.
const MAX_FEE_HISTORY: u64 = 1024;

pub(super) const METHODS: Table = &[
    ("eth_accounts", accounts),
    ("eth_blockNumber", latest_number),
    ("eth_chainId", chain_id),
    ("eth_feeHistory", fee_history),
    ("eth_gasPrice", gas_price),
    ("eth_getBalance", balance),
    ("eth_getCode", code),
    ("eth_getStorageAt", storage_at),
    ("eth_getTransactionCount", transaction_count),
    ("eth_maxPriorityFeePerGas", priority_fee),
    ("eth_syncing", syncing),
    ("net_listening", listening),
    ("net_version", net_version),
    ("web3_clientVersion", client_version),
];

/// The node keeps no keys, so it can sign for nobody.
fn accounts(_chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply::<[Address; 0]>([])
}

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
    let fee = U256::from(chain.base_fee());
    let repeat = |times: u64| (0..times).map(|_| fee).collect::<Vec<_>>();
    let rewards = percentiles.map(|list| {
        let block = vec![U256::zero(); list.len()];
        (0..count).map(|_| block.clone()).collect::<Vec<_>>()
    });
    reply(json!({
        "oldestBlock": U64::from(newest + 1 - count),
        "baseFeePerGas": repeat(count + 1),
        "gasUsedRatio": (0..count).map(|_| 0.0).collect::<Vec<f64>>(),
        "reward": rewards,
    }))
}

fn balance(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let block = params.block(chain)?;
    params.finish()?;
    reply(chain.balance(account, block))
}

fn transaction_count(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let block = params.block(chain)?;
    params.finish()?;
    reply(chain.nonce(account, block))
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
