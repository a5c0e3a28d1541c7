//! The only place where the virtual machine's generic types are instantiated.
//!
//! Every combination of storage, tracer and validation tracer compiles the whole machine again, so the three combinations the node needs
//! live here behind functions without type parameters, and the rest of the crate rebuilds in seconds.

mod calls;
mod measure;
mod reason;

use std::panic::{AssertUnwindSafe, catch_unwind};

use zksync_multivm::{
    interface::{
        ExecutionResult, L1BatchEnv, SystemEnv, VmEvent, VmInterface,
        tracer::{TimestampAsserterParams, ValidationParams, ViolatedValidationRule},
    },
    vm_fast::{FastValidationTracer, FullValidationTracer, Vm},
};
use zksync_types::{H256, StorageKey, Transaction, l2_to_l1_log::UserL2ToL1Log};

pub(crate) use self::calls::{CallEnd, CallKind, TracedCall};
pub(crate) use self::reason::{Stop, revert_data};
use self::{calls::CallRecorder, measure::Measured};
use crate::chain::View;

/// Everything a run needs besides the transaction and the storage.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    pub(crate) system: SystemEnv,
    pub(crate) batch: L1BatchEnv,
}

/// How a transaction ended.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    Success(Vec<u8>),
    Revert(Vec<u8>),
    Stop(Stop),
}

/// What a run produced.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) ending: Ending,
    pub(crate) writes: Vec<(StorageKey, H256)>,
    pub(crate) events: Vec<VmEvent>,
    pub(crate) user_logs: Vec<UserL2ToL1Log>,
    pub(crate) gas_refunded: u64,
    /// Computational gas of the whole run, bootloader included.
    pub(crate) vm_gas: u64,
    /// Computational gas of the account's validation steps.
    pub(crate) validation_gas: u64,
    pub(crate) pubdata: u32,
}

/// Why a run produced nothing.
#[derive(Debug)]
pub(crate) struct Panicked(pub(crate) String);

/// Executes one transaction.
pub(crate) fn execute(
    env: Environment,
    storage: View<'_>,
    tx: Transaction,
) -> Result<Run, Panicked> {
    guarded(|| {
        let mut vm =
            Vm::<_, (), Measured<FastValidationTracer>>::custom(env.batch, env.system, storage);
        let mut tracers = ((), Measured::default());
        let (_, result) = vm.inspect_transaction_with_bytecode_compression(&mut tracers, tx, false);
        Run::new(result, tracers.1.used)
    })
}

/// Executes one transaction and records its calls.
pub(crate) fn trace(
    env: Environment,
    storage: View<'_>,
    tx: Transaction,
) -> Result<(Run, Vec<TracedCall>), Panicked> {
    guarded(|| {
        let mut vm = Vm::<_, CallRecorder, Measured<FastValidationTracer>>::custom(
            env.batch, env.system, storage,
        );
        let mut tracers = (CallRecorder::default(), Measured::default());
        let (_, result) = vm.inspect_transaction_with_bytecode_compression(&mut tracers, tx, false);
        let (calls, validation) = tracers;
        (Run::new(result, validation.used), calls.into_calls())
    })
}

/// Runs the validation of a transaction under the protocol's rules. `Ok` when it passes.
pub(crate) fn validate(
    env: Environment,
    storage: View<'_>,
    tx: Transaction,
    asserter: TimestampAsserterParams,
) -> Result<Result<(), Stop>, Panicked> {
    guarded(|| {
        let params = ValidationParams {
            user_address: tx.initiator_account(),
            paymaster_address: tx.payer(),
            trusted_slots: Default::default(),
            trusted_addresses: Default::default(),
            trusted_address_slots: Default::default(),
            computational_gas_limit: env.system.default_validation_computational_gas_limit,
            timestamp_asserter_params: Some(asserter),
        };
        let rules = FullValidationTracer::new(params, env.batch.timestamp);
        let mut vm = Vm::<_, (), FullValidationTracer>::custom(env.batch, env.system, storage);
        let mut tracers = ((), rules);
        let (_, result) = vm.inspect_transaction_with_bytecode_compression(&mut tracers, tx, false);
        // A broken rule ends the run with a generic stop, so the tracer is asked first.
        verdict(tracers.1.validation_error(), result.result)
    })
}

fn verdict(violation: Option<ViolatedValidationRule>, result: ExecutionResult) -> Result<(), Stop> {
    match (violation, result) {
        (Some(rule), _) => Err(Stop::Rule(rule)),
        (None, ExecutionResult::Halt { reason }) => Err(reason.into()),
        (None, ExecutionResult::Success { .. } | ExecutionResult::Revert { .. }) => Ok(()),
    }
}

impl Run {
    fn new(
        result: zksync_multivm::interface::VmExecutionResultAndLogs,
        validation_gas: u64,
    ) -> Self {
        let ending = match result.result {
            ExecutionResult::Success { output } => Ending::Success(output),
            ExecutionResult::Revert { output } => Ending::Revert(revert_data(&output)),
            ExecutionResult::Halt { reason } => Ending::Stop(reason.into()),
        };
        let writes = result.logs.storage_logs.iter();
        Self {
            ending,
            writes: writes.map(|log| (log.log.key, log.log.value)).collect(),
            events: result.logs.events,
            user_logs: result.logs.user_l2_to_l1_logs,
            gas_refunded: result.refunds.gas_refunded,
            vm_gas: result.statistics.gas_used,
            validation_gas,
            pubdata: result.statistics.pubdata_published,
        }
    }
}

/// Turns a panic of the machine into an error: it panics on a few inputs it was not made for, such as a missing bytecode.
pub(crate) fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| Panicked(panic_message(&*payload)))
}

/// Text of a panic's payload.
pub(crate) fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| {
            payload
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
        })
        .unwrap_or_else(|| "unknown cause".to_owned())
}
