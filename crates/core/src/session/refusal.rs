//! Why the session module refuses a transaction.

use alloy::{
    primitives::{Address, B256, Bytes, FixedBytes, U256},
    sol_types::{Panic, PanicKind, SolError},
};
use zksso_bindings::{SessionKeyValidator as Contract, TimestampAsserter};

use super::Condition;

/// Why a session key may not make a call. Each variant carries the arguments of the contract's error of the same name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// `SessionNotActive`: never opened, or revoked.
    #[error("the session {session_hash} is not open")]
    NotActive {
        /// Hash of the session.
        session_hash: B256,
    },
    /// `SessionNonceKeyNotAllowed`: the nonce is in somebody else's sequence.
    #[error("nonces with the key {nonce_key} are not the session's")]
    NonceKeyNotAllowed {
        /// Upper 192 bits of the nonce.
        nonce_key: U256,
    },
    /// `SessionFactoryDepsNotAllowed`.
    #[error("a session may not publish bytecode")]
    FactoryDepsNotAllowed,
    /// `SessionInvalidPaymasterInput`: an approval-based input without its fixed part.
    #[error("{length} bytes are too short for the input of an approval-based paymaster")]
    InvalidPaymasterInput {
        /// Length in bytes.
        length: usize,
    },
    /// `SessionPaymasterNotAllowed`.
    #[error("the session may not use the paymaster {paymaster}")]
    PaymasterNotAllowed {
        /// The paymaster.
        paymaster: Address,
    },
    /// `SessionInvalidBatch`: a call of the account by itself that is no acceptable batch.
    #[error("a session may call its account only with a proper batch")]
    InvalidBatch,
    /// `SessionInvalidCalldata`: neither empty nor long enough for a selector.
    #[error("call data of {length} bytes is neither empty nor holds a selector")]
    InvalidCalldata {
        /// Length in bytes.
        length: usize,
    },
    /// `SessionCallNotAllowed`: no policy for this target and selector.
    #[error("no policy allows calling {selector} on {target}")]
    CallNotAllowed {
        /// The contract.
        target: Address,
        /// The function.
        selector: FixedBytes<4>,
    },
    /// `SessionTransferNotAllowed`: no policy for this recipient.
    #[error("no policy allows transfers to {target}")]
    TransferNotAllowed {
        /// The recipient.
        target: Address,
    },
    /// `SessionTargetBanned`: the account itself, one of its modules, or a system contract.
    #[error("{target} is out of reach of all sessions")]
    TargetBanned {
        /// The target.
        target: Address,
    },
    /// `SessionMaxValueExceeded`: too much in one use.
    #[error("{value} wei in one use, at most {max_value_per_use} are allowed")]
    MaxValueExceeded {
        /// Value of the call, in wei; in a batch, of all calls under the policy so far.
        value: U256,
        /// The policy's bound, in wei.
        max_value_per_use: U256,
    },
    /// The values of a batch add up to more than a word holds; the contract's arithmetic refuses with a `Panic`.
    #[error("the values of the batch overflow")]
    ValueOverflow,
    /// `SessionArgumentMissing`: the call data ends before a constrained word.
    #[error("argument word {index} lies beyond {length} bytes of call data")]
    ArgumentMissing {
        /// Index of the word.
        index: u64,
        /// Length of the call data in bytes.
        length: usize,
    },
    /// `SessionConditionFailed`: an argument is not what it must be.
    #[error(
        "argument word {index} is {actual}, which is not {condition:?} compared with {reference}"
    )]
    ConditionFailed {
        /// Index of the word.
        index: u64,
        /// The argument.
        actual: B256,
        /// What it was compared with.
        reference: B256,
        /// The comparison.
        condition: Condition,
    },
    /// `SessionLifetimeLimitExceeded`.
    #[error("{used} of {limit} used over the session, {amount} more are too many")]
    LifetimeLimitExceeded {
        /// Used before.
        used: U256,
        /// Asked for now.
        amount: U256,
        /// The limit.
        limit: U256,
    },
    /// `SessionAllowanceExceeded`.
    #[error("{used} of {limit} used in period {period_id}, {amount} more are too many")]
    AllowanceExceeded {
        /// Used before in this period.
        used: U256,
        /// Asked for now.
        amount: U256,
        /// The limit.
        limit: U256,
        /// The period.
        period_id: u64,
    },
    /// `SessionPeriodIdMissing`: nothing was claimed about the period of an allowance.
    #[error("the period id at position {index} is missing")]
    PeriodIdMissing {
        /// Position of the missing id.
        index: usize,
    },
    /// `SessionMaxFeeExceeded`: the fee of one transaction is too high.
    #[error("a fee of up to {fee} wei, at most {max_fee_per_use} are allowed")]
    MaxFeeExceeded {
        /// Highest fee of the transaction, in wei.
        fee: U256,
        /// The session's bound, in wei.
        max_fee_per_use: U256,
    },
    /// `TimestampOutOfRange` of the timestamp asserter: the session has not started, is over, or is in other periods than claimed.
    #[error("the session may be used like this from {start} to {end} and it is {now}")]
    TimeOutOfRange {
        /// The chain's time, Unix seconds.
        now: u64,
        /// First second.
        start: U256,
        /// Last second.
        end: U256,
    },
    /// Not the contract but nodes refuse this: the time range in which the transaction is valid is about to end.
    #[error(
        "the session may be used like this until {end} and it is {now}, less than a minute before"
    )]
    EndsTooSoon {
        /// The chain's time, Unix seconds.
        now: u64,
        /// Last second.
        end: U256,
    },
}

