//! Storage of any kind behind one type.

use zksync_multivm::interface::storage::ReadStorage;
use zksync_types::{H256, StorageKey, StorageValue};

/// Storage behind a pointer: the machine is compiled once for all kinds of it.
#[derive(Debug)]
pub(crate) struct AnyStorage<'a>(pub(crate) &'a mut dyn ReadStorage);

impl ReadStorage for AnyStorage<'_> {
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
