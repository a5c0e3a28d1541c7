//! Period ids: in which period of its allowance the sender believes each limit to be.
//!
//! A validating contract may not read the time, so the sender names the period and the contract has the chain assert it.

use alloy::primitives::U256;
use zksso_bindings::{SessionSpec, UsageLimit};

use super::{
    LimitType,
    check::{Match, Refusal, find_policy},
};
use crate::Call;

/// The ids to send with a call at time `now` (Unix seconds): the fee limit's, the value limit's, then one per constraint.
///
/// # Errors
///
/// [`Refusal::CallNotAllowed`], [`Refusal::TransferNotAllowed`] or [`Refusal::InvalidCalldata`] when no policy covers the call.
pub fn period_ids(spec: &SessionSpec, call: &Call, now: u64) -> Result<Vec<u64>, Refusal> {
    let mut limits = vec![&spec.feeLimit];
    match find_policy(spec, call)? {
        Match::Transfer(_, policy) => limits.push(&policy.valueLimit),
        Match::Call(_, policy) => {
            limits.push(&policy.valueLimit);
            limits.extend(
                policy
                    .constraints
                    .iter()
                    .map(|constraint| &constraint.limit),
            );
        }
    }
    Ok(limits
        .into_iter()
        .map(|limit| period_id(limit, now))
        .collect())
}

/// `floor(now / period)` for an allowance, zero for other limits.
pub(super) fn period_id(limit: &UsageLimit, now: u64) -> u64 {
    if limit.limitType != LimitType::Allowance as u8 || limit.period.is_zero() {
        return 0;
    }
    (U256::from(now) / limit.period).saturating_to()
}
