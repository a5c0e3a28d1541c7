//! The protocol's other implementation of EraVM, `zk_evm`: the one the circuits are checked against, and slow.

use std::collections::{BTreeMap, HashMap};

use alloy_primitives::{Address, U256};
use zk_evm::{
    GenericNoopTracer,
    aux_structures::{MemoryPage, PubdataCost},
    block_properties::BlockProperties,
    ethereum_types::{H160, U256 as VmWord},
    reference_impls::{
        decommitter::SimpleDecommitter, event_sink::InMemoryEventSink, memory::SimpleMemory,
    },
    testing::storage::InMemoryStorage,
    vm_state::{CallStackEntry, PrimitiveValue, Version, VmState},
    witness_trace::DummyTracer,
    zk_evm_abstractions::precompiles::DefaultPrecompilesProcessor,
    zkevm_opcode_defs::{
        BOOTLOADER_BASE_PAGE, BOOTLOADER_CALLDATA_PAGE, BOOTLOADER_CODE_PAGE, FatPointer,
        STARTING_BASE_PAGE, STARTING_TIMESTAMP,
        system_params::{BOOTLOADER_MAX_MEMORY, INITIAL_FRAME_FORMAL_EH_LOCATION},
    },
};

use super::{
    Effect,
    era::{BOOTLOADER, Call, Era, Receipt, address_of, decode_logs, vm_address, vm_word, word_of},
    pair::show,
    trampoline,
};

type Machine = VmState<
    InMemoryStorage,
    SimpleMemory,
    InMemoryEventSink,
    DefaultPrecompilesProcessor<false>,
    SimpleDecommitter<false>,
    DummyTracer,
>;
type Slots = BTreeMap<(Address, U256), U256>;

/// What a call did here.
pub(super) struct Outcome {
    effect: Effect,
    storage: Slots,
    transient: Slots,
}

