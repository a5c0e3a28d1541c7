//! Methods that run something.

use serde_json::json;
use zksync_types::{U256, web3::Bytes};

use super::{Answer, Method, Params, RpcError, Table, params::Blob, reply, request::CallObject};
use crate::chain::{CallAt, Chain, Estimate};

pub(super) const METHODS: Table = &[
    Method::new(
        "eth_call",
        "transaction, [block]",
        "Runs a call without committing it; reverts are errors with code 3 and the data.",
        call,
    ),
    Method::new(
        "eth_estimateGas",
        "transaction, [block]",
        "Gas limit with which the transaction succeeds.",
        estimate_gas,
    ),
    Method::new(
        "eth_sendRawTransaction",
        "bytes",
        "Validates, runs and mines a transaction of type 0, 1, 2 or 113 before it answers.",
        send,
    ),
    Method::new(
        "zks_estimateFee",
        "transaction",
        "Gas limit, pubdata limit and fees of a transaction.",
        estimate_fee,
    ),
];

fn send(chain: &mut Chain, mut params: Params) -> Answer {
    let raw: Blob = params.required("transaction")?;
    params.finish()?;
    reply(chain.submit(&raw.0)?)
}

fn call(chain: &mut Chain, mut params: Params) -> Answer {
    let request: CallObject = params.required("transaction")?;
    let latest = CallAt::Block(chain.head().number);
    let at = params.call_at(chain, latest)?;
    params.unsupported("state overrides")?;
    params.unsupported("block overrides")?;
    params.finish()?;
    let request = request.into_request(chain)?;
    reply(Bytes(chain.call(&request, at)?))
}

fn estimate_gas(chain: &mut Chain, mut params: Params) -> Answer {
    let estimate = estimate(chain, &mut params)?;
    params.finish()?;
    reply(U256::from(estimate.gas_limit))
}

fn estimate_fee(chain: &mut Chain, mut params: Params) -> Answer {
    let estimate = estimate(chain, &mut params)?;
    params.finish()?;
    reply(json!({
        "gas_limit": U256::from(estimate.gas_limit),
        "max_fee_per_gas": U256::from(estimate.max_fee),
        "max_priority_fee_per_gas": U256::zero(),
        "gas_per_pubdata_limit": U256::from(estimate.gas_per_pubdata),
    }))
}

/// Estimates always start from the present: transactions cannot be sent into the past.
fn estimate(chain: &Chain, params: &mut Params) -> Result<Estimate, RpcError> {
    let request: CallObject = params.required("transaction")?;
    let at = params.call_at(chain, CallAt::Pending)?;
    params.unsupported("state overrides")?;
    if at != CallAt::Pending && at != CallAt::Block(chain.head().number) {
        return Err(RpcError::invalid_params(
            "only the latest and the pending block can be estimated in",
        ));
    }
    Ok(chain.estimate(&request.into_request(chain)?)?)
}
