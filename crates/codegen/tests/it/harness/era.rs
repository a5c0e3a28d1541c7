//! EraVM with the protocol's system contracts over a storage that lasts from call to call.

use std::collections::{BTreeMap, HashMap};

use alloy_primitives::{Address, B256, U256, address, keccak256};
use zkevm_opcode_defs::{
    ERGS_PER_CODE_WORD_DECOMMITTMENT,
    ethereum_types::{H160, U256 as VmWord},
};
use zksso_eravm::bytecode_hash;
use zksync_vm2::{
    ExecutionEnd, Program, Settings, StorageInterface, StorageSlot, VirtualMachine,
    World as VmWorld,
    interface::{
        CallframeInterface, CallingMode, CycleStats, Event, GlobalStateInterface, L2ToL1Log,
        Opcode, OpcodeType, ShouldStop, Tracer,
    },
};

use super::{
    Effect, Log,
    evm::{BLOCK_NUMBER, CHAIN_ID, TIMESTAMP},
    reference, trampoline,
};

pub(crate) const BOOTLOADER: Address = address!("0000000000000000000000000000000000008001");
pub(crate) const ACCOUNT_CODES: Address = address!("0000000000000000000000000000000000008002");
pub(crate) const KNOWN_CODES: Address = address!("0000000000000000000000000000000000008004");
pub(crate) const DEPLOYER: Address = address!("0000000000000000000000000000000000008006");
pub(crate) const FORCE_DEPLOYER: Address = address!("0000000000000000000000000000000000008007");
pub(crate) const VALUE_SIMULATOR: Address = address!("0000000000000000000000000000000000008009");
pub(crate) const BASE_TOKEN: Address = address!("000000000000000000000000000000000000800a");
pub(crate) const SYSTEM_CONTEXT: Address = address!("000000000000000000000000000000000000800b");
const ORIGIN_SLOT: U256 = U256::from_limbs([1, 0, 0, 0]);

/// Ergs of a call when nothing else is said.
pub(crate) const PLENTY: u32 = 2_000_000_000;

/// A call, by default one of a user without value.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) value: u128,
    pub(crate) data: Vec<u8>,
    pub(crate) ergs: u32,
    /// Sets the system bit, which only system contracts get to see.
    pub(crate) system: bool,
}

impl Call {
    pub(crate) fn new(to: Address, data: impl Into<Vec<u8>>) -> Self {
        let from = address!("1111111111111111111111111111111111111111");
        Self {
            from,
            to,
            value: 0,
            data: data.into(),
            ergs: PLENTY,
            system: false,
        }
    }

    pub(crate) fn from(self, from: Address) -> Self {
        Self { from, ..self }
    }

    pub(crate) fn value(self, value: u128) -> Self {
        Self { value, ..self }
    }

    pub(crate) fn ergs(self, ergs: u32) -> Self {
        Self { ergs, ..self }
    }

    pub(crate) fn system(self) -> Self {
        Self {
            system: true,
            ..self
        }
    }

    /// The trampoline's input; value goes through the contract that moves it.
    pub(super) fn message(&self) -> Vec<u8> {
        let (target, r3, r4, system) = match self.value {
            0 => (self.to, U256::ZERO, U256::ZERO, self.system),
            value => (VALUE_SIMULATOR, U256::from(value), word(self.to), true),
        };
        let forwarding = U256::ONE << 224;
        let abi =
            (U256::from(self.ergs) << 192) | forwarding | (U256::from(u8::from(system)) << 248);
        let system_mask = U256::from(u8::from(self.system));
        [
            word(target),
            word(self.from),
            abi,
            r3,
            r4,
            system_mask,
            U256::ZERO,
        ]
        .iter()
        .flat_map(U256::to_be_bytes::<32>)
        .chain(self.data.iter().copied())
        .collect()
    }
}

