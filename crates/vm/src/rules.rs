//! Account validation under the protocol's rules.

use zksync_multivm::{
    interface::tracer::{TimestampAsserterParams, ValidationParams, ViolatedValidationRule},
    vm_fast::{FullValidationTracer, interface::Tracer},
};
use zksync_types::l2::L2Tx;

use crate::{
    Ending, Environment, Panicked, Stop, TracedCall,
    bootloader::{Machine, Source, Tracers},
    calls::CallRecorder,
    guard::guarded,
    official,
};

/// Runs the validation of a transaction under the protocol's rules. `Ok` when it passes.
///
/// # Errors
///
/// [`Panicked`] when the machine panics; inside, the rule or the step that stopped validation.
pub fn validate(
    env: Environment,
    state: &dyn Source,
    tx: &L2Tx,
    asserter: TimestampAsserterParams,
) -> Result<Result<(), Stop>, Panicked> {
    let rules = tracer(&env, tx, asserter.clone());
    let expected = guarded(|| official::expected_verdict(&env, state, tx, rules))?;
    let (ending, tracers) = run::<()>(env, state, tx, asserter)?;
    let verdict = verdict(tracers.validation.validation_error(), ending);
    guarded(|| official::check_verdict(expected, &verdict))?;
    Ok(verdict)
}

/// A broken rule ends the run with a generic stop, so the tracer is asked first.
pub(crate) fn verdict(
    violation: Option<ViolatedValidationRule>,
    ending: Ending,
) -> Result<(), Stop> {
    match (violation, ending) {
        (Some(rule), _) => Err(Stop::Rule(rule)),
        (None, Ending::Stop(stop)) => Err(stop),
        (None, Ending::Success(_) | Ending::Revert(_)) => Ok(()),
    }
}

/// Runs the validation of a transaction that breaks a rule once more; returns the calls in which it broke the rule, outermost first.
///
/// # Errors
///
/// [`Panicked`] when the machine panics.
pub fn trace_validation(
    env: Environment,
    state: &dyn Source,
    tx: &L2Tx,
    asserter: TimestampAsserterParams,
) -> Result<Vec<TracedCall>, Panicked> {
    let (_, tracers) = run::<CallRecorder>(env, state, tx, asserter)?;
    Ok(tracers.watching.into_open())
}

fn run<T: Tracer + Default + 'static>(
    env: Environment,
    state: &dyn Source,
    tx: &L2Tx,
    asserter: TimestampAsserterParams,
) -> Result<(Ending, Tracers<T, FullValidationTracer>), Panicked> {
    guarded(|| {
        let mut tracers = Tracers {
            watching: T::default(),
            validation: tracer(&env, tx, asserter),
        };
        let run = Machine::new(env, state.storage()).run(tx, &mut tracers);
        (run.ending, tracers)
    })
}

fn tracer(env: &Environment, tx: &L2Tx, asserter: TimestampAsserterParams) -> FullValidationTracer {
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
