//! Decoded bytecodes, kept for the life of the process.
//!
//! Decoding the bootloader and the system contracts takes longer than running a transfer on them. Programs depend on nothing but
//! their code, so that all machines with the same tracer share them.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use quick_cache::{Weighter, sync::Cache};
use zksync_types::U256;
use zksync_vm2::{Program, interface::Tracer};

use super::world::World;

/// Bytes of bytecode whose programs are kept for each kind of tracer. A program takes some three times its code's size.
const CAPACITY: u64 = 8 << 20;

/// Programs expected in a cache.
const EXPECTED: usize = 256;

/// A bytecode's hash, and whether the code calls hooks, as only the bootloader does.
type Key = (U256, bool);

/// Programs for machines with tracers of type `T`.
pub(super) struct Programs<T> {
    cache: Cache<Key, Program<T, World<T>>, ByCode>,
}

impl<T: Tracer + 'static> Programs<T> {
    /// The programs of this process.
    pub(super) fn shared() -> Arc<Self> {
        static ALL: LazyLock<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>> =
            LazyLock::new(Mutex::default);
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        let programs = all
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::new(Self::new()));
        Arc::clone(programs)
            .downcast()
            .expect("each type has its own entry")
    }

    fn new() -> Self {
        Self {
            cache: Cache::with_weighter(EXPECTED, CAPACITY, ByCode),
        }
    }

    /// The program of a contract's code, which must have this hash.
    pub(super) fn contract(&self, hash: U256, code: &[u8]) -> Program<T, World<T>> {
        self.decoded((hash, false), code)
    }

    /// The program of a bootloader.
    pub(super) fn bootloader(&self, hash: U256, code: &[u8]) -> Program<T, World<T>> {
        self.decoded((hash, true), code)
    }

    fn decoded(&self, key: Key, code: &[u8]) -> Program<T, World<T>> {
        if let Some(program) = self.cache.get(&key) {
            return program;
        }
        let program = Program::new(code, key.1);
        self.cache.insert(key, program.clone());
        program
    }
}

impl<T> std::fmt::Debug for Programs<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let held = self.cache.len();
        f.debug_struct("Programs").field("held", &held).finish()
    }
}

/// Weighs programs by the bytes of their code.
#[derive(Clone)]
struct ByCode;

impl<T, W> Weighter<Key, Program<T, W>> for ByCode {
    fn weight(&self, _: &Key, program: &Program<T, W>) -> u64 {
        (program.code_page().len() as u64 * 32).max(1)
    }
}
