//! `eth_` filters: questions that are asked again and again.

use super::{
    Answer, Method, Params, RpcError, Table,
    logs::{FilterObject, log_json, removed_log_json},
    params::Quantity,
    reply,
};
use crate::chain::{Chain, LogFilter, News, Watched};
use zksync_types::U64;

pub(super) const METHODS: Table = &[
    Method::new(
        "eth_getFilterChanges",
        "filter number",
        "What is new since the last question.",
        changes,
    ),
    Method::new(
        "eth_getFilterLogs",
        "filter number",
        "All events that a filter of events finds.",
        logs,
    ),
    Method::new("eth_newBlockFilter", "", "Watches for blocks.", new_blocks),
    Method::new(
        "eth_newFilter",
        "filter",
        "Watches for events; returns the number to ask with.",
        new_logs,
    ),
    Method::new(
        "eth_newPendingTransactionFilter",
        "",
        "Watches for transactions, which are mined at once.",
        new_transactions,
    ),
    Method::new(
        "eth_uninstallFilter",
        "filter number",
        "Stops watching; whether there was such a filter.",
        uninstall,
    ),
];

fn new_logs(chain: &mut Chain, mut params: Params) -> Answer {
    let filter: FilterObject = params.required("filter")?;
    params.finish()?;
    let filter = filter.into_watch(chain)?;
    install(chain, Watched::Logs(filter))
}

fn new_blocks(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    install(chain, Watched::Blocks)
}

fn new_transactions(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    install(chain, Watched::Transactions)
}

fn install(chain: &mut Chain, watched: Watched) -> Answer {
    let number = chain.install_filter(watched);
    let number = number.ok_or_else(|| {
        RpcError::refused("too many filters: uninstall some with eth_uninstallFilter")
    })?;
    reply(U64::from(number))
}

fn uninstall(chain: &mut Chain, mut params: Params) -> Answer {
    let number = filter_number(&mut params)?;
    params.finish()?;
    reply(chain.uninstall_filter(number))
}

fn changes(chain: &mut Chain, mut params: Params) -> Answer {
    let number = filter_number(&mut params)?;
    params.finish()?;
    match chain.news(number).ok_or_else(|| no_filter(number))? {
        News::Hashes(hashes) => reply(hashes),
        News::Logs { removed, added } => {
            let removed = removed.iter().map(|log| removed_log_json(log.entry()));
            let added = added.into_iter().map(log_json);
            reply(removed.chain(added).collect::<Vec<_>>())
        }
    }
}

fn logs(chain: &mut Chain, mut params: Params) -> Answer {
    let number = filter_number(&mut params)?;
    params.finish()?;
    let filter: &LogFilter = match chain.watched(number).ok_or_else(|| no_filter(number))? {
        Watched::Logs(filter) => filter,
        Watched::Blocks | Watched::Transactions => {
            return Err(RpcError::refused(format!(
                "filter {number:#x} does not watch for events"
            )));
        }
    };
    let logs = chain.find_logs(filter).into_iter();
    reply(logs.map(log_json).collect::<Vec<_>>())
}

fn filter_number(params: &mut Params) -> Result<u64, RpcError> {
    let number: Quantity = params.required("filter number")?;
    number.as_u64("filter number")
}

fn no_filter(number: u64) -> RpcError {
    RpcError::refused(format!("filter {number:#x} does not exist"))
}
