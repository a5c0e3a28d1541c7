//! Call traces in the format of Ethereum's call tracer.

use serde::Deserialize;
use serde_json::{Value, json};
use zksync_types::{H256, U256, api::BlockNumber, web3::Bytes};

use super::{
    Answer, Method, Params, RpcError, Table,
    params::{block_number, block_of_hash},
    reply,
    request::CallObject,
};
use zksso_vm::{CallEnd, CallKind, Ending, Run, TracedCall};

use crate::chain::{CallAt, Chain, Refusal, decode_reason};

pub(super) const METHODS: Table = &[
    Method::new(
        "debug_traceBlockByHash",
        "hash, [options]",
        "Calls of all transactions of a block.",
        trace_block_by_hash,
    ),
    Method::new(
        "debug_traceBlockByNumber",
        "block, [options]",
        "The same by number or tag.",
        trace_block_by_number,
    ),
    Method::new(
        "debug_traceCall",
        "transaction, [block], [options]",
        "Calls of a call; only `callTracer`.",
        trace_call,
    ),
    Method::new(
        "debug_traceTransaction",
        "hash, [options]",
        "Calls of a transaction; only `callTracer`.",
        trace_transaction,
    ),
];

/// Options of a trace.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TraceOptions {
    tracer: Option<String>,
    #[serde(default)]
    tracer_config: TracerConfig,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TracerConfig {
    #[serde(default)]
    only_top_call: bool,
}

impl TraceOptions {
    fn read(params: &mut Params) -> Result<Self, RpcError> {
        let options: Self = params.optional("options")?.unwrap_or_default();
        match options.tracer.as_deref() {
            None | Some("callTracer") => Ok(options),
            Some(other) => Err(RpcError::invalid_params(format!(
                "the tracer {other} is not supported; only callTracer is"
            ))),
        }
    }
}

fn trace_transaction(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("transaction hash")?;
    let options = TraceOptions::read(&mut params)?;
    params.finish()?;
    reply(traced(chain, hash, &options)?)
}

fn trace_block_by_number(chain: &mut Chain, mut params: Params) -> Answer {
    let number: BlockNumber = params.required("block number")?;
    let options = TraceOptions::read(&mut params)?;
    params.finish()?;
    trace_block(chain, block_number(chain, number)?, &options)
}

fn trace_block_by_hash(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("block hash")?;
    let options = TraceOptions::read(&mut params)?;
    params.finish()?;
    trace_block(chain, block_of_hash(chain, hash)?, &options)
}

fn trace_block(chain: &Chain, number: u64, options: &TraceOptions) -> Answer {
    let hashes = chain
        .block(number)
        .map_or(&[][..], |block| &block.transactions);
    let traces = hashes.iter().map(|&hash| {
        let result = traced(chain, hash, options)?;
        Ok(json!({ "txHash": hash, "result": result }))
    });
    reply(traces.collect::<Result<Vec<_>, RpcError>>()?)
}

fn traced(chain: &Chain, hash: H256, options: &TraceOptions) -> Result<Value, RpcError> {
    let (Some(record), Some(traced)) = (chain.record(hash), chain.trace_transaction(hash)) else {
        return Err(RpcError::refused(format!(
            "transaction {hash:#x} does not exist"
        )));
    };
    let top = TopCall {
        from: json!(record.tx.initiator_account()),
        to: json!(record.tx.recipient_account()),
        gas: record.tx.common_data.fee.gas_limit,
        value: record.tx.execute.value,
        input: record.tx.execute.calldata.clone(),
    };
    Ok(top.finish(traced?, options))
}

fn trace_call(chain: &mut Chain, mut params: Params) -> Answer {
    let request: CallObject = params.required("transaction")?;
    let latest = CallAt::Block(chain.head().number);
    let at = params.call_at(chain, latest)?;
    let options = TraceOptions::read(&mut params)?;
    params.finish()?;
    let request = request.into_request(chain)?;
    let traced: Result<_, Refusal> = chain.trace_call(&request, at);
    let top = TopCall {
        from: json!(request.from),
        to: json!(request.to),
        gas: request.gas.unwrap_or_default().into(),
        value: request.value,
        input: request.data,
    };
    reply(top.finish(traced?, &options))
}

/// The transaction itself, above the calls of the bootloader.
struct TopCall {
    from: Value,
    to: Value,
    gas: U256,
    value: U256,
    input: Vec<u8>,
}

impl TopCall {
    fn finish(self, (run, calls): (Run, Vec<TracedCall>), options: &TraceOptions) -> Value {
        let used = self.gas.saturating_sub(run.gas_refunded.into());
        let (output, error) = match run.ending {
            Ending::Success(output) => (output, None),
            Ending::Revert(data) => {
                let reason = revert_reason(&data);
                (data, Some(reason))
            }
            Ending::Stop(stop) => (Vec::new(), Some(Refusal::from(stop).to_string())),
        };
        let calls = if options.tracer_config.only_top_call {
            Vec::new()
        } else {
            calls.iter().map(call_json).collect()
        };
        json!({
            "type": "Call",
            "from": self.from,
            "to": self.to,
            "gas": self.gas,
            "gasUsed": used,
            "value": self.value,
            "input": Bytes(self.input),
            "output": Bytes(output),
            "error": Value::Null,
            "revertReason": error,
            "calls": calls,
        })
    }
}

fn call_json(call: &TracedCall) -> Value {
    let kind = match call.kind {
        CallKind::Create => "Create",
        CallKind::Delegate => "DelegateCall",
        CallKind::Call => "Call",
    };
    let (error, reason) = match call.end {
        CallEnd::Returned => (None, None),
        CallEnd::Reverted => (None, Some(revert_reason(&call.output))),
        CallEnd::Panicked => (Some("Panic"), None),
    };
    json!({
        "type": kind,
        "from": call.from,
        "to": call.to,
        "gas": U256::from(call.gas),
        "gasUsed": U256::from(call.gas_used),
        "value": call.value,
        "input": Bytes(call.input.clone()),
        "output": Bytes(call.output.clone()),
        "error": error,
        "revertReason": reason,
        "calls": call.calls.iter().map(call_json).collect::<Vec<_>>(),
    })
}

fn revert_reason(data: &[u8]) -> String {
    decode_reason(data).unwrap_or_else(|| "execution reverted".to_owned())
}
