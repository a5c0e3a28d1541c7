//! Which storage slots a transaction touches.

use std::collections::BTreeMap;

use zksync_multivm::{
    interface::{VmInterface, storage::ReadStorage},
    vm_fast::{
        FastValidationTracer, Vm,
        interface::{
            CallframeInterface, GlobalStateInterface, Opcode, OpcodeType, StateInterface, Tracer,
        },
    },
};
use zksync_types::{AccountTreeId, H256, StorageKey, Transaction, U256, u256_to_h256};

use crate::{
    Environment, Panicked, Run, TracedCall, calls::CallRecorder, guard::guarded, measure::Measured,
    storage::AnyStorage,
};

type Recording<'a> =
    Vm<AnyStorage<'a>, (CallRecorder, SlotRecorder), Measured<FastValidationTracer>>;

/// A run with what it called and touched.
#[derive(Debug)]
pub struct Touches {
    /// The run.
    pub run: Run,
    /// Calls that the bootloader made.
    pub calls: Vec<TracedCall>,
    /// Slots that contracts read or wrote, with their values before.
    pub slots: BTreeMap<StorageKey, H256>,
    /// What earlier transactions of the block wrote.
    pub earlier: BTreeMap<StorageKey, H256>,
}

/// Executes a transaction that follows others in its block, and records the storage it touches.
///
/// # Errors
///
/// [`Panicked`] when the machine panics.
pub fn touch(
    env: Environment,
    storage: &mut dyn ReadStorage,
    earlier: impl IntoIterator<Item = Transaction>,
    tx: Transaction,
) -> Result<Touches, Panicked> {
    guarded(|| {
        let mut vm = Recording::custom(env.batch, env.system, AnyStorage(storage));
        if env.trusted_signatures {
            vm.skip_signature_verification();
        }
        let mut written = BTreeMap::new();
        for tx in earlier {
            written.extend(record(&mut vm, tx).run.writes);
        }
        Touches {
            earlier: written,
            ..record(&mut vm, tx)
        }
    })
}

fn record(vm: &mut Recording<'_>, tx: Transaction) -> Touches {
    let mut tracers = (
        (CallRecorder::default(), SlotRecorder::default()),
        Measured::default(),
    );
    let (_, result) = vm.inspect_transaction_with_bytecode_compression(&mut tracers, tx, false);
    let ((calls, slots), validation) = tracers;
    Touches {
        run: Run::new(result, validation.used),
        calls: calls.into_calls(),
        slots: slots.0,
        earlier: BTreeMap::new(),
    }
}

/// Remembers the value that each slot has before it is touched.
#[derive(Debug, Default)]
struct SlotRecorder(BTreeMap<StorageKey, H256>);

impl Tracer for SlotRecorder {
    fn before_instruction<OP: OpcodeType, S: GlobalStateInterface>(&mut self, state: &mut S) {
        if !matches!(OP::VALUE, Opcode::StorageRead | Opcode::StorageWrite) {
            return;
        }
        let Some(slot) = first_operand(state) else {
            return;
        };
        let address = state.current_frame().address();
        let key = StorageKey::new(AccountTreeId::new(address), u256_to_h256(slot));
        let value = || u256_to_h256(state.get_storage(address, slot));
        self.0.entry(key).or_insert_with(value);
    }
}

/// Value of the register that an instruction reads first. Both storage instructions have the slot there.
fn first_operand<S: StateInterface>(state: &mut S) -> Option<U256> {
    let counter = state.current_frame().program_counter()?;
    // Four instructions of 64 bits make a word, the first of them the highest; bits 16 to 19 name the register.
    let word = state.current_frame().read_contract_code(counter / 4);
    let instruction = word.0[3 - usize::from(counter % 4)];
    let register = u8::try_from((instruction >> 16) & 0xf).ok()?;
    Some(state.read_register(register).0)
}
