//! Execution of transactions.

use zksync_multivm::{
    interface::{
        ExecutionResult, L1BatchEnv, SystemEnv, VmEvent, VmExecutionResultAndLogs, VmInterface,
        VmInterfaceHistoryEnabled, storage::ReadStorage,
    },
    vm_fast::{FastValidationTracer, Vm, interface::Tracer},
};
use zksync_types::{H256, StorageKey, Transaction, l2_to_l1_log::UserL2ToL1Log};

use crate::{
    Counts, Panicked, Stop, TracedCall,
    calls::CallRecorder,
    counts::{Counter, add_counts},
    guard::guarded,
    measure::Measured,
    reason::revert_data,
    storage::AnyStorage,
};

type Observed<'a, T> = Vm<AnyStorage<'a>, T, Measured<FastValidationTracer>>;

/// Everything a run needs besides the transaction and the storage.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Bootloader, default account, mode and limits.
    pub system: SystemEnv,
    /// Batch and block.
    pub batch: L1BatchEnv,
    /// Whether the caller has checked the signatures of accounts without code, which the machine then takes for good. Gas is the
    /// same either way.
    pub trusted_signatures: bool,
}

/// How a transaction ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// With this return data.
    Success(Vec<u8>),
    /// With this revert data, fees paid.
    Revert(Vec<u8>),
    /// Not at all: it was not executed.
    Stop(Stop),
}

/// What a run produced.
#[derive(Debug)]
pub struct Run {
    /// How it ended.
    pub ending: Ending,
    /// Storage slots with their new values.
    pub writes: Vec<(StorageKey, H256)>,
    /// Events in their order.
    pub events: Vec<VmEvent>,
    /// Messages to L1.
    pub user_logs: Vec<UserL2ToL1Log>,
    /// Gas given back of the limit.
    pub gas_refunded: u64,
    /// Computational gas of the whole run, bootloader included.
    pub vm_gas: u64,
    /// Computational gas of the account's validation steps.
    pub validation_gas: u64,
    /// Bytes of published data.
    pub pubdata: u32,
}

/// Executes one transaction.
///
/// # Errors
///
/// [`Panicked`] when the machine panics.
pub fn execute(
    env: Environment,
    storage: &mut dyn ReadStorage,
    tx: Transaction,
) -> Result<Run, Panicked> {
    guarded(|| observe(&mut observed::<()>(env, storage), tx).0)
}

/// Executes transactions one after another in one block, in one machine. What stops leaves no trace for those after it.
///
/// # Errors
///
/// [`Panicked`] when the machine panics; then nothing is known of any of them.
pub fn execute_block(
    env: Environment,
    storage: &mut dyn ReadStorage,
    txs: impl IntoIterator<Item = Transaction>,
) -> Result<Vec<Run>, Panicked> {
    guarded(|| {
        let mut vm = observed::<()>(env, storage);
        txs.into_iter()
            .map(|tx| {
                vm.make_snapshot();
                let (run, ()) = observe(&mut vm, tx);
                match run.ending {
                    Ending::Stop(_) => vm.rollback_to_the_latest_snapshot(),
                    Ending::Success(_) | Ending::Revert(_) => vm.pop_snapshot_no_rollback(),
                }
                run
            })
            .collect()
    })
}

/// Executes one transaction and records its calls.
///
/// # Errors
///
/// [`Panicked`] when the machine panics.
pub fn trace(
    env: Environment,
    storage: &mut dyn ReadStorage,
    tx: Transaction,
) -> Result<(Run, Vec<TracedCall>), Panicked> {
    trace_after(env, storage, [], tx)
}

/// The same for a transaction that follows others in its block.
///
/// # Errors
///
/// [`Panicked`] when the machine panics.
pub fn trace_after(
    env: Environment,
    storage: &mut dyn ReadStorage,
    earlier: impl IntoIterator<Item = Transaction>,
    tx: Transaction,
) -> Result<(Run, Vec<TracedCall>), Panicked> {
    guarded(|| {
        let mut vm = observed::<CallRecorder>(env, storage);
        for tx in earlier {
            observe(&mut vm, tx);
        }
        let (run, recorder) = observe(&mut vm, tx);
        (run, recorder.into_calls())
    })
}

/// Executes one transaction and counts its instructions.
///
/// # Errors
///
/// [`Panicked`] when the machine panics.
pub fn execute_counted(
    env: Environment,
    storage: &mut dyn ReadStorage,
    tx: Transaction,
) -> Result<(Run, Counts), Panicked> {
    guarded(|| {
        let (run, counter) = observe(&mut observed::<Counter>(env, storage), tx);
        (run, counter.into_counts())
    })
}

/// Counts the instructions of transactions that follow each other in a block.
///
/// # Errors
///
/// [`Panicked`] when the machine panics.
pub fn count_block(
    env: Environment,
    storage: &mut dyn ReadStorage,
    txs: impl IntoIterator<Item = Transaction>,
) -> Result<Counts, Panicked> {
    guarded(|| {
        let mut vm = observed::<Counter>(env, storage);
        let mut total = Counts::default();
        for tx in txs {
            let (_, counter) = observe(&mut vm, tx);
            add_counts(&mut total, counter.into_counts());
        }
        total
    })
}

fn observed<T: Tracer + Default>(
    env: Environment,
    storage: &mut dyn ReadStorage,
) -> Observed<'_, T> {
    let mut vm = Observed::custom(env.batch, env.system, AnyStorage(storage));
    if env.trusted_signatures {
        vm.skip_signature_verification();
    }
    vm
}

fn observe<T: Tracer + Default>(vm: &mut Observed<'_, T>, tx: Transaction) -> (Run, T) {
    let mut tracers = (T::default(), Measured::default());
    let (_, result) = vm.inspect_transaction_with_bytecode_compression(&mut tracers, tx, false);
    (Run::new(result, tracers.1.used), tracers.0)
}

impl Run {
    pub(crate) fn new(result: VmExecutionResultAndLogs, validation_gas: u64) -> Self {
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
