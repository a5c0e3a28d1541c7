//! The machine with the bootloader in it, and its operator.

use std::collections::HashMap;

use zksync_multivm::{
    interface::{Halt, TxRevertReason},
    vm_fast::ValidationTracer,
};
use zksync_system_constants::BOOTLOADER_ADDRESS;
use zksync_types::{
    AccountTreeId, Address, L2ChainId, StorageKey, U256, h256_to_u256, l2::L2Tx,
    transaction_request::TransactionRequest, u256_to_h256,
};
use zksync_vm2::{
    ExecutionEnd, FatPointer, Settings, Snapshot, VirtualMachine,
    interface::{CallframeInterface, HeapId, StateInterface, Tracer},
};

use super::{
    batch::{self, Entry, Place},
    events,
    layout::{self, Hook},
    programs::Programs,
    refund::{self, Spending},
    tracers::Tracers,
    world::{SignatureCheck, Storage, World},
};
use crate::{Ending, Environment, Run, revert_data};

/// Where a panic of the bootloader itself goes on: nowhere, as no code is that long.
const NO_HANDLER: u16 = u16::MAX;

/// A machine that runs transactions one after another in one block.
pub(crate) struct Machine<T, V> {
    vm: VirtualMachine<Tracers<T, V>, World<Tracers<T, V>>>,
    world: World<Tracers<T, V>>,
    env: Environment,
    base_fee: u64,
    next: Place,
    saved: Option<Place>,
}

/// What is known of a transaction while it runs.
struct Progress {
    place: Place,
    gas_limit: U256,
    /// Gas that validation may still use.
    validation_gas: u32,
    /// Inside validation: the gas it was given, and what was hidden from it.
    validation: Option<(u32, u32)>,
    validation_gas_used: u64,
    pubdata_before: u32,
    pubdata: u32,
    refunded: u64,
    result: Option<Ending>,
}

/// How a run ended, and whether its changes count.
struct End {
    ending: Ending,
    counts: bool,
}

impl From<Halt> for End {
    fn from(halt: Halt) -> Self {
        Self {
            ending: Ending::Stop(halt.into()),
            counts: false,
        }
    }
}

impl<T: Tracer + 'static, V: ValidationTracer + 'static> Machine<T, V> {
    pub(crate) fn new(env: Environment, storage: Storage) -> Self {
        let programs = Programs::shared();
        let contracts = &env.system.base_system_smart_contracts;
        let (bootloader, account) = (&contracts.bootloader, &contracts.default_aa);
        let account_hash = h256_to_u256(account.hash);
        let account_program = programs.contract(account_hash, &account.code);
        let bootloader = programs.bootloader(h256_to_u256(bootloader.hash), &bootloader.code);
        let base_fee = refund::base_fee(&env.batch, env.system.version);
        let vm = VirtualMachine::new(
            BOOTLOADER_ADDRESS,
            bootloader,
            Address::zero(),
            &[],
            env.system.bootloader_gas_limit,
            Settings {
                default_aa_code_hash: account.hash.0,
                // The chain has no EVM emulator.
                evm_interpreter_code_hash: account.hash.0,
                hook_address: address_of(layout::HOOK),
            },
        );
        let called = HashMap::from([(account_hash, account_program)]);
        let mut machine = Self {
            vm,
            world: World::new(storage, programs, called),
            base_fee,
            next: Place::default(),
            saved: None,
            env,
        };
        machine.prepare();
        machine
    }

    fn prepare(&mut self) {
        let mut frame = self.vm.current_frame();
        frame.set_stack_pointer(0);
        // The bootloader does not pay for its memory.
        frame.set_heap_bound(u32::MAX);
        frame.set_aux_heap_bound(u32::MAX);
        frame.set_exception_handler(NO_HANDLER);
        drop(frame);
        self.write(batch::header(&self.env.batch, self.base_fee));
    }

    /// Runs a transaction. One that stops leaves the machine in the middle: only [`restore`](Self::restore) helps.
    pub(crate) fn run(&mut self, tx: &L2Tx, tracers: &mut Tracers<T, V>) -> Run {
        let mut progress = self.push(tx);
        let start = self.vm.world_diff().snapshot();
        let gas = self.vm.current_frame().gas();
        let end = loop {
            if let Some(end) = self.go_on(tracers, &mut progress) {
                break end;
            }
        };
        let gas_used = gas - self.vm.current_frame().gas();
        self.outcome(end, &progress, &start, gas_used)
    }

