//! What a transaction asks of a session.

use alloy::{
    primitives::{FixedBytes, U256},
    sol_types::SolCall,
};
use zksso_bindings::ERC20;

use crate::{Call, Paymaster};

/// A transaction, as far as a session looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionUse {
    /// What it does. A batch is a call of the account's own `execute`, see [`batch_call`](crate::batch_call).
    pub call: Call,
    /// The most its fee can be, gas limit × max fee per gas, in wei; no matter when a paymaster pays.
    pub fee: U256,
    /// Who pays instead of the account.
    pub paymaster: Option<Paymaster>,
    /// Upper 192 bits of its nonce.
    pub nonce_key: U256,
    /// Whether it publishes bytecodes.
    pub has_factory_deps: bool,
}

impl SessionUse {
    /// A call in the account's common sequence of nonces, whose fee of at most `fee` wei the account pays.
    pub fn new(call: Call, fee: U256) -> Self {
        Self {
            call,
            fee,
            ..Self::default()
        }
    }

    /// Has a paymaster pay.
    #[must_use]
    pub fn with_paymaster(mut self, paymaster: Paymaster) -> Self {
        self.paymaster = Some(paymaster);
        self
    }

    /// The paymaster, if somebody is named.
    pub(super) fn paid_by(&self) -> Option<&Paymaster> {
        self.paymaster
            .as_ref()
            .filter(|paymaster| !paymaster.address.is_zero())
    }

    /// Token of an approval-based paymaster, as a whole word.
    pub(super) fn approved_token(&self) -> Option<U256> {
        let paymaster = self.paid_by()?;
        let token = paymaster.input.get(4..36)?;
        paymaster
            .is_approval_based()
            .then(|| U256::from_be_slice(token))
    }
}

/// `approve(address,uint256)`.
pub(super) const fn approve_selector() -> FixedBytes<4> {
    FixedBytes(ERC20::approveCall::SELECTOR)
}
