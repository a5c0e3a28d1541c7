//! Methods that only development chains have: time, balances, storage, snapshots.

use serde_json::Value;
use zksync_types::{Address, H256, U64, U256};

use super::{Answer, Params, RpcError, Table, eth::storage_key, params::Quantity, reply};
use crate::chain::Chain;

/// Most blocks that one request may mine.
const MAX_MINED: u64 = 10_000;

pub(super) const METHODS: Table = &[
    ("anvil_mine", mine),
    ("anvil_removeBlockTimestampInterval", remove_interval),
    ("anvil_setBalance", set_balance),
    ("anvil_setBlockTimestampInterval", set_interval),
    ("anvil_setStorageAt", set_storage),
    ("anvil_snapshot", snapshot),
    ("anvil_revert", revert),
    ("config_getCurrentTimestamp", current_timestamp),
    ("evm_increaseTime", increase_time),
    ("evm_mine", mine_one),
    ("evm_revert", revert),
    ("evm_setNextBlockTimestamp", set_next_timestamp),
    ("evm_snapshot", snapshot),
    ("hardhat_mine", mine),
    ("hardhat_setBalance", set_balance),
    ("hardhat_setStorageAt", set_storage),
];

// --- Time ---------------------------------------------------------------------------------------------------------------

/// Adds seconds to the next block's time; returns all seconds ever added.
fn increase_time(chain: &mut Chain, mut params: Params) -> Answer {
    let seconds: Quantity = params.required("seconds")?;
    params.finish()?;
    reply(chain.increase_time(seconds.as_u64("seconds")?))
}

fn set_next_timestamp(chain: &mut Chain, mut params: Params) -> Answer {
    let timestamp: Quantity = params.required("timestamp")?;
    params.finish()?;
    let timestamp = timestamp.as_u64("timestamp")?;
    set_timestamp(chain, timestamp)?;
    reply(Value::Null)
}

fn set_timestamp(chain: &mut Chain, timestamp: u64) -> Result<(), RpcError> {
    if chain.set_next_timestamp(timestamp) {
        return Ok(());
    }
    Err(RpcError::invalid_params(format!(
        "timestamp {timestamp} is not after the latest block's, {}",
        chain.head().timestamp
    )))
}

fn set_interval(chain: &mut Chain, mut params: Params) -> Answer {
    let seconds: Quantity = params.required("seconds")?;
    params.finish()?;
    let seconds = seconds.as_u64("seconds")?;
    if seconds == 0 {
        return Err(RpcError::invalid_params(
            "blocks are at least one second apart",
        ));
    }
    chain.set_interval(Some(seconds));
    reply(Value::Null)
}

fn remove_interval(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    chain.set_interval(None);
    reply(true)
}

/// The chain's present in seconds, as a number.
fn current_timestamp(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(chain.now())
}

// --- Blocks -------------------------------------------------------------------------------------------------------------

fn mine_one(chain: &mut Chain, mut params: Params) -> Answer {
    let timestamp: Option<Quantity> = params.optional("timestamp")?;
    params.finish()?;
    if let Some(timestamp) = timestamp {
        set_timestamp(chain, timestamp.as_u64("timestamp")?)?;
    }
    chain.mine_empty();
    reply("0x0")
}

fn mine(chain: &mut Chain, mut params: Params) -> Answer {
    let count: Option<Quantity> = params.optional("count")?;
    let interval: Option<Quantity> = params.optional("interval")?;
    params.finish()?;
    let count = count.map_or(Ok(1), |count| count.as_u64("count"))?;
    let interval = interval.map_or(Ok(1), |seconds| seconds.as_u64("interval"))?;
    if count > MAX_MINED {
        return Err(RpcError::invalid_params(format!(
            "count {count} is above {MAX_MINED}"
        )));
    }
    for index in 0..count {
        // The interval lies between the blocks, so the first one keeps its own time.
        if index > 0 && interval > 1 {
            chain.increase_time(interval - 1);
        }
        chain.mine_empty();
    }
    reply(Value::Null)
}

fn snapshot(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(U64::from(chain.take_snapshot()))
}

fn revert(chain: &mut Chain, mut params: Params) -> Answer {
    let number: Quantity = params.required("snapshot")?;
    params.finish()?;
    let number = usize::try_from(number.as_u64("snapshot")?).unwrap_or(usize::MAX);
    reply(chain.revert_to(number))
}

// --- State --------------------------------------------------------------------------------------------------------------

fn set_balance(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let balance: U256 = params.required("balance")?;
    params.finish()?;
    chain.set_balance(account, balance);
    reply(true)
}

fn set_storage(chain: &mut Chain, mut params: Params) -> Answer {
    let account: Address = params.required("address")?;
    let slot: U256 = params.required("slot")?;
    let value: H256 = params.required("value")?;
    params.finish()?;
    chain.set_storage(storage_key(account, slot), value);
    reply(true)
}
