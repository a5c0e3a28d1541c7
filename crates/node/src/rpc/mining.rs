//! Methods that make blocks, or say when they are made.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Answer, Method, Params, RpcError, Table, cheats::set_timestamp, params::Quantity, reply,
};
use crate::{Mining, chain::Chain};

/// Most blocks that one request may mine.
const MAX_MINED: u64 = 10_000;

/// Longest interval between blocks, in seconds.
const MAX_INTERVAL: u64 = 86_400;

pub(super) const METHODS: Table = &[
    Method::new(
        "anvil_getAutomine",
        "",
        "Whether transactions are mined at once.",
        automine,
    ),
    Method::new(
        "anvil_getIntervalMining",
        "",
        "Seconds between blocks, null unless they are made at intervals.",
        interval,
    ),
    Method::new(
        "anvil_mine",
        "[count], [interval]",
        "Mines blocks, seconds apart: the first with the transactions that wait.",
        mine,
    ),
    Method::new(
        "anvil_setAutomine",
        "enabled",
        "As `evm_setAutomine`.",
        set_automine,
    ),
    Method::new(
        "anvil_setIntervalMining",
        "seconds",
        "As `evm_setIntervalMining`.",
        set_interval,
    ),
    Method::new(
        "evm_mine",
        "[timestamp]",
        "Mines a block with the transactions that wait.",
        mine_one,
    ),
    Method::new(
        "evm_setAutomine",
        "enabled",
        "Whether transactions are mined at once; else they wait for `evm_mine`.",
        set_automine,
    ),
    Method::new(
        "evm_setIntervalMining",
        "seconds",
        "Mines a block every so many seconds of the wall clock; 0 ends that.",
        set_interval,
    ),
    Method::new(
        "hardhat_getAutomine",
        "",
        "As `anvil_getAutomine`.",
        automine,
    ),
    Method::new(
        "hardhat_mine",
        "[count], [interval]",
        "As `anvil_mine`.",
        mine,
    ),
];

fn automine(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(chain.mining().is_automatic())
}

fn interval(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(chain.mining().interval().map(|interval| interval.as_secs()))
}

fn set_automine(chain: &mut Chain, mut params: Params) -> Answer {
    let enabled: bool = params.required("enabled")?;
    params.finish()?;
    match (enabled, chain.mining()) {
        (true, _) => chain.set_mining(Mining::Automatic),
        (false, Mining::Automatic) => chain.set_mining(Mining::Manual),
        (false, Mining::Manual | Mining::Interval(_)) => Vec::new(),
    };
    reply(Value::Null)
}

fn set_interval(chain: &mut Chain, mut params: Params) -> Answer {
    let seconds: Quantity = params.required("seconds")?;
    params.finish()?;
    let seconds = seconds.as_u64("seconds")?;
    if seconds > MAX_INTERVAL {
        return Err(RpcError::invalid_params(format!(
            "an interval of {seconds} seconds is above {MAX_INTERVAL}"
        )));
    }
    match (seconds, chain.mining()) {
        (0, Mining::Interval(_)) => chain.set_mining(Mining::Manual),
        (0, Mining::Automatic | Mining::Manual) => Vec::new(),
        (_, _) => chain.set_mining(Mining::Interval(Duration::from_secs(seconds))),
    };
    reply(Value::Null)
}

fn mine_one(chain: &mut Chain, mut params: Params) -> Answer {
    let timestamp: Option<Quantity> = params.optional("timestamp")?;
    params.finish()?;
    if let Some(timestamp) = timestamp {
        set_timestamp(chain, timestamp.as_u64("timestamp")?)?;
    }
    chain.mine();
    reply(json!("0x0"))
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
        chain.mine();
    }
    reply(Value::Null)
}
