//! Contracts that pay fees for accounts.

use alloy::{
    primitives::{Address, Bytes, U256},
    sol_types::SolCall,
};
use zksso_bindings::PaymasterFlow;

/// A paymaster, and what it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paymaster {
    /// The contract; zero is nobody.
    pub address: Address,
    /// Its input, of the general or the approval-based flow.
    pub input: Bytes,
}

impl Paymaster {
    /// A paymaster of the general flow, which asks nothing of the account.
    pub fn general(address: Address, input: Bytes) -> Self {
        Self {
            address,
            input: PaymasterFlow::generalCall { input }.abi_encode().into(),
        }
    }

    /// A paymaster of the approval-based flow, which has the account approve it for at least `min_allowance` of `token`.
    pub fn approval_based(
        address: Address,
        token: Address,
        min_allowance: U256,
        input: Bytes,
    ) -> Self {
        let call = PaymasterFlow::approvalBasedCall {
            token,
            minAllowance: min_allowance,
            innerInput: input,
        };
        Self {
            address,
            input: call.abi_encode().into(),
        }
    }

    /// Whether the input is of the approval-based flow, complete or not.
    pub(crate) fn is_approval_based(&self) -> bool {
        !self.address.is_zero()
            && self
                .input
                .starts_with(&PaymasterFlow::approvalBasedCall::SELECTOR)
    }
}
