//! Versioned storage: every slot remembers its past values, so that any earlier state can be read at no cost.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use alloy::primitives::{B256, Keccak256};

use zksync_multivm::interface::storage::ReadStorage;
use zksync_types::{
    Address, H256, StorageKey, StorageValue,
    bytecode::{BytecodeHash, InvalidBytecodeError, validate_bytecode},
};

/// A point in the history of the state. Each commit starts a new one.
pub(crate) type Version = u64;

/// All storage slots with their history, and all bytecodes ever deployed.
///
/// Views share them. A change made while there is one copies everything first, so none outlives its run.
#[derive(Default)]
pub(crate) struct State {
    stored: Arc<Stored>,
    version: Version,
}

#[derive(Clone, Default)]
struct Stored {
    slots: HashMap<StorageKey, Vec<(Version, H256)>>,
    bytecodes: HashMap<H256, (Version, Vec<u8>)>,
}

impl State {
    pub(crate) const fn version(&self) -> Version {
        self.version
    }

    /// Writes values as the next version.
    pub(crate) fn commit(&mut self, writes: impl IntoIterator<Item = (StorageKey, H256)>) {
        self.version += 1;
        let stored = Arc::make_mut(&mut self.stored);
        for (key, value) in writes {
            let history = stored.slots.entry(key).or_default();
            match history.last_mut() {
                Some(latest) if latest.0 == self.version => latest.1 = value,
                _ => history.push((self.version, value)),
            }
        }
    }

    /// Forgets everything written after `version`.
    pub(crate) fn truncate(&mut self, version: Version) {
        let stored = Arc::make_mut(&mut self.stored);
        stored.slots.retain(|_, history| {
            history.retain(|(written, _)| *written <= version);
            !history.is_empty()
        });
        let bytecodes = &mut stored.bytecodes;
        bytecodes.retain(|_, (added, _)| *added <= version);
        self.version = version;
    }

    /// Adds a bytecode, as part of the next version.
    pub(crate) fn add_bytecode(&mut self, hash: H256, bytecode: Vec<u8>) {
        let version = self.version + 1;
        let stored = Arc::make_mut(&mut self.stored);
        stored.bytecodes.entry(hash).or_insert((version, bytecode));
    }

    /// The same for bytes that may not be EraVM code; returns their hash.
    pub(crate) fn add_code(&mut self, code: &[u8]) -> Result<H256, InvalidBytecodeError> {
        validate_bytecode(code)?;
        let hash = BytecodeHash::for_bytecode(code).value();
        self.add_bytecode(hash, code.to_vec());
        Ok(hash)
    }

    pub(crate) fn bytecode(&self, hash: H256) -> Option<&[u8]> {
        self.stored.bytecode(hash)
    }

    // --- History --------------------------------------------------------------------------------------------------------

    /// Version that genesis wrote.
    pub(crate) const fn first_version(&self) -> Version {
        1
    }

    /// Digest of the slots that genesis wrote.
    pub(crate) fn digest_of_first(&self) -> B256 {
        let mut hasher = Keccak256::new();
        for (key, value) in self.writes_between(0, self.first_version()) {
            hasher.update(key.account().address());
            hasher.update(key.key());
            hasher.update(value);
        }
        hasher.finalize()
    }

    /// Slots that were written after one version and until another, with their last values there, in a fixed order.
    pub(crate) fn writes_between(&self, after: Version, until: Version) -> Vec<(StorageKey, H256)> {
        let is_between = |version: Version| version > after && version <= until;
        let mut writes: Vec<_> = self
            .stored
            .slots
            .iter()
            .filter_map(|(key, history)| {
                let mut written = history.iter().filter(|(version, _)| is_between(*version));
                written.next_back().map(|(_, value)| (*key, *value))
            })
            .collect();
        writes.sort_by_key(|(key, _)| (*key.account().address(), *key.key()));
        writes
    }

    /// Bytecodes that came after one version and until another, in a fixed order.
    pub(crate) fn bytecodes_between(&self, after: Version, until: Version) -> Vec<&[u8]> {
        let is_between = |version: Version| version > after && version <= until;
        let codes = self.stored.bytecodes.iter();
        let mut codes: Vec<_> = codes
            .filter(|(_, (version, _))| is_between(*version))
            .collect();
        codes.sort_by_key(|(hash, _)| **hash);
        codes
            .into_iter()
            .map(|(_, (_, code))| code.as_slice())
            .collect()
    }

