//! The VM crate's own driver, to compare ours with.

use zksync_multivm::{
    interface::{
        ExecutionResult, VmExecutionResultAndLogs, VmInterface, VmInterfaceHistoryEnabled,
        storage::ReadStorage,
    },
    vm_fast::{FastValidationTracer, FullValidationTracer, Vm},
};
use zksync_types::{H256, StorageKey, StorageValue, l2::L2Tx};

use crate::{
    Ending, Environment, Run, Stop,
    bootloader::{Source, Storage},
    reason::revert_data,
    rules::verdict,
};

/// What the VM crate's driver makes of the transactions of a block; `None` unless drivers are compared.
pub(crate) fn expected(env: &Environment, state: &dyn Source, txs: &[&L2Tx]) -> Option<Vec<Run>> {
    let env = env.compared_drivers.then(|| env.clone())?;
    Some(execute_block(env, state.storage(), txs))
}

/// # Panics
///
/// When a run is not what was expected.
pub(crate) fn check<'r>(expected: Option<Vec<Run>>, runs: impl Iterator<Item = &'r Run>) {
    for (expected, run) in expected.into_iter().flatten().zip(runs) {
        // The VM crate takes revert data apart and puts it together again.
        let ending = match &run.ending {
            Ending::Revert(data) => Ending::Revert(revert_data(&data.as_slice().into())),
            other => other.clone(),
        };
        let comparable = Run {
            ending,
            validation_gas: expected.validation_gas,
            ..run.clone()
        };
        assert_eq!(comparable, expected, "the two drivers differ");
    }
}

/// What the VM crate's driver says of a validation; `None` unless drivers are compared.
pub(crate) fn expected_verdict(
    env: &Environment,
    state: &dyn Source,
    tx: &L2Tx,
    rules: FullValidationTracer,
) -> Option<Result<(), Stop>> {
    let env = env.compared_drivers.then(|| env.clone())?;
    let storage = AnyStorage(state.storage());
    let mut vm = Vm::<_, (), FullValidationTracer>::custom(env.batch, env.system, storage);
    let mut tracers = ((), rules);
    let tx = tx.clone().into();
    let (_, result) = vm.inspect_transaction_with_bytecode_compression(&mut tracers, tx, false);
    Some(verdict(tracers.1.validation_error(), run(result).ending))
}

/// # Panics
///
/// When a verdict is not what was expected.
pub(crate) fn check_verdict(expected: Option<Result<(), Stop>>, verdict: &Result<(), Stop>) {
    if let Some(expected) = expected {
        assert_eq!(verdict, &expected, "the two drivers differ");
    }
}

fn execute_block(env: Environment, storage: Storage, txs: &[&L2Tx]) -> Vec<Run> {
    let storage = AnyStorage(storage);
    let mut vm = Vm::<_, (), FastValidationTracer>::custom(env.batch, env.system, storage);
    if env.trusted_signatures {
        vm.skip_signature_verification();
    }
    txs.iter().map(|tx| step(&mut vm, tx)).collect()
}

fn step(vm: &mut Vm<AnyStorage, (), FastValidationTracer>, tx: &L2Tx) -> Run {
    let mut tracers = ((), FastValidationTracer::default());
    vm.make_snapshot();
    let tx = tx.clone().into();
    let (_, result) = vm.inspect_transaction_with_bytecode_compression(&mut tracers, tx, false);
    let run = run(result);
    match run.ending {
        Ending::Stop(_) => vm.rollback_to_the_latest_snapshot(),
        Ending::Success(_) | Ending::Revert(_) => vm.pop_snapshot_no_rollback(),
    }
    run
}

/// The VM crate does not say what validation used.
fn run(result: VmExecutionResultAndLogs) -> Run {
    let ending = match result.result {
        ExecutionResult::Success { output } => Ending::Success(output),
        ExecutionResult::Revert { output } => Ending::Revert(revert_data(&output)),
        ExecutionResult::Halt { reason } => Ending::Stop(reason.into()),
    };
    let writes = result.logs.storage_logs.iter();
    Run {
        ending,
        writes: writes.map(|log| (log.log.key, log.log.value)).collect(),
        events: result.logs.events,
        user_logs: result.logs.user_l2_to_l1_logs,
        gas_refunded: result.refunds.gas_refunded,
        vm_gas: result.statistics.gas_used,
        validation_gas: 0,
        pubdata: result.statistics.pubdata_published,
    }
}

/// Storage of any kind behind one type.
#[derive(Debug)]
struct AnyStorage(Storage);

impl ReadStorage for AnyStorage {
    fn read_value(&mut self, key: &StorageKey) -> StorageValue {
        self.0.read_value(key)
    }

    fn is_write_initial(&mut self, key: &StorageKey) -> bool {
        self.0.is_write_initial(key)
    }

    fn load_factory_dep(&mut self, hash: H256) -> Option<Vec<u8>> {
        self.0.load_factory_dep(hash)
    }

    fn is_bytecode_known(&mut self, hash: &H256) -> bool {
        self.0.is_bytecode_known(hash)
    }

    fn get_enumeration_index(&mut self, key: &StorageKey) -> Option<u64> {
        self.0.get_enumeration_index(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(gas_refunded: u64, data: &[u8]) -> Run {
        Run {
            ending: Ending::Revert(data.to_vec()),
            writes: Vec::new(),
            events: Vec::new(),
            user_logs: Vec::new(),
            gas_refunded,
            vm_gas: 1,
            validation_gas: 2,
            pubdata: 3,
        }
    }

    #[test]
    fn equal_runs_pass() {
        check(Some(vec![run(5, b"data")]), [&run(5, b"data")].into_iter());
        check(None, [&run(5, b"data")].into_iter());
    }

    #[test]
    #[should_panic(expected = "the two drivers differ")]
    fn runs_with_other_refunds_do_not() {
        check(Some(vec![run(5, b"data")]), [&run(6, b"data")].into_iter());
    }

    #[test]
    #[should_panic(expected = "the two drivers differ")]
    fn runs_with_other_data_do_not() {
        check(Some(vec![run(5, b"data")]), [&run(5, b"date")].into_iter());
    }
}