impl Refusal {
    /// The data that the contract reverts with; `None` when it is not a contract that refuses.
    pub fn revert_data(&self) -> Option<Bytes> {
        let data = match *self {
            Self::EndsTooSoon { .. } => return None,
            Self::ValueOverflow => Panic::from(PanicKind::UnderOverflow).abi_encode(),
            Self::TimeOutOfRange { now, start, end } => TimestampAsserter::TimestampOutOfRange {
                currentTimestamp: U256::from(now),
                start,
                end,
            }
            .abi_encode(),
            Self::NotActive { session_hash } => Contract::SessionNotActive {
                sessionHash: session_hash,
            }
            .abi_encode(),
            Self::NonceKeyNotAllowed { nonce_key } => Contract::SessionNonceKeyNotAllowed {
                nonceKey: nonce_key,
            }
            .abi_encode(),
            Self::FactoryDepsNotAllowed => Contract::SessionFactoryDepsNotAllowed {}.abi_encode(),
            Self::InvalidPaymasterInput { length } => Contract::SessionInvalidPaymasterInput {
                length: U256::from(length),
            }
            .abi_encode(),
            Self::PaymasterNotAllowed { paymaster } => {
                Contract::SessionPaymasterNotAllowed { paymaster }.abi_encode()
            }
            Self::InvalidBatch => Contract::SessionInvalidBatch {}.abi_encode(),
            Self::InvalidCalldata { length } => Contract::SessionInvalidCalldata {
                length: U256::from(length),
            }
            .abi_encode(),
            Self::CallNotAllowed { target, selector } => {
                Contract::SessionCallNotAllowed { target, selector }.abi_encode()
            }
            Self::TransferNotAllowed { target } => {
                Contract::SessionTransferNotAllowed { target }.abi_encode()
            }
            Self::TargetBanned { target } => Contract::SessionTargetBanned { target }.abi_encode(),
            Self::MaxValueExceeded {
                value,
                max_value_per_use,
            } => Contract::SessionMaxValueExceeded {
                value,
                maxValuePerUse: max_value_per_use,
            }
            .abi_encode(),
            Self::ArgumentMissing { index, length } => Contract::SessionArgumentMissing {
                index: U256::from(index),
                length: U256::from(length),
            }
            .abi_encode(),
            Self::ConditionFailed {
                index,
                actual,
                reference,
                condition,
            } => Contract::SessionConditionFailed {
                index: U256::from(index),
                actual,
                refValue: reference,
                condition: condition as u8,
            }
            .abi_encode(),
            Self::LifetimeLimitExceeded {
                used,
                amount,
                limit,
            } => Contract::SessionLifetimeLimitExceeded {
                used,
                amount,
                limit,
            }
            .abi_encode(),
            Self::AllowanceExceeded {
                used,
                amount,
                limit,
                period_id,
            } => Contract::SessionAllowanceExceeded {
                used,
                amount,
                limit,
                periodId: U256::from(period_id),
            }
            .abi_encode(),
            Self::PeriodIdMissing { index } => Contract::SessionPeriodIdMissing {
                index: U256::from(index),
            }
            .abi_encode(),
            Self::MaxFeeExceeded {
                fee,
                max_fee_per_use,
            } => Contract::SessionMaxFeeExceeded {
                fee,
                maxFeePerUse: max_fee_per_use,
            }
            .abi_encode(),
        };
        Some(data.into())
    }
}