    /// Remembers the state between two transactions.
    pub(crate) fn save(&mut self) {
        self.vm.make_snapshot();
        self.saved = Some(self.next);
    }

    /// Goes back to what [`save`](Self::save) remembered.
    pub(crate) fn restore(&mut self) {
        self.vm.rollback();
        self.next = self.saved.take().unwrap_or_default();
    }

    /// Forgets what [`save`](Self::save) remembered.
    pub(crate) fn forget(&mut self) {
        self.vm.pop_snapshot();
        self.saved = None;
    }

    fn push(&mut self, tx: &L2Tx) -> Progress {
        self.world.bring(&tx.execute.factory_deps);
        let trusted = self.env.trusted_signatures;
        let trusted = trusted.then(|| signature_check(tx, self.env.system.chain_id));
        self.world.trust(trusted.flatten());
        let place = self.next;
        let block = &self.env.batch.first_l2_block;
        let (entries, next) = place.fill(tx, block, self.env.system.execution_mode);
        self.next = next;
        self.write(entries);
        Progress {
            place,
            gas_limit: tx.common_data.fee.gas_limit,
            validation_gas: self.env.system.default_validation_computational_gas_limit,
            validation: None,
            validation_gas_used: 0,
            pubdata_before: self.pubdata(),
            pubdata: 0,
            refunded: 0,
            result: None,
        }
    }

    /// Runs to the bootloader's next hook and answers it. `Some` at the end.
    fn go_on(&mut self, tracers: &mut Tracers<T, V>, progress: &mut Progress) -> Option<End> {
        match self.vm.run(&mut self.world, tracers) {
            ExecutionEnd::SuspendedOnHook(hook) => self.answer(hook.into(), tracers, progress),
            other => Some(self.ended(other)),
        }
    }

    /// The bootloader itself ends in calls, which run nothing else, and when it refuses a transaction.
    fn ended(&mut self, end: ExecutionEnd) -> End {
        match end {
            ExecutionEnd::ProgramFinished(output) => End {
                ending: Ending::Success(output),
                counts: true,
            },
            ExecutionEnd::Reverted(output) => match TxRevertReason::parse_error(&output) {
                TxRevertReason::TxReverted(reason) => End {
                    ending: Ending::Revert(revert_data(&reason)),
                    counts: false,
                },
                TxRevertReason::Halt(halt) => halt.into(),
            },
            ExecutionEnd::Panicked if self.vm.current_frame().gas() == 0 => {
                Halt::BootloaderOutOfGas.into()
            }
            ExecutionEnd::Panicked => Halt::VMPanic.into(),
            ExecutionEnd::StoppedByTracer | ExecutionEnd::SuspendedOnHook(_) => {
                Halt::TracerCustom("Unexpectedly stopped by tracer".to_owned()).into()
            }
        }
    }

    fn answer(
        &mut self,
        hook: Hook,
        tracers: &mut Tracers<T, V>,
        progress: &mut Progress,
    ) -> Option<End> {
        match hook {
            Hook::ValidationEntered => self.enter_validation(tracers, progress),
            Hook::ValidationExited => return self.exit_validation(tracers, progress),
            Hook::ValidationStepEnded if V::STOP_AFTER_VALIDATION => {
                return Some(End {
                    ending: Ending::Success(Vec::new()),
                    counts: true,
                });
            }
            Hook::TransactionEnded => {
                let ending = progress.result.take();
                return Some(End {
                    ending: ending.unwrap_or_else(|| self.bare_result(progress.place)),
                    counts: true,
                });
            }
            Hook::AskForRefund => self.suggest_refund(progress),
            Hook::NotifyAboutRefund => progress.refunded = self.parameter(0).low_u64(),
            Hook::Result => progress.result = Some(self.result()),
            Hook::BatchEnds => {
                return Some(Halt::UnexpectedVMBehavior("the batch ended".to_owned()).into());
            }
            Hook::ValidationStepEnded | Hook::Other => {}
        }
        None
    }

