//! Runs in the words of the source.

use serde_json::Value;
use zksync_types::H256;

use super::{Answer, Method, Params, RpcError, Table, reply, request::CallObject};
use crate::{
    chain::{CallAt, Chain},
    explain,
};

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
        "zksso_traceCall",
        "transaction, [block]",
        "Calls of a call with names, decoded values, and the source lines where they failed.",
        trace_call,
    ),
    Method::new(
        "zksso_traceTransaction",
        "hash",
        "The same of a transaction, with its events and what its fee is made of; null if there is none.",
        trace_transaction,
    ),
];

fn trace_transaction(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("transaction hash")?;
    params.finish()?;
    reply(chain.report(hash))
}

fn trace_call(chain: &mut Chain, mut params: Params) -> Answer {
    let request: CallObject = params.required("transaction")?;
    let latest = CallAt::Block(chain.head().number);
    let at = params.call_at(chain, latest)?;
    params.finish()?;
    let request = request.into_request(chain)?;
    let (_, calls) = chain.trace_call(&request, at)?;
    reply(explain::calls(&chain.config.contracts, &calls))
}

fn coverage(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    reply(chain.coverage().ok_or_else(not_counted)?)
}

fn reset_coverage(chain: &mut Chain, params: Params) -> Answer {
    params.finish()?;
    match chain.reset_coverage() {
        true => reply(Value::Null),
        false => Err(not_counted()),
    }
}

fn not_counted() -> RpcError {
    RpcError::refused("the node was started without coverage: `zksso node --coverage` counts lines")
}
