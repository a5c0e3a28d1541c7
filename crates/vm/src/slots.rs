//! Which storage slots a transaction touches.

use std::collections::BTreeMap;

use zksync_multivm::vm_fast::interface::{
    CallframeInterface, GlobalStateInterface, Opcode, OpcodeType, StateInterface, Tracer,
};
use zksync_types::{AccountTreeId, H256, StorageKey, U256, l2::L2Tx, u256_to_h256};

use crate::{
    Environment, Panicked, Run, TracedCall, bootloader::Source, calls::CallRecorder, run::observe,
};

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

/// Executes transactions of one block, and records the storage that the last touches.
///
/// # Errors
///
/// [`Panicked`] when the machine panics.
pub fn touch_last(
    env: Environment,
    state: &dyn Source,
    txs: &[&L2Tx],
) -> Result<Touches, Panicked> {
    let mut runs = observe::<(CallRecorder, SlotRecorder)>(env, state, txs)?;
    let nothing = || Panicked("no transaction to run".to_owned());
    let (run, (calls, slots)) = runs.pop().ok_or_else(nothing)?;
    let earlier = runs.into_iter().flat_map(|(run, _)| run.writes);
    Ok(Touches {
        run,
        calls: calls.into_calls(),
        slots: slots.0,
        earlier: earlier.collect(),
    })
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
