//! Why the chain refuses a transaction or a call.

use alloy::{
    primitives::{Address, B256, U256},
    sol_types::decode_revert_reason,
};
use zksync_multivm::interface::tracer::ViolatedValidationRule;

use zksso_vm::{Panicked, Stop};

use super::BrokenRule;
use crate::convert;

/// A transaction or call that did not run, or that reverted where only success has an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("malformed transaction: {0}")]
    Malformed(String),
    #[error("transaction {0} is already known")]
    AlreadyKnown(B256),
    #[error("too many transactions wait for a block: mine one first")]
    PoolFull,
    #[error(
        "replacement transaction underpriced: another one with its nonce waits, replacing it takes a max fee of {needed} wei per gas"
    )]
    Underpriced { needed: u128 },
    #[error(
        "nonce too low: the next nonce of {account} is {expected}, the transaction has {actual}"
    )]
    NonceTooLow {
        account: Address,
        expected: u32,
        actual: u32,
    },
    #[error(
        "nonce too high: the next nonce of {account} is {expected}, the transaction has {actual}"
    )]
    NonceTooHigh {
        account: Address,
        expected: u32,
        actual: u32,
    },
    #[error(
        "max fee per gas too low: the base fee is {base_fee} wei, the transaction allows {actual}"
    )]
    FeeTooLow { base_fee: u64, actual: U256 },
    #[error(
        "gas per pubdata limit too low: a byte costs {price} gas, the transaction allows {actual}"
    )]
    PubdataLimitTooLow { price: u64, actual: U256 },
    #[error("gas limit {actual} is above the maximum of {max}")]
    TooMuchGas { actual: U256, max: u64 },
    #[error(
        "insufficient funds: {account} has {balance} wei, the transaction may need {needed} for gas and value"
    )]
    InsufficientFunds {
        account: Address,
        balance: U256,
        needed: U256,
    },
    #[error("the node has no key of {0}: impersonate it first, or sign with a wallet")]
    NotImpersonated(Address),
    #[error("{0}")]
    Rule(Box<BrokenRule>),
    #[error("{}", describe_stop(.step, .message, .data))]
    Stopped {
        step: &'static str,
        message: String,
        data: Vec<u8>,
    },
    #[error("{}", describe_revert(.0))]
    Reverted(Vec<u8>),
    #[error("the virtual machine cannot run this: {0}")]
    Panicked(String),
}

/// A broken rule of account validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RuleViolation {
    #[error(
        "account validation read slot {slot:#x} of {contract}, which does not belong to the account"
    )]
    Storage { contract: Address, slot: U256 },
    #[error("account validation called {contract}, which has no code")]
    NoCode { contract: Address },
    #[error("account validation read context that validation must not depend on")]
    Context,
    #[error("account validation used more than {limit} computational gas")]
    Gas { limit: u32 },
    #[error("account validation asserted a time range that ends too soon")]
    TimeRange,
}

impl From<ViolatedValidationRule> for RuleViolation {
    fn from(rule: ViolatedValidationRule) -> Self {
        match rule {
            ViolatedValidationRule::TouchedDisallowedStorageSlots(contract, slot) => {
                Self::Storage {
                    contract: convert::to_address(contract),
                    slot: convert::to_u256(slot),
                }
            }
            ViolatedValidationRule::CalledContractWithNoCode(contract) => Self::NoCode {
                contract: convert::to_address(contract),
            },
            ViolatedValidationRule::TouchedDisallowedContext => Self::Context,
            ViolatedValidationRule::TookTooManyComputationalGas(limit) => Self::Gas { limit },
            ViolatedValidationRule::TimestampAssertionCloseToRangeEnd => Self::TimeRange,
        }
    }
}

impl From<RuleViolation> for Refusal {
    fn from(rule: RuleViolation) -> Self {
        Self::Rule(Box::new(rule.into()))
    }
}

impl From<Stop> for Refusal {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Rule(rule) => RuleViolation::from(rule).into(),
            Stop::Failed {
                step,
                message,
                data,
            } => Self::Stopped {
                step,
                message,
                data,
            },
        }
    }
}

impl From<Panicked> for Refusal {
    fn from(Panicked(message): Panicked) -> Self {
        Self::Panicked(message)
    }
}

fn describe_stop(step: &str, message: &str, data: &[u8]) -> String {
    match (message.is_empty(), data.is_empty()) {
        (false, true) => format!("{step} failed: {message}"),
        (false, false) => format!("{step} reverted: {message}"),
        (true, true) => format!("{step} reverted without data"),
        (true, false) => format!("{step} reverted{}", reason_suffix(data)),
    }
}

fn describe_revert(data: &[u8]) -> String {
    format!("execution reverted{}", reason_suffix(data))
}

fn reason_suffix(data: &[u8]) -> String {
    match decode_reason(data) {
        Some(reason) => format!(": {reason}"),
        None if data.is_empty() => String::new(),
        None => format!(" with 0x{}", hex::encode(data)),
    }
}

/// Text of a standard `Error(string)` or `Panic(uint256)`; the caller knows the contracts' own errors, the node does not.
pub(crate) fn decode_reason(data: &[u8]) -> Option<String> {
    const ERROR: [u8; 4] = [0x08, 0xc3, 0x79, 0xa0];
    const PANIC: [u8; 4] = [0x4e, 0x48, 0x7b, 0x71];
    let selector = data.get(..4)?;
    if selector != ERROR && selector != PANIC {
        return None;
    }
    decode_revert_reason(data).map(|reason| reason.trim_start_matches("revert: ").to_owned())
}

#[cfg(test)]
mod tests {
    use alloy::sol_types::{Revert, SolError};

    use super::*;

    #[test]
    fn reverts_name_their_standard_reason_or_show_their_data() {
        let text = Revert::from("not yours").abi_encode();
        assert_eq!(describe_revert(&text), "execution reverted: not yours");
        assert_eq!(
            describe_revert(&[1, 2, 3, 4]),
            "execution reverted with 0x01020304"
        );
        assert_eq!(describe_revert(&[]), "execution reverted");
    }
}
