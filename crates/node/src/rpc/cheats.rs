//! Methods that only development chains have: time and snapshots.

use serde_json::Value;
use zksync_types::U64;

use super::{Answer, Method, Params, RpcError, Table, params::Quantity, reply};
use crate::chain::Chain;

pub(super) const METHODS: Table = &[
    Method::new(
        "anvil_increaseTime",
        "seconds",
        "As `evm_increaseTime`.",
        increase_time,
    ),
    Method::new(
        "anvil_removeBlockTimestampInterval",
        "",
        "Undoes `anvil_setBlockTimestampInterval`.",
        remove_interval,
    ),
    Method::new(
        "anvil_revert",
        "snapshot",
        "Goes back to a snapshot.",
        revert,
    ),
    Method::new(
        "anvil_setBlockTimestampInterval",
        "seconds",
        "Seconds between the times of blocks.",
        set_interval,
    ),
    Method::new(
        "anvil_setNextBlockTimestamp",
        "timestamp",
        "As `evm_setNextBlockTimestamp`.",
        set_next_timestamp,
    ),
    Method::new(
        "anvil_snapshot",
        "",
        "Remembers the present; returns its number.",
        snapshot,
    ),
    Method::new(
        "config_getCurrentTimestamp",
        "",
        "Time of the chain in seconds.",
        current_timestamp,
    ),
    Method::new(
        "evm_increaseTime",
        "seconds",
        "Moves the time of the next block on.",
        increase_time,
    ),
    Method::new("evm_revert", "snapshot", "As `anvil_revert`.", revert),
    Method::new(
        "evm_setNextBlockTimestamp",
        "timestamp",
        "Time of the next block in seconds.",
        set_next_timestamp,
    ),
    Method::new("evm_snapshot", "", "As `anvil_snapshot`.", snapshot),
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

pub(super) fn set_timestamp(chain: &mut Chain, timestamp: u64) -> Result<(), RpcError> {
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

// --- Snapshots ----------------------------------------------------------------------------------------------------------

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
