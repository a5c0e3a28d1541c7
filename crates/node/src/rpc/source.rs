//! Runs in the words of the source.

use serde_json::Value;
use zksync_types::H256;

use super::{Answer, Method, Params, RpcError, Table, reply};
use crate::chain::Chain;

pub(super) const METHODS: Table = &[
    Method::new(
        "zksso_coverage",
        "",
        "Lines and functions of known contracts that ran, with the gas they took; only with `--coverage`.",
        coverage,
    ),
    Method::new(
        "zksso_resetCoverage",
        "",
        "Forgets what `zksso_coverage` counts.",
        reset_coverage,
    ),
    Method::new(
        "zksso_traceTransaction",
        "hash",
        "A transaction with names: calls, decoded values, source lines of failures, events, parts of the fee; null if there is none.",
        trace_transaction,
    ),
];

fn trace_transaction(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("transaction hash")?;
    params.finish()?;
    reply(chain.report(hash))
}

fn coverage(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    chain.count_blocks();
    reply(chain.coverage().ok_or_else(not_counted)?)
}

fn reset_coverage(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    // What ran before now must not count later.
    chain.count_blocks();
    match chain.reset_coverage() {
        true => reply(Value::Null),
        false => Err(not_counted()),
    }
}

fn not_counted() -> RpcError {
    RpcError::refused("the node was started without coverage: `zksso node --coverage` counts lines")
}