/// What a call did and what it took.
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    pub(crate) effect: Effect,
    /// Ergs of the call, decommitments included.
    pub(crate) ergs: u32,
    /// Ergs of fetching the codes that ran. Their length decides it, and another call of the same transaction pays nothing.
    pub(crate) decommitment: u32,
    /// Transient storage at the end, which dies with the call.
    pub(crate) transient: BTreeMap<(Address, U256), U256>,
    /// What the event instructions wrote, kernel contracts' included.
    pub(crate) records: Vec<Record>,
    /// Messages to L1.
    pub(crate) messages: Vec<Message>,
    /// Instructions that ran in the contract that is watched.
    pub(crate) trail: Vec<usize>,
}

/// Two words written by one event instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Whether an event begins here.
    pub(crate) first: bool,
    pub(crate) key: U256,
    pub(crate) value: U256,
    /// Number of the transaction within the batch.
    pub(crate) transaction: u16,
}

/// A message of two words to L1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) service: bool,
    pub(crate) from: Address,
    pub(crate) key: U256,
    pub(crate) value: U256,
}

/// The chain.
#[derive(Clone)]
pub(crate) struct Era {
    pub(super) world: World,
    trampoline: Program<Meter, World>,
    pub(super) settings: Settings,
    watched: Option<Address>,
}

impl Era {
    /// A chain with system contracts only.
    pub(crate) fn new() -> Self {
        thread_local!(static GENESIS: Era = Era::genesis());
        GENESIS.with(Self::clone)
    }

    fn genesis() -> Self {
        let mut era = Self {
            world: World::default(),
            trampoline: Program::new(&trampoline::trampoline(), false),
            settings: Settings {
                default_aa_code_hash: [0; 32],
                evm_interpreter_code_hash: [0; 32],
                hook_address: u32::MAX,
            },
            watched: None,
        };
        era.settings.default_aa_code_hash = era.publish(zksso_genesis::default_account()).0;
        era.settings.evm_interpreter_code_hash = era.settings.default_aa_code_hash;
        for contract in zksso_genesis::system_contracts() {
            era.place(contract.address, contract.bytecode);
        }
        era.place(KNOWN_CODES, &trampoline::known_codes());
        era.set_block(BLOCK_NUMBER, TIMESTAMP);
        era
    }

    /// Gives the system context the values the oracle's block has.
    pub(super) fn set_block(&mut self, number: u64, timestamp: u64) {
        let block = (U256::from(number) << 128) | U256::from(timestamp);
        // Slots of SystemContext: chain id, then batch, block and virtual block as (number, timestamp).
        for (slot, value) in [
            (0, U256::from(CHAIN_ID)),
            (7, block),
            (9, block),
            (268, block),
        ] {
            self.set_storage(SYSTEM_CONTEXT, U256::from(slot), value);
        }
    }

    /// Makes a bytecode deployable.
    pub(crate) fn publish(&mut self, bytecode: &[u8]) -> B256 {
        let hash = bytecode_hash(bytecode).expect("bytecode is deployable");
        self.world
            .codes
            .insert(vm_word(hash.into()), bytecode.to_vec());
        self.set_storage(KNOWN_CODES, hash.into(), U256::ONE);
        hash
    }

    /// Puts a bytecode at an address without running its constructor.
    pub(crate) fn place(&mut self, address: Address, bytecode: &[u8]) {
        let hash = self.publish(bytecode);
        self.set_storage(ACCOUNT_CODES, word(address), hash.into());
    }

    /// Chooses what runs at addresses without code.
    pub(crate) fn set_default_account(&mut self, bytecode: &[u8]) {
        self.settings.default_aa_code_hash = self.publish(bytecode).0;
    }

    pub(crate) fn set_storage(&mut self, contract: Address, key: U256, value: U256) {
        self.world.storage.insert((contract, key), value);
    }

