//! Methods about transactions that wait for a block.

use serde_json::{Map, Value, json};
use zksync_types::{Address, H256, U64};

use super::{Answer, Method, Params, Table, reply, transactions::waiting_json};
use crate::chain::{Chain, Waiting};

pub(super) const METHODS: Table = &[
    Method::new(
        "anvil_dropAllTransactions",
        "",
        "Drops all waiting transactions.",
        drop_all,
    ),
    Method::new(
        "anvil_dropTransaction",
        "hash",
        "Drops a waiting transaction; returns its hash, or null if none waits.",
        drop_one,
    ),
    Method::new(
        "anvil_removePoolTransactions",
        "address",
        "Drops the waiting transactions of a sender.",
        drop_of_sender,
    ),
    Method::new(
        "hardhat_dropTransaction",
        "hash",
        "Drops a waiting transaction; whether one waited.",
        drop_like_hardhat,
    ),
    Method::new(
        "txpool_content",
        "",
        "Waiting transactions by sender and nonce: ready ones, and those that wait for others.",
        content,
    ),
    Method::new("txpool_inspect", "", "The same in words.", inspect),
    Method::new("txpool_status", "", "How many transactions wait.", status),
];

fn drop_one(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("transaction hash")?;
    params.finish()?;
    reply(chain.drop_waiting(hash).then_some(hash))
}

fn drop_like_hardhat(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("transaction hash")?;
    params.finish()?;
    reply(chain.drop_waiting(hash))
}

fn drop_all(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    chain.drop_all_waiting(None);
    reply(Value::Null)
}

fn drop_of_sender(chain: &mut Chain, mut params: Params) -> Answer {
    let sender: Address = params.required("address")?;
    params.finish()?;
    chain.drop_all_waiting(Some(sender));
    reply(Value::Null)
}

fn status(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    let (ready, queued) = chain.pool();
    reply(json!({ "pending": U64::from(ready.len()), "queued": U64::from(queued.len()) }))
}

fn content(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    let (ready, queued) = chain.pool();
    let describe = |waiting: &Waiting| json!(waiting_json(chain, waiting));
    reply(json!({ "pending": grouped(&ready, describe), "queued": grouped(&queued, describe) }))
}

fn inspect(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    let (ready, queued) = chain.pool();
    reply(json!({ "pending": grouped(&ready, in_words), "queued": grouped(&queued, in_words) }))
}

/// Recipient, value, gas and price, in the words of Ethereum's nodes.
fn in_words(waiting: &Waiting) -> Value {
    let tx = &waiting.tx;
    let to = tx.recipient_account().unwrap_or_default();
    let fee = &tx.common_data.fee;
    json!(format!(
        "{to:#x}: {} wei + {} gas × {} wei",
        tx.execute.value, fee.gas_limit, fee.max_fee_per_gas
    ))
}

fn grouped(all: &[&Waiting], describe: impl Fn(&Waiting) -> Value) -> Value {
    let mut senders = Map::new();
    for waiting in all {
        let sender = format!("{:#x}", waiting.tx.initiator_account());
        let of_sender = senders.entry(sender).or_insert_with(|| json!({}));
        of_sender[waiting.tx.nonce().0.to_string()] = describe(waiting);
    }
    Value::Object(senders)
}