    /// Hides gas beyond what validation may use.
    fn enter_validation(&mut self, tracers: &mut Tracers<T, V>, progress: &mut Progress) {
        let mut frame = self.vm.current_frame();
        let gas = frame.gas();
        let given = gas.min(progress.validation_gas);
        frame.set_gas(given);
        let hidden = gas - given;
        progress.validation = Some((given, hidden));
        tracers.validation.account_validation_entered(given, hidden);
    }

    fn exit_validation(
        &mut self,
        tracers: &mut Tracers<T, V>,
        progress: &mut Progress,
    ) -> Option<End> {
        if let Some((given, hidden)) = progress.validation.take() {
            let mut frame = self.vm.current_frame();
            let left = frame.gas();
            frame.set_gas(left + hidden);
            progress.validation_gas -= given - left;
            progress.validation_gas_used += u64::from(given - left);
        }
        tracers.validation.validation_exited().map(End::from)
    }

    fn suggest_refund(&mut self, progress: &mut Progress) {
        progress.pubdata = self.pubdata().saturating_sub(progress.pubdata_before);
        progress.pubdata_before = self.pubdata();
        let spending = Spending {
            gas_limit: progress.gas_limit,
            left: self.parameter(0),
            on_pubdata: self.parameter(1),
            per_byte: self.parameter(2),
            bytes: progress.pubdata,
        };
        let gas = refund::refund(spending, &self.env.batch, self.base_fee);
        self.write([(layout::refund(progress.place.index), gas.into())]);
    }

    fn outcome(&self, end: End, progress: &Progress, start: &Snapshot, gas_used: u32) -> Run {
        let mut run = Run {
            ending: end.ending,
            writes: Vec::new(),
            events: Vec::new(),
            user_logs: Vec::new(),
            gas_refunded: progress.refunded,
            vm_gas: gas_used.into(),
            validation_gas: progress.validation_gas_used,
            pubdata: progress.pubdata,
        };
        if end.counts {
            let diff = self.vm.world_diff();
            let writes = diff.get_storage_changes_after(start);
            run.writes = writes
                .map(|((address, slot), change)| (key(address, slot), u256_to_h256(change.after)))
                .collect();
            run.events = events::merged(diff.events_after(start), self.env.batch.number);
            run.user_logs = events::messages(&run.events);
        }
        run
    }

    // --- The bootloader's memory ----------------------------------------------------------------------------------------

    fn write(&mut self, entries: impl IntoIterator<Item = Entry>) {
        for (position, word) in entries {
            let address = address_of(position);
            self.vm.write_heap_u256(HeapId::FIRST, address, word);
        }
    }

    fn read(&self, position: usize) -> U256 {
        self.vm.read_heap_u256(HeapId::FIRST, address_of(position))
    }

    fn parameter(&self, index: usize) -> U256 {
        self.read(layout::hook_parameter(index))
    }

    /// What the bootloader says of the transaction with its return data.
    fn result(&self) -> Ending {
        let pointer = FatPointer::from(self.parameter(1));
        let bytes = pointer.start..pointer.start + pointer.length;
        let data = bytes.map(|at| self.vm.read_heap_byte(pointer.memory_page, at));
        match self.parameter(0).is_zero() {
            true => Ending::Revert(data.collect()),
            false => Ending::Success(data.collect()),
        }
    }

    /// The same when it says nothing, as when a call ran out of gas.
    fn bare_result(&self, place: Place) -> Ending {
        match self.read(layout::result(place.index)).is_zero() {
            true => Ending::Revert(Vec::new()),
            false => Ending::Success(Vec::new()),
        }
    }

    fn pubdata(&self) -> u32 {
        // Negative after values were put back to what they were.
        self.vm.pubdata() as u32
    }
}

fn address_of(position: usize) -> u32 {
    u32::try_from(32 * position).expect("the layout fits the memory")
}

fn key(address: Address, slot: U256) -> StorageKey {
    StorageKey::new(AccountTreeId::new(address), u256_to_h256(slot))
}

/// The call of `ecrecover` by which the default account will check the signature.
fn signature_check(tx: &L2Tx, chain_id: L2ChainId) -> Option<SignatureCheck> {
    let mut request = TransactionRequest::from(tx.clone());
    request.chain_id = Some(chain_id.as_u64());
    let hash = request.get_default_signed_message().ok()?;
    let common = &tx.common_data;
    SignatureCheck::new(hash, &common.signature, common.initiator_address)
}