    pub(crate) fn storage(&self, contract: Address, key: U256) -> U256 {
        self.world
            .storage
            .get(&(contract, key))
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn has_code(&self, account: Address) -> bool {
        !self.storage(ACCOUNT_CODES, word(account)).is_zero()
    }

    /// All slots of a contract that are not zero.
    pub(crate) fn slots(&self, contract: Address) -> BTreeMap<U256, U256> {
        let range = (contract, U256::ZERO)..=(contract, U256::MAX);
        let slots = self
            .world
            .storage
            .range(range)
            .filter(|(_, value)| !value.is_zero());
        slots.map(|((_, key), value)| (*key, *value)).collect()
    }

    /// Balances are the first mapping of the base token.
    pub(crate) fn set_balance(&mut self, account: Address, balance: u128) {
        self.set_storage(BASE_TOKEN, balance_slot(account), U256::from(balance));
    }

    pub(crate) fn balance(&self, account: Address) -> U256 {
        self.storage(BASE_TOKEN, balance_slot(account))
    }

    /// Deploys through `ContractDeployer.create`; the new address, or the constructor's revert data.
    pub(crate) fn create(
        &mut self,
        bytecode: &[u8],
        arguments: &[u8],
        value: u128,
    ) -> Result<Address, Vec<u8>> {
        let from = Call::new(DEPLOYER, Vec::new()).from;
        self.create_from(from, bytecode, arguments, value)
    }

    /// The same, by an account of one's choice.
    pub(crate) fn create_from(
        &mut self,
        from: Address,
        bytecode: &[u8],
        arguments: &[u8],
        value: u128,
    ) -> Result<Address, Vec<u8>> {
        let hash = self.publish(bytecode);
        let mut data = keccak256("create(bytes32,bytes32,bytes)")[..4].to_vec();
        data.extend([0; 32]);
        data.extend(hash);
        data.extend(tail_bytes(96, arguments));
        let receipt = self.call(&Call::new(DEPLOYER, data).from(from).value(value).system());
        match receipt.effect.success {
            true => Ok(Address::from_slice(&receipt.effect.data[12..32])),
            false => Err(receipt.effect.data),
        }
    }

    /// Deploys at a chosen address, as protocol upgrades do, constructor included.
    pub(crate) fn create_at(
        &mut self,
        address: Address,
        bytecode: &[u8],
        arguments: &[u8],
    ) -> Result<(), Vec<u8>> {
        let hash = self.publish(bytecode);
        let signature = "forceDeployOnAddresses((bytes32,address,bool,uint256,bytes)[])";
        let mut data = keccak256(signature)[..4].to_vec();
        for item in [
            U256::from(32),
            U256::ONE,
            U256::from(32),
            hash.into(),
            word(address),
            U256::ONE,
            U256::ZERO,
        ] {
            data.extend(item.to_be_bytes::<32>());
        }
        data.extend(tail_bytes(160, arguments));
        let effect = self
            .call(&Call::new(DEPLOYER, data).from(FORCE_DEPLOYER))
            .effect;
        if effect.success {
            Ok(())
        } else {
            Err(effect.data)
        }
    }

    /// Notes who signed, as the bootloader does before every transaction.
    pub(super) fn begin(&mut self, call: &Call) {
        self.set_storage(SYSTEM_CONTEXT, ORIGIN_SLOT, word(call.from));
    }

    /// Follows the instructions of a contract from now on.
    pub(crate) fn watch(&mut self, contract: Address) -> &mut Self {
        self.watched = Some(contract);
        self
    }

    /// Performs a call and keeps what it changed.
    pub(crate) fn call(&mut self, call: &Call) -> Receipt {
        self.begin(call);
        let mut vm = VirtualMachine::new(
            vm_address(BOOTLOADER),
            self.trampoline.clone(),
            H160::zero(),
            &call.message(),
            u32::MAX,
            self.settings.clone(),
        );
        let start = vm.world_diff().snapshot();
        let mut meter = Meter {
            watched: self.watched,
            ..Meter::default()
        };
        let end = vm.run(&mut self.world, &mut meter);
        let logs = decode_logs(vm.world_diff().events_after(&start).iter().map(event_words));
        let events = vm.world_diff().events_after(&start).iter();
        let records = events.map(record).collect();
        let messages = vm.world_diff().l2_to_l1_logs_after(&start).iter();
        let messages = messages.map(message).collect();
        for ((contract, key), change) in vm.world_diff().get_storage_changes() {
            self.world
                .storage
                .insert((address_of(contract), word_of(key)), word_of(change.after));
        }
        let (success, data) = match end {
            ExecutionEnd::ProgramFinished(data) => (true, data),
            ExecutionEnd::Reverted(data) => (false, data),
            end => panic!("the trampoline itself ended with {end:?}"),
        };
        Receipt {
            effect: Effect {
                success,
                data,
                logs,
            },
            ergs: meter.used,
            decommitment: meter.decommitment,
            transient: meter.transient,
            records,
            messages,
            trail: meter.trail,
        }
    }

    /// The same on both implementations of the machine.
    ///
    /// # Panics
    /// If they differ.
    pub(crate) fn call_on_both(&mut self, call: &Call) -> Receipt {
        self.begin(call);
        let expected = reference::call(self, call);
        let receipt = self.call(call);
        if let Err(difference) = expected.compare(self, &receipt) {
            panic!("the machines differ: {difference}");
        }
        receipt
    }
}

/// Head offset, length and padded contents of a `bytes` argument that is the last one.
fn tail_bytes(offset: u64, bytes: &[u8]) -> Vec<u8> {
    let mut tail = U256::from(offset).to_be_bytes::<32>().to_vec();
    tail.extend(U256::from(bytes.len()).to_be_bytes::<32>());
    tail.extend(bytes);
    tail.resize(tail.len().next_multiple_of(32), 0);
    tail
}

fn balance_slot(account: Address) -> U256 {
    let mut preimage = word(account).to_be_bytes::<32>().to_vec();
    preimage.extend([0; 32]);
    keccak256(preimage).into()
}

/// Events of all contracts.
pub(crate) fn logs(records: &[Record]) -> Vec<Log> {
    decode_all(
        records
            .iter()
            .map(|record| (record.first, record.key, record.value)),
    )
}

/// Events of user contracts.
pub(super) fn decode_logs(events: impl Iterator<Item = (bool, U256, U256)>) -> Vec<Log> {
    let mut logs = decode_all(events);
    logs.retain(|log| !is_kernel(log.address));
    logs
}

/// The event writer packs each into pairs of words: the number of topics (the emitter's address
/// counted as one) and the length of the data, then topics, then data.
fn decode_all(events: impl Iterator<Item = (bool, U256, U256)>) -> Vec<Log> {
    let mut logs: Vec<(usize, usize, Vec<u8>)> = Vec::new();
    for (is_first, key, value) in events {
        if is_first {
            let topics = (key & U256::from(u32::MAX)).to::<usize>();
            let length = ((key >> 32usize) & U256::from(u32::MAX)).to::<usize>();
            logs.push((topics, length, value.to_be_bytes::<32>().to_vec()));
        } else if let Some((_, _, words)) = logs.last_mut() {
            words.extend([key, value].iter().flat_map(U256::to_be_bytes::<32>));
        }
    }
    let logs = logs.into_iter().map(|(topics, length, words)| Log {
        address: Address::from_slice(&words[12..32]),
        topics: words[32..topics * 32]
            .chunks(32)
            .map(B256::from_slice)
            .collect(),
        data: words[topics * 32..][..length].to_vec(),
    });
    logs.collect()
}

fn event_words(event: &Event) -> (bool, U256, U256) {
    (event.is_first, word_of(event.key), word_of(event.value))
}

fn record(event: &Event) -> Record {
    let (first, key, value) = event_words(event);
    Record {
        first,
        key,
        value,
        transaction: event.tx_number,
    }
}

fn message(log: &L2ToL1Log) -> Message {
    Message {
        service: log.is_service,
        from: address_of(log.address),
        key: word_of(log.key),
        value: word_of(log.value),
    }
}

fn is_kernel(address: Address) -> bool {
    address[..18].iter().all(|byte| *byte == 0)
}

/// Watches the trampoline's call.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    before: u32,
    used: u32,
    decommitment: u32,
    watched: Option<Address>,
    trail: Vec<usize>,
    transient: BTreeMap<(Address, U256), U256>,
}

