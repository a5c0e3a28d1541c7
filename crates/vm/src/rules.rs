//! Account validation under the protocol's rules.

use zksync_multivm::{
    interface::{
        ExecutionResult, VmInterface,
        storage::ReadStorage,
        tracer::{TimestampAsserterParams, ValidationParams, ViolatedValidationRule},
    },
    vm_fast::{FullValidationTracer, Vm},
};
use zksync_types::Transaction;

use crate::{
    Environment, Panicked, Stop, TracedCall, calls::CallRecorder, guard::guarded,
    storage::AnyStorage,
};

/// Runs the validation of a transaction under the protocol's rules. `Ok` when it passes.
///
/// # Errors
///
/// [`Panicked`] when the machine panics; inside, the rule or the step that stopped validation.
pub fn validate(
    env: Environment,
    storage: &mut dyn ReadStorage,
    tx: Transaction,
    asserter: TimestampAsserterParams,
) -> Result<Result<(), Stop>, Panicked> {
    guarded(|| {
        let rules = tracer(&env, &tx, asserter);
        let storage = AnyStorage(storage);
        let mut vm = Vm::<_, (), FullValidationTracer>::custom(env.batch, env.system, storage);
        let mut tracers = ((), rules);
        let (_, result) = vm.inspect_transaction_with_bytecode_compression(&mut tracers, tx, false);
        // A broken rule ends the run with a generic stop, so the tracer is asked first.
        verdict(tracers.1.validation_error(), result.result)
    })
}

/// Runs the validation of a transaction that breaks a rule once more; returns the calls in which it broke the rule, outermost first.
///
/// # Errors
///
/// [`Panicked`] when the machine panics.
pub fn trace_validation(
    env: Environment,
    storage: &mut dyn ReadStorage,
    tx: Transaction,
    asserter: TimestampAsserterParams,
) -> Result<Vec<TracedCall>, Panicked> {
    guarded(|| {
        let rules = tracer(&env, &tx, asserter);
        let mut vm = Vm::<_, CallRecorder, FullValidationTracer>::custom(
            env.batch,
            env.system,
            AnyStorage(storage),
        );
        let mut tracers = (CallRecorder::default(), rules);
        let _ = vm.inspect_transaction_with_bytecode_compression(&mut tracers, tx, false);
        tracers.0.into_open()
    })
}

fn tracer(
    env: &Environment,
    tx: &Transaction,
    asserter: TimestampAsserterParams,
) -> FullValidationTracer {
    let params = ValidationParams {
        user_address: tx.initiator_account(),
        paymaster_address: tx.payer(),
        trusted_slots: Default::default(),
        trusted_addresses: Default::default(),
        trusted_address_slots: Default::default(),
        computational_gas_limit: env.system.default_validation_computational_gas_limit,
        timestamp_asserter_params: Some(asserter),
    };
    FullValidationTracer::new(params, env.batch.timestamp)
}

fn verdict(violation: Option<ViolatedValidationRule>, result: ExecutionResult) -> Result<(), Stop> {
    match (violation, result) {
        (Some(rule), _) => Err(Stop::Rule(rule)),
        (None, ExecutionResult::Halt { reason }) => Err(reason.into()),
        (None, ExecutionResult::Success { .. } | ExecutionResult::Revert { .. }) => Ok(()),
    }
}
