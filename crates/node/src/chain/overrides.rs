//! What a simulated run finds changed: accounts and the block it happens in.

use std::collections::BTreeMap;

use zksync_multivm::interface::storage::ReadStorage;
use zksync_system_constants::{
    SYSTEM_CONTEXT_BLOCK_GAS_LIMIT_POSITION, SYSTEM_CONTEXT_COINBASE_POSITION,
    SYSTEM_CONTEXT_DIFFICULTY_POSITION,
};
use zksync_types::{
    AccountTreeId, Address, H256, StorageKey, U256, address_to_h256,
    block::L2BlockHasher,
    bytecode::BytecodeHash,
    get_code_key, get_nonce_key, get_system_context_key, h256_to_u256, u256_to_h256,
    utils::{decompose_full_nonce, nonces_to_full_nonce, storage_key_for_eth_balance},
};

use super::{
    Block, PROTOCOL, View,
    block::{l2_number, rolling_hash},
    context::{block_hash_key, header_slots},
};

/// Everything that is different, and where in the chain.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) at: CallAt,
    pub(crate) accounts: Vec<AccountOverride>,
    pub(crate) block: BlockOverride,
}

/// Where in the chain a call happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallAt {
    /// In the block after the latest.
    Pending,
    /// In this block, after its transactions.
    Block(u64),
}

impl From<CallAt> for Scene {
    fn from(at: CallAt) -> Self {
        Self {
            at,
            accounts: Vec::new(),
            block: BlockOverride::default(),
        }
    }
}

/// An account that a run finds changed. What is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountOverride {
    pub(crate) address: Address,
    /// Wei.
    pub(crate) balance: Option<U256>,
    /// Number of transactions sent.
    pub(crate) nonce: Option<u64>,
    /// Valid EraVM bytecode; none at all when empty.
    pub(crate) code: Option<Vec<u8>>,
    /// Whether slots that are not in `slots` are zero.
    pub(crate) cleared: bool,
    pub(crate) slots: BTreeMap<H256, H256>,
}

/// The block that a run finds changed. What is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockOverride {
    /// From 1.
    pub(crate) number: Option<u32>,
    /// Unix time in seconds, from 1.
    pub(crate) time: Option<u64>,
    /// Wei per gas.
    pub(crate) base_fee: Option<u64>,
    pub(crate) gas_limit: Option<u64>,
    pub(crate) coinbase: Option<Address>,
    pub(crate) randomness: Option<H256>,
}

impl AccountOverride {
    pub(super) fn apply(&self, view: &mut View) {
        if self.cleared {
            view.clear(self.address);
        }
        let account = AccountTreeId::new(self.address);
        for (slot, value) in &self.slots {
            view.replace(StorageKey::new(account, *slot), *value);
        }
        if let Some(wei) = self.balance {
            view.replace(
                storage_key_for_eth_balance(&self.address),
                u256_to_h256(wei),
            );
        }
        if let Some(nonce) = self.nonce {
            set_nonce(view, self.address, nonce.into());
        }
        if let Some(code) = &self.code {
            set_code(view, self.address, code);
        }
    }
}

/// Sets the number of transactions an account has sent.
pub(super) fn set_nonce(view: &mut View, account: Address, nonce: U256) {
    let key = get_nonce_key(&account);
    let (_, deployments) = decompose_full_nonce(h256_to_u256(view.read_value(&key)));
    let full = nonces_to_full_nonce(nonce, deployments);
    view.replace(key, u256_to_h256(full));
}

fn set_code(view: &mut View, account: Address, code: &[u8]) {
    let hash = match code {
        [] => H256::zero(),
        _ => BytecodeHash::for_bytecode(code).value(),
    };
    view.replace(get_code_key(&account), hash);
    view.add_bytecode(hash, code.to_vec());
}

impl BlockOverride {
    /// Changes what contracts read of a block with `parent` and `timestamp`. Returns the parent and the time to run with instead.
    pub(super) fn apply(&self, view: &mut View, parent: &Block, timestamp: u64) -> (Block, u64) {
        let context = [
            (
                SYSTEM_CONTEXT_BLOCK_GAS_LIMIT_POSITION,
                self.gas_limit.map(|gas| u256_to_h256(gas.into())),
            ),
            (
                SYSTEM_CONTEXT_COINBASE_POSITION,
                self.coinbase.as_ref().map(address_to_h256),
            ),
            (SYSTEM_CONTEXT_DIFFICULTY_POSITION, self.randomness),
        ];
        for (position, value) in context {
            if let Some(value) = value {
                view.replace(get_system_context_key(position), value);
            }
        }
        if self.number.is_none() && self.time.is_none() {
            return (parent.clone(), timestamp);
        }
        let number = self.number.map_or(parent.number + 1, u64::from);
        let timestamp = self.time.unwrap_or(timestamp);
        (move_head(view, parent, number, timestamp), timestamp)
    }
}

/// Makes the chain end right before a block with this number and time, so that the bootloader can start that block.
fn move_head(view: &mut View, parent: &Block, number: u64, timestamp: u64) -> Block {
    let mut head = parent.clone();
    head.number = number - 1;
    head.timestamp = parent.timestamp.min(timestamp - 1);
    head.hash = match head.number.checked_sub(1) {
        None => L2BlockHasher::legacy_hash(l2_number(0)),
        Some(earlier) => L2BlockHasher::hash(
            l2_number(head.number),
            head.timestamp,
            view.read_value(&block_hash_key(earlier)),
            rolling_hash(&head.transactions),
            PROTOCOL,
        ),
    };
    for (key, value) in header_slots(&head) {
        view.replace(key, value);
    }
    head
}
