//! Methods that run something.

use serde_json::json;
use zksso_vm::Ending;
use zksync_types::{
    U256,
    api::{ApiStorageLog, TransactionDetailedResult},
    h256_to_u256,
    web3::Bytes,
};

use super::{
    Answer, Method, Params, RpcError, Table,
    logs::pending_log_json,
    overrides::{read_scene, scene},
    params::Blob,
    reply,
    request::CallObject,
};
use crate::chain::{CallAt, Chain, Refusal, Request, Scene};

pub(super) const METHODS: Table = &[
    Method::new(
        "eth_call",
        "transaction, [block], [state overrides], [block overrides]",
        "Runs a call without committing it; reverts are errors with code 3 and the data.",
        call,
    ),
    Method::new(
        "eth_createAccessList",
        "transaction, [block], [state overrides], [block overrides]",
        "Slots of contracts that a call touches, and its gas. Transactions with such lists are refused: EraVM does not use them.",
        access_list,
    ),
    Method::new(
        "eth_estimateGas",
        "transaction, [block], [state overrides], [block overrides]",
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
        "transaction, [state overrides]",
        "Gas limit, pubdata limit and fees of a transaction.",
        estimate_fee,
    ),
    Method::new(
        "zks_sendRawTransactionWithDetailedOutput",
        "bytes",
        "As `eth_sendRawTransaction`; returns hash, storage writes and events.",
        send_with_output,
    ),
];

fn send(chain: &mut Chain, mut params: Params) -> Answer {
    let raw: Blob = params.required("transaction")?;
    params.finish()?;
    reply(chain.submit(&raw.0)?)
}

/// The output is that of a run before the transaction is sent, as on other nodes, and its events are not in a block yet.
fn send_with_output(chain: &mut Chain, mut params: Params) -> Answer {
    let raw: Blob = params.required("transaction")?;
    params.finish()?;
    let rehearsal = chain.rehearse(&raw.0);
    let transaction_hash = chain.submit(&raw.0)?;
    let run = rehearsal?;
    let writes = run.writes.iter().map(|(key, value)| ApiStorageLog {
        address: *key.address(),
        key: h256_to_u256(*key.key()),
        written_value: h256_to_u256(*value),
    });
    let events = run.events.iter().enumerate();
    let events = events.map(|(index, event)| pending_log_json(event, transaction_hash, index));
    reply(TransactionDetailedResult {
        transaction_hash,
        storage_logs: writes.collect(),
        events: events.collect(),
    })
}

fn call(chain: &mut Chain, mut params: Params) -> Answer {
    let (request, scene) = request_and_scene(chain, &mut params)?;
    params.finish()?;
    reply(Bytes(chain.call(&request, &scene)?))
}

fn access_list(chain: &mut Chain, mut params: Params) -> Answer {
    let (request, scene) = request_and_scene(chain, &mut params)?;
    params.finish()?;
    let setup = chain.set_up_call(&request, &scene)?;
    let gas = setup.tx.common_data.fee.gas_limit;
    let footprint = setup.footprint()?;
    let list = footprint.slots().into_iter();
    let list = list.map(|(address, slots)| json!({ "address": address, "storageKeys": slots }));
    let mut answer = json!({
        "accessList": list.collect::<Vec<_>>(),
        "gasUsed": gas.saturating_sub(footprint.run.gas_refunded.into()),
    });
    match footprint.run.ending {
        Ending::Success(_) => {}
        Ending::Revert(data) => answer["error"] = json!(Refusal::Reverted(data).to_string()),
        Ending::Stop(stop) => return Err(Refusal::from(stop).into()),
    }
    reply(answer)
}

fn request_and_scene(chain: &Chain, params: &mut Params) -> Result<(Request, Scene), RpcError> {
    let request: CallObject = params.required("transaction")?;
    let latest = CallAt::Block(chain.head().number);
    let at = params.call_at(chain, latest)?;
    let scene = read_scene(params, at)?;
    Ok((request.into_request(chain)?, scene))
}

fn estimate_gas(chain: &mut Chain, mut params: Params) -> Answer {
    let request: CallObject = params.required("transaction")?;
    let at = params.call_at(chain, CallAt::Pending)?;
    let mut scene = read_scene(&mut params, at)?;
    params.finish()?;
    // Estimates always start from the present: transactions cannot be sent into the past.
    if at != CallAt::Pending && at != CallAt::Block(chain.head().number) {
        return Err(RpcError::invalid_params(
            "only the latest and the pending block can be estimated in",
        ));
    }
    scene.at = CallAt::Pending;
    let estimate = chain.estimate(&request.into_request(chain)?, &scene)?;
    reply(U256::from(estimate.gas_limit))
}

fn estimate_fee(chain: &mut Chain, mut params: Params) -> Answer {
    let request: CallObject = params.required("transaction")?;
    let overrides = params.optional("state overrides")?;
    params.finish()?;
    let scene = scene(CallAt::Pending, overrides, None)?;
    let estimate = chain.estimate(&request.into_request(chain)?, &scene)?;
    reply(json!({
        "gas_limit": U256::from(estimate.gas_limit),
        "max_fee_per_gas": U256::from(estimate.max_fee),
        "max_priority_fee_per_gas": U256::zero(),
        "gas_per_pubdata_limit": U256::from(estimate.gas_per_pubdata),
    }))
}