impl Outcome {
    /// Checks that the other machine, which has just performed the same call, came to the same.
    pub(super) fn compare(&self, era: &Era, receipt: &Receipt) -> Result<(), String> {
        if self.effect != receipt.effect {
            return Err(format!(
                "zk_evm {}\nzksync_vm2 {}",
                show(&self.effect),
                show(&receipt.effect)
            ));
        }
        for (what, expected, found) in [
            ("storage", &self.storage, &era.world.storage),
            ("transient storage", &self.transient, &receipt.transient),
        ] {
            let slots = expected.keys().chain(found.keys());
            let value = |slots: &Slots, key| slots.get(key).copied().unwrap_or_default();
            for slot in slots {
                let (expected, found) = (value(expected, slot), value(found, slot));
                if expected != found {
                    return Err(format!(
                        "{what} {slot:?}: zk_evm {expected}, zksync_vm2 {found}"
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Performs a call on the state of a chain, which stays as it is.
pub(super) fn call(era: &Era, call: &Call) -> Outcome {
    let mut machine = machine(era, call);
    let mut tracer = GenericNoopTracer::<SimpleMemory>::new();
    while !machine.execution_has_ended() {
        machine.cycle(&mut tracer).expect("every code is known");
    }
    let reverted =
        machine.local_state.callstack.get_current_stack().pc == INITIAL_FRAME_FORMAL_EH_LOCATION;
    let data = returned(&machine);
    let (_, events, _) = machine.event_sink.clone().flatten();
    let events = events
        .iter()
        .map(|event| (event.is_first, word_of(event.key), word_of(event.value)));
    Outcome {
        effect: Effect {
            success: !reverted,
            data,
            logs: decode_logs(events),
        },
        storage: slots(&machine.storage.inner[0]),
        transient: slots(&machine.storage.inner_transient[0]),
    }
}

fn machine(era: &Era, call: &Call) -> Machine {
    let mut storage = InMemoryStorage::new();
    let elements =
        era.world.storage.iter().map(|((contract, key), value)| {
            (0, vm_address(*contract), vm_word(*key), vm_word(*value))
        });
    storage.populate(elements.collect());
    let message = call.message();
    let mut memory = SimpleMemory::new();
    memory.populate_page(vec![
        (BOOTLOADER_CODE_PAGE, words(&trampoline::trampoline())),
        (BOOTLOADER_CALLDATA_PAGE, words(&message)),
    ]);
    let mut codes = SimpleDecommitter::<false>::new();
    let known = era.world.codes.iter();
    codes.populate(known.map(|(hash, code)| (*hash, words(code))).collect());
    let block = BlockProperties {
        default_aa_code_hash: VmWord::from_big_endian(&era.settings.default_aa_code_hash),
        evm_emulator_code_hash: VmWord::from_big_endian(&era.settings.evm_interpreter_code_hash),
        zkporter_is_available: false,
    };
    let mut machine = VmState::empty_state(
        storage,
        memory,
        InMemoryEventSink::new(),
        DefaultPrecompilesProcessor::<false>,
        codes,
        DummyTracer,
        block,
        Version::latest(),
    );
    machine.local_state.callstack.current.ergs_remaining = u32::MAX;
    machine.push_bootloader_context(0, bootloader_frame());
    machine.local_state.timestamp = STARTING_TIMESTAMP;
    machine.local_state.memory_page_counter = STARTING_BASE_PAGE;
    machine.local_state.monotonic_cycle_counter = 1;
    let calldata = FatPointer {
        offset: 0,
        memory_page: BOOTLOADER_CALLDATA_PAGE,
        start: 0,
        length: message.len() as u32,
    };
    machine.local_state.registers[0] = PrimitiveValue {
        value: calldata.to_u256(),
        is_pointer: true,
    };
    machine
}

fn bootloader_frame() -> CallStackEntry {
    CallStackEntry {
        this_address: vm_address(BOOTLOADER),
        msg_sender: H160::zero(),
        code_address: vm_address(BOOTLOADER),
        base_memory_page: MemoryPage(BOOTLOADER_BASE_PAGE),
        code_page: MemoryPage(BOOTLOADER_CODE_PAGE),
        sp: 0,
        pc: 0,
        exception_handler_location: INITIAL_FRAME_FORMAL_EH_LOCATION,
        ergs_remaining: u32::MAX,
        this_shard_id: 0,
        caller_shard_id: 0,
        code_shard_id: 0,
        is_static: false,
        is_local_frame: false,
        context_u128_value: 0,
        heap_bound: BOOTLOADER_MAX_MEMORY,
        aux_heap_bound: BOOTLOADER_MAX_MEMORY,
        total_pubdata_spent: PubdataCost(0),
        stipend: 0,
    }
}

/// What the first register points to at the end.
fn returned(machine: &Machine) -> Vec<u8> {
    let register = machine.local_state.registers[0];
    if !register.is_pointer {
        return Vec::new();
    }
    let pointer = FatPointer::from_u256(register.value);
    let (start, length) = (
        (pointer.start + pointer.offset) as usize,
        (pointer.length - pointer.offset) as usize,
    );
    let range = pointer.start / 32..(pointer.start + pointer.length).div_ceil(32);
    let first = range.start as usize * 32;
    let bytes = machine
        .memory
        .dump_page_content(pointer.memory_page, range)
        .concat();
    bytes[start - first..][..length].to_vec()
}

fn slots(storage: &HashMap<H160, HashMap<VmWord, VmWord>>) -> Slots {
    let entries = storage.iter().flat_map(|(contract, slots)| {
        slots
            .iter()
            .map(|(key, value)| ((address_of(*contract), word_of(*key)), word_of(*value)))
    });
    entries.collect()
}

fn words(bytes: &[u8]) -> Vec<VmWord> {
    let word = |chunk: &[u8]| {
        let mut padded = [0; 32];
        padded[..chunk.len()].copy_from_slice(chunk);
        VmWord::from_big_endian(&padded)
    };
    bytes.chunks(32).map(word).collect()
}
