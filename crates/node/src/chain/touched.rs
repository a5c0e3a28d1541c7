//! Which accounts and slots a run touches, with their state before and after.

use std::collections::{BTreeMap, BTreeSet};

use zksso_vm::{self as vm, Run, TracedCall};
use zksync_multivm::interface::{VmEvent, storage::ReadStorage};
use zksync_system_constants::{ACCOUNT_CODE_STORAGE_ADDRESS, BOOTLOADER_ADDRESS};
use zksync_types::{
    Address, H256, StorageKey, U256,
    bytecode::BytecodeHash,
    get_code_key, get_nonce_key, h256_to_address, h256_to_u256,
    l2::L2Tx,
    utils::{decompose_full_nonce, storage_key_for_eth_balance},
};

use super::{Refusal, View, simulate::Setup};

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

/// A run with the state that it found and touched.
pub(crate) struct Footprint {
    pub(crate) run: Run,
    calls: Vec<TracedCall>,
    tx: L2Tx,
    view: View,
    /// Slots that contracts touched, and those of earlier transactions of the block, with their values before.
    before: BTreeMap<StorageKey, H256>,
    touched: BTreeSet<StorageKey>,
    writes: BTreeMap<StorageKey, H256>,
}

impl Setup {
    /// Runs the transaction and tells what it touched.
    pub(crate) fn footprint(self) -> Result<Footprint, Refusal> {
        let touches = vm::touch_last(self.env.clone(), &self.view, &self.block())?;
        let mut before = touches.earlier;
        before.extend(&touches.slots);
        Ok(Footprint {
            touched: touches.slots.into_keys().collect(),
            writes: touches.run.writes.iter().copied().collect(),
            run: touches.run,
            calls: touches.calls,
            tx: self.tx,
            view: self.view,
            before,
        })
    }
}

impl Footprint {
    /// Accounts that the run called, read or changed. Balances, nonces and code hashes, which the protocol keeps in slots of its
    /// contracts, are shown with their accounts; system contracts are listed only if they have a balance or other slots that were
    /// touched, and without code.
    pub(crate) fn accounts(&mut self) -> BTreeMap<Address, Touched> {
        let mut slots = self.touched.clone();
        let mut accounts = BTreeMap::new();
        let callees = self.callees();
        for address in self.candidates(&callees) {
            let balance = slots.remove(&storage_key_for_eth_balance(&address));
            let nonce = slots.remove(&get_nonce_key(&address));
            let code = slots.remove(&get_code_key(&address));
            let is_touched = match is_system(address) {
                true => balance,
                false => balance || nonce || code || callees.contains(&address),
            };
            if is_touched {
                accounts.insert(address, self.account(address));
            }
        }
        for key in slots {
            let address = *key.address();
            let (before, after) = (self.before(key), self.after(key));
            let account = accounts.entry(address);
            let account = account.or_insert_with(|| self.account(address));
            account.before.storage.insert(*key.key(), before);
            account.after.storage.insert(*key.key(), after);
        }
        accounts
    }

    /// Slots that the run touched, apart from those of system contracts.
    pub(crate) fn slots(&self) -> BTreeMap<Address, BTreeSet<H256>> {
        let mut accounts: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for key in self.touched.iter().filter(|key| !is_system(*key.address())) {
            let slots = accounts.entry(*key.address()).or_default();
            slots.insert(*key.key());
        }
        accounts
    }

    fn before(&mut self, key: StorageKey) -> H256 {
        let known = self.before.get(&key).copied();
        known.unwrap_or_else(|| self.view.read_value(&key))
    }

    fn after(&mut self, key: StorageKey) -> H256 {
        let written = self.writes.get(&key).copied();
        written.unwrap_or_else(|| self.before(key))
    }

    fn account(&mut self, address: Address) -> Touched {
        let keys = [
            storage_key_for_eth_balance(&address),
            get_nonce_key(&address),
            get_code_key(&address),
        ];
        let before = keys.map(|key| self.before(key));
        let after = keys.map(|key| self.after(key));
        Touched {
            before: self.account_state(address, before),
            after: self.account_state(address, after),
        }
    }

    fn account_state(
        &mut self,
        address: Address,
        [balance, nonce, hash]: [H256; 3],
    ) -> AccountState {
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
        let known = self.view.load_factory_dep(hash);
        let mut brought = self.tx.execute.factory_deps.iter();
        known
            .or_else(|| {
                let found = brought.find(|code| BytecodeHash::for_bytecode(code).value() == hash);
                found.cloned()
            })
            .unwrap_or_default()
    }

    fn callees(&self) -> BTreeSet<Address> {
        let mut found = BTreeSet::new();
        add_callees(&self.calls, &mut found);
        found
    }

    /// Addresses that may have been touched. Slots of balances and nonces are hashes, from which no address can be read.
    fn candidates(&self, callees: &BTreeSet<Address>) -> BTreeSet<Address> {
        let mut found = callees.clone();
        found.insert(BOOTLOADER_ADDRESS);
        found.extend(participants(&self.tx));
        found.extend(self.run.events.iter().flat_map(addresses_in));
        for key in &self.touched {
            found.insert(*key.address());
            if *key.address() == ACCOUNT_CODE_STORAGE_ADDRESS {
                found.extend(as_address(key.key()));
            }
        }
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