    // --- Reading --------------------------------------------------------------------------------------------------------

    pub(crate) fn read(&self, key: &StorageKey, at: Version) -> H256 {
        self.stored.lookup(key, at).unwrap_or_default()
    }

    /// The state as of `at`.
    pub(crate) fn view(&self, at: Version) -> View {
        View {
            stored: Arc::clone(&self.stored),
            at,
            overrides: HashMap::new(),
            cleared: HashSet::new(),
            bytecodes: HashMap::new(),
        }
    }
}

impl Stored {
    fn lookup(&self, key: &StorageKey, at: Version) -> Option<H256> {
        let history = self.slots.get(key)?;
        let newer = history
            .iter()
            .rev()
            .take_while(|(version, _)| *version > at);
        let index = history.len().checked_sub(newer.count() + 1)?;
        history.get(index).map(|(_, value)| *value)
    }

    fn bytecode(&self, hash: H256) -> Option<&[u8]> {
        self.bytecodes.get(&hash).map(|(_, code)| code.as_slice())
    }
}

/// The state at one version, with some slots replaced and some bytecodes added.
#[derive(Clone)]
pub(crate) struct View {
    stored: Arc<Stored>,
    at: Version,
    overrides: HashMap<StorageKey, H256>,
    /// Accounts whose slots are zero unless replaced.
    cleared: HashSet<Address>,
    bytecodes: HashMap<H256, Vec<u8>>,
}

impl View {
    pub(crate) fn replace(&mut self, key: StorageKey, value: H256) {
        self.overrides.insert(key, value);
    }

    /// Makes all slots of an account zero that are not replaced.
    pub(crate) fn clear(&mut self, account: Address) {
        self.cleared.insert(account);
    }

    pub(crate) fn add_bytecode(&mut self, hash: H256, bytecode: Vec<u8>) {
        self.bytecodes.insert(hash, bytecode);
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("at", &self.at)
            .field("overrides", &self.overrides)
            .field("cleared", &self.cleared)
            .finish_non_exhaustive()
    }
}

impl ReadStorage for View {
    fn read_value(&mut self, key: &StorageKey) -> StorageValue {
        match self.overrides.get(key) {
            Some(value) => *value,
            None if self.cleared.contains(key.address()) => H256::zero(),
            None => self.stored.lookup(key, self.at).unwrap_or_default(),
        }
    }

    fn is_write_initial(&mut self, key: &StorageKey) -> bool {
        self.stored.lookup(key, self.at).is_none()
    }

    fn load_factory_dep(&mut self, hash: H256) -> Option<Vec<u8>> {
        if let Some(added) = self.bytecodes.get(&hash) {
            return Some(added.clone());
        }
        self.stored.bytecode(hash).map(<[u8]>::to_vec)
    }

    /// The machine asks for these only when it closes a batch, which the node never does.
    fn get_enumeration_index(&mut self, _key: &StorageKey) -> Option<u64> {
        None
    }
}

#[cfg(test)]
mod tests {
    use zksync_types::{AccountTreeId, Address};

    use super::*;

    fn key(slot: u64) -> StorageKey {
        let account = AccountTreeId::new(Address::repeat_byte(1));
        StorageKey::new(account, H256::from_low_u64_be(slot))
    }

    fn word(value: u64) -> H256 {
        H256::from_low_u64_be(value)
    }

    #[test]
    fn a_view_reads_the_value_of_its_version() {
        let mut state = State::default();
        state.commit([(key(1), word(10))]);
        state.commit([(key(2), word(20))]);
        state.commit([(key(1), word(11))]);
        assert_eq!(state.view(0).read_value(&key(1)), word(0));
        assert_eq!(state.view(1).read_value(&key(1)), word(10));
        assert_eq!(state.view(2).read_value(&key(1)), word(10));
        assert_eq!(state.view(3).read_value(&key(1)), word(11));
        assert!(state.view(1).is_write_initial(&key(2)));
        assert!(!state.view(2).is_write_initial(&key(2)));
    }

    #[test]
    fn truncation_forgets_later_writes() {
        let mut state = State::default();
        state.commit([(key(1), word(10))]);
        state.commit([(key(1), word(11)), (key(2), word(20))]);
        state.truncate(1);
        assert_eq!(state.version(), 1);
        assert_eq!(state.read(&key(1), 1), word(10));
        assert!(state.view(1).is_write_initial(&key(2)));
    }
}