impl Tracer for Meter {
    fn before_instruction<OP: OpcodeType, S: GlobalStateInterface>(&mut self, state: &mut S) {
        if matches!(OP::VALUE, Opcode::FarCall(CallingMode::Mimic))
            && state.number_of_callframes() == 1
        {
            self.before = state.current_frame().gas();
        }
        if let Some(watched) = self.watched
            && address_of(state.current_frame().code_address()) == watched
            && let Some(at) = state.current_frame().program_counter()
        {
            self.trail.push(usize::from(at));
        }
    }

    fn after_instruction<OP: OpcodeType, S: GlobalStateInterface>(
        &mut self,
        state: &mut S,
    ) -> ShouldStop {
        if matches!(OP::VALUE, Opcode::Ret(_)) && state.number_of_callframes() == 1 {
            self.used = self.used.max(self.before - state.current_frame().gas());
            let slots = state.get_transient_storage_state();
            self.transient.extend(slots.map(|((contract, key), value)| {
                ((address_of(contract), word_of(key)), word_of(value))
            }));
        }
        ShouldStop::Continue
    }

    fn on_extra_prover_cycles(&mut self, stats: CycleStats) {
        if let CycleStats::Decommit(cycles) = stats {
            // A cycle fetches two words, and codes have an odd number of them.
            self.decommitment += (2 * cycles - 1) * ERGS_PER_CODE_WORD_DECOMMITTMENT;
        }
    }
}

