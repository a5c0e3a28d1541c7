//! The session module's rules, applied before a transaction is sent.
//!
//! The order of the checks and the arguments of the refusals are the contract's, so that what is refused here would have been refused there.

use alloy::primitives::{Address, B256, FixedBytes, U256};
use zksso_bindings::{
    CallSpec, Constraint, LimitState, SessionSpec, SessionState, TransferSpec, UsageLimit,
};

use super::{Condition, EXPIRY_MARGIN, LimitType};
use crate::Call;

/// Status of an open session in [`SessionState`].
const STATUS_ACTIVE: u8 = 1;

/// Why a session key may not make a call. Each variant carries the arguments of the contract's error of the same name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// `SessionNotActive`: never opened, or revoked.
    #[error("the session is not open")]
    NotActive,
    /// The time asserter would refuse: the session is over or within its last minute.
    #[error("the session expires at {expires_at} and it is {now}")]
    Expired {
        /// Expiry, Unix time in seconds.
        expires_at: U256,
        /// The chain's time, Unix seconds.
        now: u64,
    },
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
    /// `SessionMaxValueExceeded`: too much in one use.
    #[error("{value} wei in one use, at most {max_value_per_use} are allowed")]
    MaxValueExceeded {
        /// Value of the call, in wei.
        value: U256,
        /// The policy's bound, in wei.
        max_value_per_use: U256,
    },
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
}

/// Which policy of a session covers a call.
pub(super) enum Match<'a> {
    Call(usize, &'a CallSpec),
    Transfer(usize, &'a TransferSpec),
}

/// Finds the policy for a call, as the contract does.
pub(super) fn find_policy<'a>(spec: &'a SessionSpec, call: &Call) -> Result<Match<'a>, Refusal> {
    let target = call.to;
    if call.data.is_empty() {
        let mut policies = spec.transferPolicies.iter().enumerate();
        let found = policies.find(|(_, policy)| policy.target == target);
        return found
            .map(|(position, policy)| Match::Transfer(position, policy))
            .ok_or(Refusal::TransferNotAllowed { target });
    }
    let selector = call.selector().ok_or(Refusal::InvalidCalldata {
        length: call.data.len(),
    })?;
    let mut policies = spec.callPolicies.iter().enumerate();
    let found = policies.find(|(_, policy)| policy.target == target && policy.selector == selector);
    found
        .map(|(position, policy)| Match::Call(position, policy))
        .ok_or(Refusal::CallNotAllowed { target, selector })
}

/// Checks a call against a session, given what is left of it (`SessionKeyValidator.sessionState`) and the chain's time.
///
/// `fee` is gas limit × max fee per gas in wei, or zero when a paymaster pays.
///
/// # Errors
///
/// The [`Refusal`] that the contract would answer with.
pub fn check_session_call(
    spec: &SessionSpec,
    state: &SessionState,
    call: &Call,
    fee: U256,
    now: u64,
) -> Result<(), Refusal> {
    if state.status != STATUS_ACTIVE {
        return Err(Refusal::NotActive);
    }
    if U256::from(now.saturating_add(EXPIRY_MARGIN)) > spec.expiresAt {
        let expires_at = spec.expiresAt;
        return Err(Refusal::Expired { expires_at, now });
    }
    match find_policy(spec, call)? {
        Match::Call(position, policy) => {
            check_constraints(spec, state, position, call, now)?;
            check_max_value(call.value, policy.maxValuePerUse)?;
            let remaining = remaining(&state.callValue, position);
            charge(&policy.valueLimit, remaining, call.value, now)?;
        }
        Match::Transfer(position, policy) => {
            check_max_value(call.value, policy.maxValuePerUse)?;
            let remaining = remaining(&state.transferValue, position);
            charge(&policy.valueLimit, remaining, call.value, now)?;
        }
    }
    charge(&spec.feeLimit, state.feesRemaining, fee, now)
}

fn check_max_value(value: U256, max_value_per_use: U256) -> Result<(), Refusal> {
    match value > max_value_per_use {
        true => Err(Refusal::MaxValueExceeded {
            value,
            max_value_per_use,
        }),
        false => Ok(()),
    }
}

fn check_constraints(
    spec: &SessionSpec,
    state: &SessionState,
    position: usize,
    call: &Call,
    now: u64,
) -> Result<(), Refusal> {
    let policies = &spec.callPolicies;
    let limited_before = policies[..position]
        .iter()
        .flat_map(|policy| &policy.constraints);
    let mut tracker = limited_before
        .filter(|constraint| is_limited(constraint))
        .count();
    for constraint in &policies[position].constraints {
        let word = check_condition(constraint, call)?;
        if is_limited(constraint) {
            let remaining = remaining(&state.callParams, tracker);
            charge(&constraint.limit, remaining, word.into(), now)?;
            tracker += 1;
        }
    }
    Ok(())
}

/// Checks a condition and returns the word it looked at.
fn check_condition(constraint: &Constraint, call: &Call) -> Result<B256, Refusal> {
    let index = constraint.index;
    let actual = argument_word(call, index).ok_or(Refusal::ArgumentMissing {
        index,
        length: call.data.len(),
    })?;
    let reference = constraint.refValue;
    // A condition the contract does not know cannot be in a spec it accepted.
    let condition = Condition::try_from(constraint.condition).unwrap_or_default();
    match condition.holds(actual, reference) {
        true => Ok(actual),
        false => Err(Refusal::ConditionFailed {
            index,
            actual,
            reference,
            condition,
        }),
    }
}

fn argument_word(call: &Call, index: u64) -> Option<B256> {
    let start = usize::try_from(index)
        .ok()?
        .checked_mul(32)?
        .checked_add(4)?;
    let word = call.data.get(start..start.checked_add(32)?)?;
    Some(B256::from_slice(word))
}

fn is_limited(constraint: &Constraint) -> bool {
    constraint.limit.limitType != LimitType::Unlimited as u8
}

fn remaining(states: &[LimitState], position: usize) -> U256 {
    states
        .get(position)
        .map_or(U256::ZERO, |state| state.remaining)
}

fn charge(limit: &UsageLimit, remaining: U256, amount: U256, now: u64) -> Result<(), Refusal> {
    let (used, limit_value) = (limit.limit.saturating_sub(remaining), limit.limit);
    match LimitType::try_from(limit.limitType) {
        Ok(LimitType::Unlimited) | Err(_) => Ok(()),
        Ok(_) if amount <= remaining => Ok(()),
        Ok(LimitType::Lifetime) => Err(Refusal::LifetimeLimitExceeded {
            used,
            amount,
            limit: limit_value,
        }),
        Ok(LimitType::Allowance) => Err(Refusal::AllowanceExceeded {
            used,
            amount,
            limit: limit_value,
            period_id: super::period_id(limit, now),
        }),
    }
}
