//! Batches that an account executes by a call of its own `execute`.

use alloy::{
    primitives::{Address, B256, U256},
    sol_types::{SolCall, SolValue},
};
use zksso_bindings::ERC7579Account;

use crate::Call;

/// ERC-7579 execution mode "batch, revert on failure": call type 1 in the first byte, the rest zero.
const MODE: B256 = {
    let mut mode = [0; 32];
    mode[0] = 1;
    B256::new(mode)
};

/// Lengths of the fixed parts: selector, mode and offset; offset and length of the array; target, value and offset of one call.
const CALL_HEAD: usize = 68;
const BATCH_HEAD: usize = 64;
const ITEM_HEAD: usize = 96;

/// ERC-7579 execution mode "batch, go on after failures": call type 1, execution type 1.
const MODE_TRY: B256 = {
    let mut mode = MODE.0;
    mode[1] = 1;
    B256::new(mode)
};

/// The call by which an account makes `calls` in order, all or none: its own `execute` in batch mode. The calls' values come from its
/// balance.
pub fn batch_call(account: Address, calls: &[Call]) -> Call {
    execute_call(account, MODE, calls)
}

/// The same, but calls that fail are undone alone, each with an event `TryExecuteUnsuccessful`, and the rest goes on.
pub fn try_batch_call(account: Address, calls: &[Call]) -> Call {
    execute_call(account, MODE_TRY, calls)
}

fn execute_call(account: Address, mode: B256, calls: &[Call]) -> Call {
    let executions = calls.iter().map(|call| ERC7579Account::Execution {
        target: call.to,
        value: call.value,
        callData: call.data.clone(),
    });
    let executions: Vec<_> = executions.collect();
    let call = ERC7579Account::executeCall {
        mode,
        executionCalldata: executions.abi_encode().into(),
    };
    Call::function(account, &call)
}

/// One call of a batch as it is encoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    /// Callee, as a whole word.
    pub(super) target: U256,
    pub(super) value: U256,
    pub(super) data: &'a [u8],
}

/// The calls of a batch, read the way the contract reads them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batch<'a> {
    items: &'a [u8],
    pub(super) count: usize,
}

impl<'a> Batch<'a> {
    /// `None` unless the call is a batch that sessions may send.
    pub(super) fn read(call: &'a Call) -> Option<Self> {
        let data = &call.data[..];
        let proper = call.value.is_zero()
            && data.len() >= CALL_HEAD
            && data.starts_with(&ERC7579Account::executeCall::SELECTOR)
            && data[4..36] == MODE[..];
        if !proper {
            return None;
        }
        let batch = member(&data[4..], word_at(data, 36)?)?;
        if word_at(batch, 0)? != U256::from(32) {
            return None;
        }
        let count = usize::try_from(word_at(batch, 32)?).ok()?;
        let items = &batch[BATCH_HEAD..];
        (count != 0 && count <= items.len() / 32).then_some(Self { items, count })
    }

    /// The call at a position below their number; `None` if it is not properly encoded.
    pub(super) fn at(&self, index: usize) -> Option<Item<'a>> {
        let offset = usize::try_from(word_at(self.items, 32 * index)?).ok()?;
        let last = self.items.len().checked_sub(ITEM_HEAD)?;
        let item = (offset <= last).then(|| &self.items[offset..])?;
        Some(Item {
            target: word_at(item, 0)?,
            value: word_at(item, 32)?,
            data: member(item, word_at(item, 64)?)?,
        })
    }
}

/// The word at an offset, if it is all there.
pub(super) fn word_at(data: &[u8], offset: usize) -> Option<U256> {
    data.get(offset..offset.checked_add(32)?)
        .map(U256::from_be_slice)
}

/// A `bytes` member of an encoded tuple, at the offset that the tuple's head states.
fn member(tuple: &[u8], offset: U256) -> Option<&[u8]> {
    let offset = usize::try_from(offset).ok()?;
    let length = usize::try_from(word_at(tuple, offset)?).ok()?;
    let start = offset.checked_add(32)?;
    tuple.get(start..start.checked_add(length)?)
}
