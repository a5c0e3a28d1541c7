//! Traces of calls and transactions, in the formats of geth's call tracer and prestate tracer.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use zksync_types::{H256, U256, api::BlockNumber, l2::L2Tx, web3::Bytes};

use super::{
    Answer, Method, Params, RpcError, Table,
    overrides::{BlockOverrides, StateOverrides, scene},
    params::{block_number, block_of_hash},
    prestate::PrestateConfig,
    reply,
    request::CallObject,
};
use zksso_trace::Contracts;
use zksso_vm::{CallEnd, CallKind, Ending, Run, TracedCall};

use crate::{
    chain::{CallAt, Chain, Refusal, Setup, decode_reason},
    explain,
};

pub(super) const METHODS: Table = &[
    Method::new(
        "debug_traceBlockByHash",
        "hash, [options]",
        "Traces of all transactions of a block.",
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
        "Calls of a call by `callTracer`, the same with names and source lines by `sourceTracer`, or the state it touches by `prestateTracer`; overrides among the options.",
        trace_call,
    ),
    Method::new(
        "debug_traceTransaction",
        "hash, [options]",
        "The same of a transaction, run again where it was.",
        trace_transaction,
    ),
];

/// Options of a trace.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TraceOptions {
    tracer: Option<String>,
    tracer_config: Option<Value>,
}

/// Options of a call's trace.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CallTraceOptions {
    tracer: Option<String>,
    tracer_config: Option<Value>,
    state_overrides: Option<StateOverrides>,
    block_overrides: Option<BlockOverrides>,
}

/// What to report of a run.
#[derive(Clone, Copy, Debug)]
enum Tracer {
    Calls(CallConfig),
    Prestate(PrestateConfig),
    Source,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct CallConfig {
    only_top_call: bool,
}

/// Settings of a tracer that has none.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoConfig {}

impl Tracer {
    fn read(params: &mut Params) -> Result<Self, RpcError> {
        let options: TraceOptions = params.optional("options")?.unwrap_or_default();
        Self::new(options.tracer.as_deref(), options.tracer_config)
    }

    fn new(name: Option<&str>, config: Option<Value>) -> Result<Self, RpcError> {
        match name {
            None | Some("callTracer") => Ok(Self::Calls(tracer_config(config)?)),
            Some("sourceTracer") => tracer_config::<NoConfig>(config).map(|_| Self::Source),
            Some("prestateTracer") => Ok(Self::Prestate(tracer_config(config)?)),
            Some(other) => Err(RpcError::invalid_params(format!(
                "the tracer {other} is not supported; callTracer, prestateTracer and sourceTracer are"
            ))),
        }
    }

    fn run(self, contracts: &Contracts, setup: Setup) -> Result<Value, RpcError> {
        Ok(match self {
            Self::Calls(config) => {
                let top = TopCall::of(&setup.tx);
                let (run, calls) = setup.trace()?;
                top.finish(run, &calls, config)
            }
            Self::Source => json!(explain::calls(contracts, &setup.trace()?.1)),
            Self::Prestate(config) => config.show(setup.footprint()?.accounts()),
        })
    }
}

fn tracer_config<T: DeserializeOwned + Default>(config: Option<Value>) -> Result<T, RpcError> {
    match config {
        None | Some(Value::Null) => Ok(T::default()),
        Some(config @ Value::Object(_)) => serde_json::from_value(config)
            .map_err(|error| RpcError::invalid_params(format!("tracerConfig: {error}"))),
        Some(_) => Err(RpcError::invalid_params("tracerConfig must be an object")),
    }
}

fn trace_transaction(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("transaction hash")?;
    let tracer = Tracer::read(&mut params)?;
    params.finish()?;
    reply(traced(chain, hash, tracer)?)
}

fn trace_block_by_number(chain: &mut Chain, mut params: Params) -> Answer {
    let number: BlockNumber = params.required("block number")?;
    let tracer = Tracer::read(&mut params)?;
    params.finish()?;
    trace_block(chain, block_number(chain, number)?, tracer)
}

fn trace_block_by_hash(chain: &mut Chain, mut params: Params) -> Answer {
    let hash: H256 = params.required("block hash")?;
    let tracer = Tracer::read(&mut params)?;
    params.finish()?;
    trace_block(chain, block_of_hash(chain, hash)?, tracer)
}

fn trace_block(chain: &Chain, number: u64, tracer: Tracer) -> Answer {
    let hashes = chain
        .block(number)
        .map_or(&[][..], |block| &block.transactions);
    let traces = hashes.iter().map(|&hash| {
        let result = traced(chain, hash, tracer)?;
        Ok(json!({ "txHash": hash, "result": result }))
    });
    reply(traces.collect::<Result<Vec<_>, RpcError>>()?)
}

fn traced(chain: &Chain, hash: H256, tracer: Tracer) -> Result<Value, RpcError> {
    let setup = chain.set_up_again(hash);
    let setup =
        setup.ok_or_else(|| RpcError::refused(format!("transaction {hash:#x} does not exist")))?;
    tracer.run(&chain.config.contracts, setup)
}

fn trace_call(chain: &mut Chain, mut params: Params) -> Answer {
    let request: CallObject = params.required("transaction")?;
    let latest = CallAt::Block(chain.head().number);
    let at = params.call_at(chain, latest)?;
    let options: CallTraceOptions = params.optional("options")?.unwrap_or_default();
    params.finish()?;
    let tracer = Tracer::new(options.tracer.as_deref(), options.tracer_config)?;
    let scene = scene(at, options.state_overrides, options.block_overrides)?;
    let request = request.into_request(chain)?;
    let setup = chain.set_up_call(&request, &scene)?;
    reply(tracer.run(&chain.config.contracts, setup)?)
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
    fn of(tx: &L2Tx) -> Self {
        Self {
            from: json!(tx.initiator_account()),
            to: json!(tx.recipient_account()),
            gas: tx.common_data.fee.gas_limit,
            value: tx.execute.value,
            input: tx.execute.calldata.clone(),
        }
    }

    fn finish(self, run: Run, calls: &[TracedCall], config: CallConfig) -> Value {
        let used = self.gas.saturating_sub(run.gas_refunded.into());
        let (output, error) = match run.ending {
            Ending::Success(output) => (output, None),
            Ending::Revert(data) => {
                let reason = revert_reason(&data);
                (data, Some(reason))
            }
            Ending::Stop(stop) => (Vec::new(), Some(Refusal::from(stop).to_string())),
        };
        let calls = if config.only_top_call { &[] } else { calls };
        let mut json = json!({
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
        });
        json["calls"] = calls_json(calls);
        json
    }
}

fn calls_json(calls: &[TracedCall]) -> Value {
    Value::Array(calls.iter().map(call_json).collect())
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
    let mut json = json!({
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
    });
    // Moved into place: the macro would copy every level once for each level above it.
    json["calls"] = calls_json(&call.calls);
    json
}

fn revert_reason(data: &[u8]) -> String {
    decode_reason(data).unwrap_or_else(|| "execution reverted".to_owned())
}
