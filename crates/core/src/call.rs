//! A call an account makes.

use alloy::{
    primitives::{Address, Bytes, FixedBytes, U256},
    sol_types::SolCall,
};

/// One call: the part of a transaction that says what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// The contract or recipient.
    pub to: Address,
    /// Base token sent along, in wei.
    pub value: U256,
    /// Call data.
    pub data: Bytes,
}

impl Call {
    /// Sends `value` wei to `to`.
    pub const fn transfer(to: Address, value: U256) -> Self {
        Self {
            to,
            value,
            data: Bytes::new(),
        }
    }

    /// Calls a function of a `sol!` binding without value.
    pub fn function(to: Address, call: &impl SolCall) -> Self {
        Self {
            to,
            value: U256::ZERO,
            data: call.abi_encode().into(),
        }
    }

    /// Sends `value` wei along.
    #[must_use]
    pub const fn with_value(mut self, value: U256) -> Self {
        self.value = value;
        self
    }

    /// The function selector, if the data is long enough to hold one.
    pub fn selector(&self) -> Option<FixedBytes<4>> {
        self.data.first_chunk().map(|bytes| FixedBytes(*bytes))
    }
}
