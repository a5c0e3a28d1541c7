//! Which accounts and slots a run touches, with their state before and after.

use std::collections::{BTreeMap, BTreeSet};

use zksso_vm::TracedCall;
use zksync_multivm::interface::{VmEvent, storage::ReadStorage};
use zksync_system_constants::{
    ACCOUNT_CODE_STORAGE_ADDRESS, BOOTLOADER_ADDRESS, L2_BASE_TOKEN_ADDRESS, NONCE_HOLDER_ADDRESS,
};
use zksync_types::{
    Address, H256, StorageKey, StorageValue, U256,
    bytecode::BytecodeHash,
    get_code_key, get_nonce_key, h256_to_address, h256_to_u256,
    l2::L2Tx,
    utils::{decompose_full_nonce, storage_key_for_eth_balance},
};

use super::{View, simulate::Trace};

/// Storage that remembers what was read.
#[derive(Debug)]
pub(crate) struct Recorder<'a> {
    view: View<'a>,
    reads: BTreeSet<StorageKey>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(view: View<'a>) -> Self {
        Self {
            view,
            reads: BTreeSet::new(),
        }
    }
}

impl ReadStorage for Recorder<'_> {
    fn read_value(&mut self, key: &StorageKey) -> StorageValue {
        self.reads.insert(*key);
        self.view.read_value(key)
    }

    fn is_write_initial(&mut self, key: &StorageKey) -> bool {
        self.view.is_write_initial(key)
    }

    fn load_factory_dep(&mut self, hash: H256) -> Option<Vec<u8>> {
        self.view.load_factory_dep(hash)
    }

    fn get_enumeration_index(&mut self, key: &StorageKey) -> Option<u64> {
        self.view.get_enumeration_index(key)
    }
}

/// An account at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AccountState {
    pub(crate) balance: U256,
    pub(crate) nonce: U256,
    pub(crate) code: Vec<u8>,
    /// Touched slots only.
    pub(crate) storage: BTreeMap<H256, H256>,
}

/// An account before and after a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched {
    pub(crate) before: AccountState,
    pub(crate) after: AccountState,
}

/// Whether an address belongs to precompiles and system contracts, which are part of the protocol.
pub(crate) fn is_system(address: Address) -> bool {
    address.as_bytes()[..18].iter().all(|byte| *byte == 0)
}

impl Trace<'_> {
    /// Accounts that the run read or changed. Balances, nonces and code hashes, which the protocol keeps in slots of its contracts,
    /// are shown with their accounts; system contracts are listed only if they have a balance or other slots that were touched, and
    /// without code.
    pub(crate) fn touched(&mut self) -> BTreeMap<Address, Touched> {
        let after: BTreeMap<_, _> = self.run.writes.iter().copied().collect();
        let mut slots: BTreeSet<_> = self.storage.reads.clone();
        slots.extend(after.keys());
        let mut accounts = BTreeMap::new();
        for address in self.candidates(&slots) {
            let own = [
                storage_key_for_eth_balance(&address),
                get_nonce_key(&address),
                get_code_key(&address),
            ]
            .map(|key| slots.remove(&key));
            let is_touched = match is_system(address) {
                true => own[0],
                false => own.contains(&true),
            };
            if is_touched {
                accounts.insert(address, self.account(address, &after));
            }
        }
        for key in slots {
            let address = *key.address();
            if !accounts.contains_key(&address) {
                accounts.insert(address, self.account(address, &after));
            }
            let before = self.storage.view.read_value(&key);
            if let Some(account) = accounts.get_mut(&address) {
                let now = after.get(&key).copied().unwrap_or(before);
                account.before.storage.insert(*key.key(), before);
                account.after.storage.insert(*key.key(), now);
            }
        }
        accounts
    }

    /// Slots that the run read or changed, apart from those of system contracts.
    pub(crate) fn touched_slots(&self) -> BTreeMap<Address, BTreeSet<H256>> {
        let written = self.run.writes.iter().map(|(key, _)| key);
        let mut accounts: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for key in self.storage.reads.iter().chain(written) {
            if !is_system(*key.address()) {
                let slots = accounts.entry(*key.address()).or_default();
                slots.insert(*key.key());
            }
        }
        accounts
    }

    fn account(&mut self, address: Address, after: &BTreeMap<StorageKey, H256>) -> Touched {
        Touched {
            before: self.account_state(address, &BTreeMap::new()),
            after: self.account_state(address, after),
        }
    }

    fn account_state(
        &mut self,
        address: Address,
        changes: &BTreeMap<StorageKey, H256>,
    ) -> AccountState {
        let view = &mut self.storage.view;
        let mut read = |key: StorageKey| {
            let changed = changes.get(&key).copied();
            changed.unwrap_or_else(|| view.read_value(&key))
        };
        let balance = read(storage_key_for_eth_balance(&address));
        let nonce = read(get_nonce_key(&address));
        let hash = read(get_code_key(&address));
        AccountState {
            balance: h256_to_u256(balance),
            nonce: decompose_full_nonce(h256_to_u256(nonce)).0,
            code: match is_system(address) {
                true => Vec::new(),
                false => self.bytecode(hash),
            },
            storage: BTreeMap::new(),
        }
    }

    /// Bytecode known to the chain, or brought along by the transaction.
    fn bytecode(&mut self, hash: H256) -> Vec<u8> {
        let known = self.storage.view.load_factory_dep(hash);
        let mut brought = self.tx.execute.factory_deps.iter();
        known
            .or_else(|| {
                brought
                    .find(|code| BytecodeHash::for_bytecode(code).value() == hash)
                    .cloned()
            })
            .unwrap_or_default()
    }

    /// Addresses that may have been touched. Slots of balances and nonces are hashes, from which no address can be read.
    fn candidates(&self, slots: &BTreeSet<StorageKey>) -> BTreeSet<Address> {
        let mut found = BTreeSet::from([BOOTLOADER_ADDRESS]);
        found.extend(participants(&self.tx));
        add_callees(&self.calls, &mut found);
        found.extend(self.run.events.iter().flat_map(addresses_in));
        for key in slots {
            found.insert(*key.address());
            if *key.address() == ACCOUNT_CODE_STORAGE_ADDRESS {
                found.extend(as_address(key.key()));
            }
        }
        found.retain(|address| {
            ![
                ACCOUNT_CODE_STORAGE_ADDRESS,
                L2_BASE_TOKEN_ADDRESS,
                NONCE_HOLDER_ADDRESS,
            ]
            .contains(address)
        });
        found
    }
}

fn participants(tx: &L2Tx) -> impl Iterator<Item = Address> {
    let paymaster = tx.common_data.paymaster_params.paymaster;
    let paymaster = (!paymaster.is_zero()).then_some(paymaster);
    [
        Some(tx.initiator_account()),
        tx.recipient_account(),
        paymaster,
    ]
    .into_iter()
    .flatten()
}

fn add_callees(calls: &[TracedCall], found: &mut BTreeSet<Address>) {
    for call in calls {
        found.insert(call.to);
        add_callees(&call.calls, found);
    }
}

/// Senders and receivers of transfers are topics of their events.
fn addresses_in(event: &VmEvent) -> impl Iterator<Item = Address> {
    event.indexed_topics.iter().filter_map(as_address)
}

fn as_address(word: &H256) -> Option<Address> {
    let is_narrow = word.as_bytes()[..12].iter().all(|byte| *byte == 0);
    is_narrow.then(|| h256_to_address(word))
}
