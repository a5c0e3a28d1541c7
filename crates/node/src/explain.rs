//! From what the machine reports to what a person can read.

use zksso_trace::{Call, CallFacts, CallKind, Contracts, Outcome};
use zksso_vm::{CallEnd, CallKind as Kind, TracedCall};

use crate::convert;

/// Names calls and those that they made.
pub(crate) fn calls(contracts: &Contracts, traced: &[TracedCall]) -> Vec<Call> {
    traced
        .iter()
        .map(|traced| call(contracts, traced))
        .collect()
}

fn call(contracts: &Contracts, traced: &TracedCall) -> Call {
    let facts = CallFacts {
        kind: match traced.kind {
            Kind::Call => CallKind::Call,
            Kind::Delegate => CallKind::DelegateCall,
            Kind::Create => CallKind::Create,
        },
        outcome: match traced.end {
            CallEnd::Returned => Outcome::Returned,
            CallEnd::Reverted => Outcome::Reverted,
            CallEnd::Panicked => Outcome::Panicked,
        },
        from: convert::to_address(traced.from),
        to: convert::to_address(traced.to),
        code: convert::to_address(traced.code),
        code_hash: convert::to_b256(traced.code_hash),
        value: convert::to_u256(traced.value),
        gas: traced.gas,
        gas_used: traced.gas_used,
        input: &traced.input,
        output: &traced.output,
        callers: &traced.trail.callers,
        recent: &traced.trail.recent,
    };
    contracts.explain(&facts, calls(contracts, &traced.calls))
}

/// Name of the contract whose code a call runs.
pub(crate) fn label(contracts: &Contracts, call: &TracedCall) -> Option<String> {
    contracts.label(
        convert::to_address(call.code),
        convert::to_b256(call.code_hash),
    )
}
