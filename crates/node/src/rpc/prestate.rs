//! State before and after a run, in the format of geth's prestate tracer.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use zksync_types::{Address, H256, web3::Bytes};

use crate::chain::{AccountState, Touched};

/// What to show.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct PrestateConfig {
    /// Only what changed, before and after.
    diff_mode: bool,
    disable_code: bool,
    disable_storage: bool,
    /// Accounts without balance, nonce, code and storage, too.
    include_empty: bool,
}

impl PrestateConfig {
    pub(super) fn show(self, accounts: BTreeMap<Address, Touched>) -> Value {
        if self.diff_mode {
            return self.difference(accounts);
        }
        let accounts = accounts.into_iter().map(|(address, touched)| {
            let account = touched.before;
            (address, account)
        });
        let shown = accounts.filter(|(_, account)| self.include_empty || !is_empty(account));
        let shown = shown.map(|(address, account)| (key(address), self.account(&account)));
        Value::Object(shown.collect())
    }

    fn difference(self, accounts: BTreeMap<Address, Touched>) -> Value {
        let (mut pre, mut post) = (Map::new(), Map::new());
        for (address, touched) in accounts {
            let Touched { mut before, after } = touched;
            let change = self.change(&before, &after);
            if change.is_empty() {
                continue;
            }
            before
                .storage
                .retain(|slot, value| !value.is_zero() && after.storage.get(slot) != Some(value));
            if self.include_empty || !is_empty(&before) {
                pre.insert(key(address), self.account(&before));
            }
            post.insert(key(address), Value::Object(change));
        }
        json!({ "pre": pre, "post": post })
    }

    /// The members of `after` that are not as before.
    fn change(self, before: &AccountState, after: &AccountState) -> Map<String, Value> {
        let mut change = Map::new();
        if after.balance != before.balance {
            change.insert("balance".to_owned(), json!(after.balance));
        }
        if after.nonce != before.nonce {
            change.insert("nonce".to_owned(), nonce(after));
        }
        if !self.disable_code && after.code != before.code {
            change.insert("code".to_owned(), json!(Bytes(after.code.clone())));
        }
        if self.disable_storage {
            return change;
        }
        let mut changed = after.storage.clone();
        changed.retain(|slot, value| before.storage.get(slot) != Some(value));
        if !changed.is_empty() {
            // Slots that became zero are missing here, and their old values tell.
            changed.retain(|_, value| !value.is_zero());
            change.insert("storage".to_owned(), storage(&changed));
        }
        change
    }

    fn account(self, account: &AccountState) -> Value {
        let mut shown = Map::new();
        shown.insert("balance".to_owned(), json!(account.balance));
        if !account.nonce.is_zero() {
            shown.insert("nonce".to_owned(), nonce(account));
        }
        if !self.disable_code && !account.code.is_empty() {
            shown.insert("code".to_owned(), json!(Bytes(account.code.clone())));
        }
        if !self.disable_storage && !account.storage.is_empty() {
            shown.insert("storage".to_owned(), storage(&account.storage));
        }
        Value::Object(shown)
    }
}

fn is_empty(account: &AccountState) -> bool {
    account.balance.is_zero()
        && account.nonce.is_zero()
        && account.code.is_empty()
        && account.storage.values().all(H256::is_zero)
}

fn key(address: Address) -> String {
    format!("{address:#x}")
}

/// A JSON number, as geth has it.
fn nonce(account: &AccountState) -> Value {
    json!(account.nonce.low_u64())
}

fn storage(slots: &BTreeMap<H256, H256>) -> Value {
    let slots = slots.iter();
    let slots = slots.map(|(slot, value)| (format!("{slot:#x}"), json!(value)));
    Value::Object(slots.collect())
}
