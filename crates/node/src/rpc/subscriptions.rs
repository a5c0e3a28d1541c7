//! Subscriptions: what the node tells a WebSocket without being asked again.
//!
//! The methods' names are known to every transport, so that HTTP clients learn what they need; a WebSocket connection answers them
//! itself.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zksync_types::{H256, U64, api::Log};

use super::{
    Answer, Method, Params, RpcError, Table,
    blocks::block_json,
    logs::{FilterObject, log_json, removed_log_json},
    params::Quantity,
    transactions::transaction_json,
};
use crate::chain::{Announcement, Chain, LogEntry, LogFilter};

pub(crate) const SUBSCRIBE: &str = "eth_subscribe";
pub(crate) const UNSUBSCRIBE: &str = "eth_unsubscribe";

pub(super) const METHODS: Table = &[
    Method::new(
        SUBSCRIBE,
        "kind, [filter or full]",
        "Over WebSockets: reports `newHeads`, `logs` or `newPendingTransactions` as they come.",
        refuse,
    ),
    Method::new(
        UNSUBSCRIBE,
        "subscription",
        "Over WebSockets: ends a subscription; whether there was one.",
        refuse,
    ),
];

fn refuse(_chain: &mut Chain, _params: Params) -> Answer {
    Err(RpcError::refused(
        "subscriptions need a WebSocket: connect to the same address with ws://, call Node::subscribe in process, or poll with eth_newFilter",
    ))
}

/// What a client wants to hear of.
#[derive(Clone, Debug)]
enum Topic {
    Heads,
    Logs(LogFilter),
    /// Transactions, whole ones or hashes.
    Transactions {
        full: bool,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    NewHeads,
    Logs,
    NewPendingTransactions,
}

/// A client's wish to hear of something.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    /// Number by which the client knows it.
    pub(crate) id: U64,
    /// Number of the last announcement before it.
    since: u64,
    topic: Topic,
}

impl Subscription {
    /// Reads the parameters of `eth_subscribe`.
    pub(crate) fn new(chain: &mut Chain, mut params: Params) -> Result<Self, RpcError> {
        let topic = match params.required::<Kind>("kind")? {
            Kind::NewHeads => Topic::Heads,
            Kind::Logs => Topic::Logs(filter(chain, params.optional("filter")?)?),
            Kind::NewPendingTransactions => {
                let full: Option<bool> = params.optional("full transactions")?;
                Topic::Transactions {
                    full: full.unwrap_or(false),
                }
            }
        };
        params.finish()?;
        let (id, since) = chain.number_subscription();
        Ok(Self {
            id: id.into(),
            since,
            topic,
        })
    }

    /// Reads the parameter of `eth_unsubscribe`.
    pub(crate) fn id(mut params: Params) -> Result<U64, RpcError> {
        let id: Quantity = params.required("subscription")?;
        params.finish()?;
        id.as_u64("subscription").map(U64::from)
    }

    /// What the client hears of announcements.
    pub(crate) fn results_of(
        &self,
        chain: &Chain,
        announcements: &[(u64, Announcement)],
    ) -> Vec<Value> {
        let announcements = announcements.iter();
        announcements
            .flat_map(|(number, announcement)| self.results(chain, *number, announcement))
            .collect()
    }

    fn results(&self, chain: &Chain, number: u64, announcement: &Announcement) -> Vec<Value> {
        if number <= self.since {
            return Vec::new();
        }
        match (&self.topic, announcement) {
            (Topic::Heads, Announcement::Block(hash)) => head(chain, *hash).into_iter().collect(),
            (Topic::Logs(filter), Announcement::Block(hash)) => logs(chain, filter, *hash),
            (Topic::Logs(filter), Announcement::Removed(logs)) => {
                let logs = logs.iter().map(|log| log.entry());
                matching(filter, logs, removed_log_json)
            }
            (Topic::Transactions { full }, Announcement::Transaction(hash)) => {
                transaction(chain, *hash, *full).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

fn filter(chain: &Chain, object: Option<FilterObject>) -> Result<LogFilter, RpcError> {
    let mut filter = object.unwrap_or_default().into_watch(chain)?;
    // Only what is to come is reported; after a snapshot took blocks back, that begins below today's latest block.
    if filter.from <= chain.head().number {
        filter.from = 0;
    }
    Ok(filter)
}

/// The header of a block; `None` when it was taken back in the meantime.
fn head(chain: &Chain, hash: H256) -> Option<Value> {
    let block = chain.block_by_hash(hash)?;
    let mut header = json!(block_json(chain, block, false));
    let fields = header.as_object_mut()?;
    for name in ["transactions", "uncles"] {
        fields.shift_remove(name);
    }
    Some(header)
}

/// A transaction; `None` when it was dropped in the meantime.
fn transaction(chain: &Chain, hash: H256, full: bool) -> Option<Value> {
    if full {
        return transaction_json(chain, hash);
    }
    let is_known = chain.record(hash).is_some() || chain.waiting(hash).is_some();
    is_known.then(|| json!(hash))
}

fn logs(chain: &Chain, filter: &LogFilter, hash: H256) -> Vec<Value> {
    let block = chain.block_by_hash(hash).into_iter();
    let records = block
        .flat_map(|block| &block.transactions)
        .filter_map(|hash| Some((*hash, chain.record(*hash)?)));
    let logs = records.flat_map(|(hash, record)| chain.logs_of(hash, record));
    matching(filter, logs, log_json)
}

fn matching<'a>(
    filter: &LogFilter,
    logs: impl Iterator<Item = LogEntry<'a>>,
    show: impl Fn(LogEntry<'a>) -> Log,
) -> Vec<Value> {
    let selected = logs.filter(|entry| filter.selects(entry));
    selected.map(|entry| json!(show(entry))).collect()
}

/// A notification as Ethereum nodes send it.
#[derive(Serialize)]
struct Notification<'a> {
    jsonrpc: &'static str,
    method: &'static str,
    params: News<'a>,
}

#[derive(Serialize)]
struct News<'a> {
    subscription: U64,
    result: &'a Value,
}

/// Messages that tell subscribers of announcements, in the announcements' order.
pub(crate) fn notifications(
    chain: &Chain,
    subscriptions: &[Subscription],
    announcements: &[(u64, Announcement)],
) -> Vec<String> {
    let mut messages = Vec::new();
    for (number, announcement) in announcements {
        for subscription in subscriptions {
            let results = subscription.results(chain, *number, announcement);
            messages.extend(results.iter().filter_map(|result| {
                let notification = Notification {
                    jsonrpc: "2.0",
                    method: "eth_subscription",
                    params: News {
                        subscription: subscription.id,
                        result,
                    },
                };
                serde_json::to_string(&notification).ok()
            }));
        }
    }
    messages
}
