//! Execution of transactions.

use zksync_multivm::{
    interface::{L1BatchEnv, SystemEnv, VmEvent},
    vm_fast::{FastValidationTracer, interface::Tracer},
};
use zksync_types::{H256, StorageKey, l2::L2Tx, l2_to_l1_log::UserL2ToL1Log};

use crate::{
    Counts, Panicked, Stop, TracedCall,
    bootloader::{Machine, Source, Tracers},
    calls::CallRecorder,
    counts::{Counter, add_counts},
    guard::guarded,
    official,
};

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
    /// Whether everything runs a second time in the VM crate's own driver. Runs that differ in their outcome, writes, events, messages,
    /// refund, gas or pubdata end as if the machine had panicked.
    pub compared_drivers: bool,
}

/// How a transaction ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// With this return data.
    Success(Vec<u8>),
    /// With this revert data, fees paid.
    Revert(Vec<u8>),
    /// Not at all: it was not executed.
    Stop(Stop),
}

/// What a run produced.
#[derive(Clone, Debug, PartialEq)]
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
pub fn execute(env: Environment, state: &dyn Source, tx: &L2Tx) -> Result<Run, Panicked> {
    let (run, ()) = observe_last(env, state, &[tx])?;
    Ok(run)
}

/// Executes transactions one after another in one block, in one machine. What stops leaves no trace for those after it.
///
/// # Errors
///
/// [`Panicked`] when the machine panics; then nothing is known of any of them.
pub fn execute_block(
    env: Environment,
    state: &dyn Source,
    txs: &[&L2Tx],
) -> Result<Vec<Run>, Panicked> {
    let runs = observe(env, state, txs)?;
    Ok(runs.into_iter().map(|(run, ())| run).collect())
}

/// The same with the calls of each.
///
/// # Errors
///
/// [`Panicked`] when the machine panics; then nothing is known of any of them.
pub fn trace_block(
    env: Environment,
    state: &dyn Source,
    txs: &[&L2Tx],
) -> Result<Vec<(Run, Vec<TracedCall>)>, Panicked> {
    let runs = observe::<CallRecorder>(env, state, txs)?;
    let traced = runs.into_iter();
    Ok(traced
        .map(|(run, calls)| (run, calls.into_calls()))
        .collect())
}

/// Executes transactions of one block and records the calls of the last.
///
/// # Errors
///
/// [`Panicked`] when the machine panics.
pub fn trace_last(
    env: Environment,
    state: &dyn Source,
    txs: &[&L2Tx],
) -> Result<(Run, Vec<TracedCall>), Panicked> {
    let (run, calls) = observe_last::<CallRecorder>(env, state, txs)?;
    Ok((run, calls.into_calls()))
}

/// Executes transactions of one block and counts the instructions of all.
///
/// # Errors
///
/// [`Panicked`] when the machine panics.
pub fn count_block(
    env: Environment,
    state: &dyn Source,
    txs: &[&L2Tx],
) -> Result<(Vec<Run>, Counts), Panicked> {
    let mut total = Counts::default();
    let mut runs = Vec::with_capacity(txs.len());
    for (run, counter) in observe::<Counter>(env, state, txs)? {
        add_counts(&mut total, counter.into_counts());
        runs.push(run);
    }
    Ok((runs, total))
}

/// Runs the transactions of a block, each with a tracer of its own.
pub(crate) fn observe<T: Tracer + Default + 'static>(
    env: Environment,
    state: &dyn Source,
    txs: &[&L2Tx],
) -> Result<Vec<(Run, T)>, Panicked> {
    guarded(|| {
        let expected = official::expected(&env, state, txs);
        let mut machine = Machine::<T, FastValidationTracer>::new(env, state.storage());
        let runs: Vec<_> = txs.iter().map(|tx| step(&mut machine, tx)).collect();
        official::check(expected, runs.iter().map(|(run, _)| run));
        runs
    })
}

/// The same for the last one only.
pub(crate) fn observe_last<T: Tracer + Default + 'static>(
    env: Environment,
    state: &dyn Source,
    txs: &[&L2Tx],
) -> Result<(Run, T), Panicked> {
    let nothing = || Panicked("no transaction to run".to_owned());
    observe(env, state, txs)?.pop().ok_or_else(nothing)
}

fn step<T: Tracer + Default + 'static>(
    machine: &mut Machine<T, FastValidationTracer>,
    tx: &L2Tx,
) -> (Run, T) {
    let mut tracers = Tracers::default();
    machine.save();
    let run = machine.run(tx, &mut tracers);
    match run.ending {
        Ending::Stop(_) => machine.restore(),
        Ending::Success(_) | Ending::Revert(_) => machine.forget(),
    }
    (run, tracers.watching)
}
