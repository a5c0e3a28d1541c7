//! `eth_getLogs`, and events as all methods show them.

use serde::Deserialize;
use zksync_multivm::interface::VmEvent;
use zksync_types::{
    Address, H256,
    api::{self, BlockNumber},
    web3::Bytes,
};

use super::{Answer, Method, Params, RpcError, Table, params::block_of_hash, reply};
use crate::chain::{Chain, LogEntry, LogFilter};

pub(super) const METHODS: Table = &[Method::new(
    "eth_getLogs",
    "filter",
    "Events by range or block hash, addresses and topics.",
    logs,
)];

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

/// An event of a block that was taken back.
pub(super) fn removed_log_json(entry: LogEntry<'_>) -> api::Log {
    api::Log {
        removed: Some(true),
        ..log_json(entry)
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