#[derive(Clone, Default)]
pub(super) struct World {
    pub(super) storage: BTreeMap<(Address, U256), U256>,
    pub(super) codes: HashMap<VmWord, Vec<u8>>,
    programs: HashMap<VmWord, Program<Meter, World>>,
}

impl StorageInterface for World {
    fn read_storage(&mut self, contract: H160, key: VmWord) -> StorageSlot {
        let value = self
            .storage
            .get(&(address_of(contract), word_of(key)))
            .copied();
        StorageSlot {
            value: vm_word(value.unwrap_or_default()),
            is_write_initial: value.is_none(),
        }
    }

    fn cost_of_writing_storage(&mut self, _: StorageSlot, _: VmWord) -> u32 {
        50
    }

    fn is_free_storage_slot(&self, _: &H160, _: &VmWord) -> bool {
        false
    }
}

impl VmWorld<Meter> for World {
    fn decommit(&mut self, hash: VmWord) -> Program<Meter, Self> {
        let program = || Program::new(self.codes.get(&hash).expect("code of a known hash"), false);
        self.programs.entry(hash).or_insert_with(program).clone()
    }

    fn decommit_code(&mut self, hash: VmWord) -> Vec<u8> {
        self.codes[&hash].clone()
    }
}

pub(crate) fn word(address: Address) -> U256 {
    U256::from_be_slice(address.as_slice())
}

pub(super) fn vm_word(word: U256) -> VmWord {
    VmWord(*word.as_limbs())
}

pub(super) fn word_of(word: VmWord) -> U256 {
    U256::from_limbs(word.0)
}

pub(super) fn vm_address(address: Address) -> H160 {
    H160(address.into())
}

pub(super) fn address_of(address: H160) -> Address {
    address.0.into()
}
