//! What the machine reads from outside: storage, bytecodes and precompiles.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use zksync_multivm::interface::storage::ReadStorage;
use zksync_system_constants::{BOOTLOADER_ADDRESS, L2_BASE_TOKEN_ADDRESS, SYSTEM_CONTEXT_ADDRESS};
use zksync_types::{
    AccountTreeId, Address, H256, StorageKey, U256, address_to_u256,
    bytecode::BytecodeHash,
    get_code_key, h256_to_u256, u256_to_h256,
    utils::key_for_eth_balance,
    writes::{
        BYTES_PER_DERIVED_KEY, BYTES_PER_ENUMERATION_INDEX,
        compression::compress_with_best_strategy,
    },
};
use zksync_vm2::{
    Program, StorageInterface, StorageSlot,
    interface::{CycleStats, Tracer},
    precompiles::{
        ECRECOVER_INNER_FUNCTION_PRECOMPILE_ADDRESS, LegacyPrecompiles, PrecompileMemoryReader,
        PrecompileOutput, Precompiles,
    },
};

use super::programs::Programs;

/// Storage that a machine owns while it runs.
pub type Storage = Box<dyn ReadStorage>;

/// A state that machines can run on. Each gets storage of its own, which no later change of the state reaches.
pub trait Source {
    /// Storage for one machine.
    fn storage(&self) -> Storage;
}

impl<S: ReadStorage + Clone + 'static> Source for S {
    fn storage(&self) -> Storage {
        Box::new(self.clone())
    }
}

/// The world of one machine.
pub(super) struct World<T> {
    storage: Storage,
    programs: Arc<Programs<T>>,
    /// Programs that this machine has called. Whether the chain has a bytecode is asked once, before the shared programs.
    called: HashMap<U256, Program<T, Self>>,
    /// Bytecodes that transactions of this machine brought.
    brought: HashMap<U256, Vec<u8>>,
    precompiles: TrustedSignature,
}

impl<T: Tracer + 'static> World<T> {
    pub(super) fn new(
        storage: Storage,
        programs: Arc<Programs<T>>,
        called: HashMap<U256, Program<T, Self>>,
    ) -> Self {
        Self {
            storage,
            programs,
            called,
            brought: HashMap::new(),
            precompiles: TrustedSignature::default(),
        }
    }

    /// Makes the bytecodes of a transaction available. The bootloader publishes them before they can be called.
    pub(super) fn bring(&mut self, codes: &[Vec<u8>]) {
        for code in codes {
            let hash = BytecodeHash::for_bytecode(code).value_u256();
            self.brought.insert(hash, code.clone());
        }
    }

    /// Takes the signature of the next transaction for good, if `signer` has no code of its own.
    pub(super) fn trust(&mut self, signature: Option<SignatureCheck>) {
        self.precompiles.0 = signature.filter(|check| {
            let code = self.storage.read_value(&get_code_key(&check.signer));
            code.is_zero()
        });
    }

    fn load(&mut self, hash: U256) -> Program<T, Self> {
        if let Some(code) = self.brought.get(&hash) {
            return self.programs.contract(hash, code);
        }
        let code = self.storage.load_factory_dep(u256_to_h256(hash));
        let code = code.unwrap_or_else(|| panic!("the chain does not have bytecode {hash:#066x}"));
        self.programs.contract(hash, &code)
    }
}

impl<T: Tracer + 'static> zksync_vm2::World<T> for World<T> {
    fn decommit(&mut self, hash: U256) -> Program<T, Self> {
        if let Some(program) = self.called.get(&hash) {
            return program.clone();
        }
        let program = self.load(hash);
        self.called.insert(hash, program.clone());
        program
    }

    fn decommit_code(&mut self, hash: U256) -> Vec<u8> {
        let program = self.decommit(hash);
        let words = program.code_page().iter();
        words.flat_map(|word| u256_to_h256(*word).0).collect()
    }

    fn precompiles(&self) -> &impl Precompiles {
        &self.precompiles
    }
}

// --- Storage ------------------------------------------------------------------------------------------------------------

impl<T> StorageInterface for World<T> {
    fn read_storage(&mut self, contract: Address, slot: U256) -> StorageSlot {
        let key = storage_key(contract, slot);
        StorageSlot {
            value: h256_to_u256(self.storage.read_value(&key)),
            is_write_initial: self.storage.is_write_initial(&key),
        }
    }

    fn read_storage_value(&mut self, contract: Address, slot: U256) -> U256 {
        let value = self.storage.read_value(&storage_key(contract, slot));
        h256_to_u256(value)
    }

    /// Bytes to publish: a slot is named by its hash the first time, by a number later; values are compressed.
    fn cost_of_writing_storage(&mut self, before: StorageSlot, value: U256) -> u32 {
        if before.value == value {
            return 0;
        }
        let name = if before.is_write_initial {
            BYTES_PER_DERIVED_KEY
        } else {
            BYTES_PER_ENUMERATION_INDEX
        };
        let change = compress_with_best_strategy(before.value, value);
        u32::from(name) + u32::try_from(change.len()).unwrap_or(u32::MAX)
    }

    /// Slots that change with every block and are not published one by one.
    fn is_free_storage_slot(&self, contract: &Address, slot: &U256) -> bool {
        static BOOTLOADER_BALANCE: LazyLock<U256> =
            LazyLock::new(|| h256_to_u256(key_for_eth_balance(&BOOTLOADER_ADDRESS)));
        *contract == SYSTEM_CONTEXT_ADDRESS
            || *contract == L2_BASE_TOKEN_ADDRESS && *slot == *BOOTLOADER_BALANCE
    }
}

fn storage_key(contract: Address, slot: U256) -> StorageKey {
    StorageKey::new(AccountTreeId::new(contract), u256_to_h256(slot))
}

// --- Precompiles --------------------------------------------------------------------------------------------------------

/// A call of `ecrecover` whose answer is known.
#[derive(Debug)]
pub(super) struct SignatureCheck {
    input: [u8; 128],
    signer: Address,
}

impl SignatureCheck {
    /// Of a signature over `hash`: `r`, `s`, and 27 or 28. `None` if it has another form.
    pub(super) fn new(hash: H256, signature: &[u8], signer: Address) -> Option<Self> {
        let (r_and_s, v) = signature.split_at_checked(64)?;
        let parity = match v {
            [27] => 0,
            [28] => 1,
            _ => return None,
        };
        let mut input = [0; 128];
        input[..32].copy_from_slice(hash.as_bytes());
        input[63] = parity;
        input[64..].copy_from_slice(r_and_s);
        Some(Self { input, signer })
    }
}

/// The precompiles, which answer one call of `ecrecover` without computing it. It costs the same gas.
#[derive(Debug, Default)]
struct TrustedSignature(Option<SignatureCheck>);

impl Precompiles for TrustedSignature {
    fn call_precompile(
        &self,
        address_low: u16,
        memory: PrecompileMemoryReader<'_>,
        aux_input: u64,
    ) -> PrecompileOutput {
        let check = self.0.as_ref().filter(|check| {
            let input = memory.clone().assume_offset_in_words();
            address_low == ECRECOVER_INNER_FUNCTION_PRECOMPILE_ADDRESS
                && input.eq(check.input.iter().copied())
        });
        match check {
            Some(check) => PrecompileOutput::from([U256::one(), address_to_u256(&check.signer)])
                .with_cycle_stats(CycleStats::EcRecover(1)),
            None => LegacyPrecompiles.call_precompile(address_low, memory, aux_input),
        }
    }
}
