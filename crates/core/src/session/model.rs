//! The session module's rules, applied without a chain.
//!
//! The order of the checks and the arguments of the refusals are the contract's, so that what is refused here would have been refused there,
//! for the same reason, and what is accepted here leaves the same behind. Only the signature is taken for granted.

use alloy::primitives::{Address, B256, FixedBytes, U256};
use zksso_bindings::{CallSpec, SessionOptions, UsageLimit};

use super::{
    Claims, Condition, EXPIRY_MARGIN, LimitType, Refusal, Session, SessionRecord, SessionUse,
    Status,
    action::approve_selector,
    batch::{Batch, word_at},
    onchain::{is_system_address, word},
    options::{DECREASE_ALLOWANCE, is_amount_second},
};
use crate::Paymaster;

type Result<T> = std::result::Result<T, Refusal>;

/// Bits of a tracker that hold the sum used in a period; the period is above.
const ALLOWANCE_BITS: usize = 192;

/// Position of the value limit among the claimed periods; constraints follow.
const VALUE_POSITION: usize = 1;
const FIRST_CONSTRAINT_POSITION: usize = 2;

/// Lengths of calldata with two and with three arguments.
const TWO_ARGUMENTS: usize = 68;
const THREE_ARGUMENTS: usize = 100;

/// What validation sees besides session and transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidationContext {
    /// The account.
    pub account: Address,
    /// Everything installed on the account as a module of any type.
    pub modules: Vec<Address>,
    /// The chain's time, Unix seconds.
    pub now: u64,
}

/// A use that the contract accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The session's record afterwards.
    pub record: SessionRecord,
    /// First second of the time range that the contract asserts.
    pub start: U256,
    /// Last second of it.
    pub end: U256,
}

impl Session {
    /// What the contract answers to a use, properly signed, given the session's record.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] that the contract would answer with.
    pub fn validate(
        &self,
        record: &SessionRecord,
        action: &SessionUse,
        claims: &Claims,
        context: &ValidationContext,
    ) -> Result<Accepted> {
        let mut run = Run::new(self, record, action, claims, context);
        run.check_status()?;
        run.check_nonce_key()?;
        if action.has_factory_deps {
            return Err(Refusal::FactoryDepsNotAllowed);
        }
        run.apply_approval()?;
        run.apply_calls()?;
        run.charge_fee()?;
        run.check_time()?;
        Ok(Accepted {
            record: run.record,
            start: run.start,
            end: run.end,
        })
    }

    /// What the contract, and the nodes in front of it, answer to a use that is sent now with the right claims.
    ///
    /// # Errors
    ///
    /// The [`Refusal`]; [`Refusal::EndsTooSoon`] where nodes refuse already.
    pub fn check(
        &self,
        record: &SessionRecord,
        action: &SessionUse,
        context: &ValidationContext,
    ) -> Result<Accepted> {
        let now = context.now;
        let claims = self.claims_at(action, now);
        let accepted = self.validate(record, action, &claims, context)?;
        match accepted.end < U256::from(now.saturating_add(EXPIRY_MARGIN)) {
            true => Err(Refusal::EndsTooSoon {
                now,
                end: accepted.end,
            }),
            false => Ok(accepted),
        }
    }
}

/// One validation, in progress.
struct Run<'a> {
    session: &'a Session,
    options: Option<&'a SessionOptions>,
    action: &'a SessionUse,
    claims: &'a Claims,
    context: &'a ValidationContext,
    record: SessionRecord,
    start: U256,
    end: U256,
    /// Position of the next constraint's period among those claimed.
    position: usize,
    /// Value sent so far under each policy, transfers first, if the use is a batch.
    sent: Option<Vec<U256>>,
}

/// The policy that allows a call or transfer.
struct Match {
    /// Its position, transfers first.
    policy: usize,
    /// Position of the tracker of its value limit.
    tracker: usize,
    target: Address,
    max_value_per_use: U256,
}

impl<'a> Run<'a> {
    fn new(
        session: &'a Session,
        record: &SessionRecord,
        action: &'a SessionUse,
        claims: &'a Claims,
        context: &'a ValidationContext,
    ) -> Self {
        let mut record = record.clone();
        record.trackers.resize(session.trackers(), U256::ZERO);
        let options = session.options.as_ref();
        Self {
            session,
            options,
            action,
            claims,
            context,
            record,
            start: options.map_or(U256::ZERO, |options| options.validAfter),
            end: session.spec.expiresAt,
            position: FIRST_CONSTRAINT_POSITION,
            sent: None,
        }
    }

    fn check_status(&self) -> Result<()> {
        match self.record.status {
            Status::Active => Ok(()),
            _ => Err(Refusal::NotActive {
                session_hash: self.session.hash(),
            }),
        }
    }

    fn check_nonce_key(&self) -> Result<()> {
        let nonce_key = self.action.nonce_key;
        match nonce_key.is_zero() || nonce_key == self.session.own_nonce_key() {
            true => Ok(()),
            false => Err(Refusal::NonceKeyNotAllowed { nonce_key }),
        }
    }

    // --- Calls ----------------------------------------------------------------------------------------------------------

    /// The approval that an approval-based paymaster asks for counts as a call `approve(paymaster, minAllowance)` of the token.
    fn apply_approval(&mut self) -> Result<()> {
        let Some(paymaster) = self.action.paid_by().filter(|by| by.is_approval_based()) else {
            return Ok(());
        };
        let input = &paymaster.input[..];
        let call = input.get(..TWO_ARGUMENTS);
        let call = call.ok_or(Refusal::InvalidPaymasterInput {
            length: input.len(),
        })?;
        let [token, amount] = [4, 36].map(|offset| word_at(call, offset).unwrap_or_default());
        let (policy, found) = self.find_call(token, approve_selector())?;
        let spender = word(paymaster.address);
        self.apply_constraints(policy, found.tracker, call, spender)?;
        self.check_reachable(found.target)?;
        match self.options {
            Some(options) => self.charge_budgets(options, found.target, amount),
            None => Ok(()),
        }
    }

    fn apply_calls(&mut self) -> Result<()> {
        let call = &self.action.call;
        if self.options.is_none() || call.to != self.context.account {
            return self.apply_call(word(call.to), call.value, &call.data);
        }
        let batch = Batch::read(call).ok_or(Refusal::InvalidBatch)?;
        let spec = &self.session.spec;
        let policies = spec.transferPolicies.len() + spec.callPolicies.len();
        self.sent = Some(vec![U256::ZERO; policies]);
        for index in 0..batch.count {
            let item = batch.at(index).ok_or(Refusal::InvalidBatch)?;
            self.apply_call(item.target, item.value, item.data)?;
        }
        Ok(())
    }

    fn apply_call(&mut self, to: U256, value: U256, data: &[u8]) -> Result<()> {
        let (found, limit) = if data.is_empty() {
            self.find_transfer(to)?
        } else {
            let selector = data
                .first_chunk()
                .ok_or(Refusal::InvalidCalldata { length: data.len() })?;
            let (policy, found) = self.find_call(to, FixedBytes(*selector))?;
            let first = word_at(data, 4).unwrap_or_default();
            self.apply_constraints(policy, found.tracker, data, first)?;
            (found, &policy.valueLimit)
        };
        self.check_value(&found, value)?;
        self.charge(found.tracker, limit, value, VALUE_POSITION)?;
        self.check_reachable(found.target)?;
        match self.options {
            Some(options) => self.apply_options(options, &found, data),
            None => Ok(()),
        }
    }

    fn find_call(&self, target: U256, selector: FixedBytes<4>) -> Result<(&'a CallSpec, Match)> {
        let session = self.session;
        let found = session.find_call(target, selector);
        let (position, policy) = found.ok_or(Refusal::CallNotAllowed {
            target: narrow(target),
            selector,
        })?;
        let transfers = session.spec.transferPolicies.len();
        let before = session.spec.callPolicies[..position].iter();
        let before = before.map(|policy| 1 + policy.constraints.len());
        let found = Match {
            policy: transfers + position,
            tracker: session.option_trackers() + transfers + before.sum::<usize>(),
            target: policy.target,
            max_value_per_use: policy.maxValuePerUse,
        };
        Ok((policy, found))
    }

    fn find_transfer(&self, target: U256) -> Result<(Match, &'a UsageLimit)> {
        let found = self.session.find_transfer(target);
        let (position, policy) = found.ok_or(Refusal::TransferNotAllowed {
            target: narrow(target),
        })?;
        let found = Match {
            policy: position,
            tracker: self.session.option_trackers() + position,
            target: policy.target,
            max_value_per_use: policy.maxValuePerUse,
        };
        Ok((found, &policy.valueLimit))
    }

    /// Applies constraints in order. The word at index 0 is given apart, since an approval by a paymaster does not have it.
    fn apply_constraints(
        &mut self,
        policy: &CallSpec,
        tracker: usize,
        data: &[u8],
        first: U256,
    ) -> Result<()> {
        for (i, constraint) in policy.constraints.iter().enumerate() {
            let index = constraint.index;
            let in_data = argument(data, index).ok_or(Refusal::ArgumentMissing {
                index,
                length: data.len(),
            })?;
            let actual = if index == 0 { first } else { in_data };
            // A condition the contract does not know cannot be in a session it opened.
            let condition = Condition::try_from(constraint.condition).unwrap_or_default();
            if !condition.holds(actual.into(), constraint.refValue) {
                return Err(Refusal::ConditionFailed {
                    index,
                    actual: B256::from(actual),
                    reference: constraint.refValue,
                    condition,
                });
            }
            let position = self.position + i;
            self.charge(tracker + 1 + i, &constraint.limit, actual, position)?;
        }
        self.position += policy.constraints.len();
        Ok(())
    }

    /// All calls of a batch under one policy are one use.
    fn check_value(&mut self, found: &Match, mut value: U256) -> Result<()> {
        if let Some(sent) = &mut self.sent {
            let sum = sent[found.policy].checked_add(value);
            value = sum.ok_or(Refusal::ValueOverflow)?;
            sent[found.policy] = value;
        }
        let max_value_per_use = found.max_value_per_use;
        match value > max_value_per_use {
            true => Err(Refusal::MaxValueExceeded {
                value,
                max_value_per_use,
            }),
            false => Ok(()),
        }
    }

    fn check_reachable(&self, target: Address) -> Result<()> {
        let context = self.context;
        let banned = is_system_address(&target)
            || target == context.account
            || context.modules.contains(&target);
        match banned {
            true => Err(Refusal::TargetBanned { target }),
            false => Ok(()),
        }
    }

    // --- Options --------------------------------------------------------------------------------------------------------

    fn apply_options(
        &mut self,
        options: &'a SessionOptions,
        found: &Match,
        data: &[u8],
    ) -> Result<()> {
        let one = U256::from(1);
        self.charge(0, &options.useLimit, one, 0)?;
        let transfers = self.session.spec.transferPolicies.len();
        if found.policy < transfers {
            return self.charge_use(&options.transferUseLimits, found.policy, 1);
        }
        let first = 1 + options.transferUseLimits.len();
        self.charge_use(&options.callUseLimits, found.policy - transfers, first)?;
        let amount = outflow(data, self.context.account);
        self.charge_budgets(options, found.target, amount)
    }

    fn charge_use(&mut self, limits: &[UsageLimit], policy: usize, first: usize) -> Result<()> {
        match limits.get(policy) {
            Some(limit) => self.charge(first + policy, limit, U256::from(1), 0),
            None => Ok(()),
        }
    }

    fn charge_budgets(
        &mut self,
        options: &'a SessionOptions,
        token: Address,
        amount: U256,
    ) -> Result<()> {
        let first = 1 + options.transferUseLimits.len() + options.callUseLimits.len();
        for (i, budget) in options.tokenBudgets.iter().enumerate() {
            if budget.token == token {
                self.charge(first + i, &budget.limit, amount, 0)?;
            }
        }
        Ok(())
    }

    fn check_paymaster(&self, paymaster: &Paymaster) -> Result<()> {
        let allowed = self.options.is_none_or(|options| {
            options.anyPaymaster || options.paymasters.contains(&paymaster.address)
        });
        match allowed {
            true => Ok(()),
            false => Err(Refusal::PaymasterNotAllowed {
                paymaster: paymaster.address,
            }),
        }
    }

    // --- Limits ---------------------------------------------------------------------------------------------------------

    fn charge_fee(&mut self) -> Result<()> {
        if let Some(paymaster) = self.action.paid_by() {
            return self.check_paymaster(paymaster);
        }
        let fee = self.action.fee;
        if let Some(options) = self.options
            && fee > options.maxFeePerUse
        {
            return Err(Refusal::MaxFeeExceeded {
                fee,
                max_fee_per_use: options.maxFeePerUse,
            });
        }
        let limit = &self.session.spec.feeLimit;
        let is_lifetime = limit.limitType == LimitType::Lifetime as u8;
        let period = match is_lifetime {
            true => 0,
            false => self.claim_period(limit, 0)?,
        };
        let (used_period, used) = self.record.fees();
        let used = if used_period == period {
            used
        } else {
            U256::ZERO
        };
        let used = match is_lifetime {
            true => add_lifetime(used, fee, limit.limit)?,
            false => add_allowance(used, fee, limit.limit, period)?,
        };
        self.record.set_fees(period, used);
        Ok(())
    }

    fn charge(
        &mut self,
        tracker: usize,
        limit: &UsageLimit,
        amount: U256,
        position: usize,
    ) -> Result<()> {
        let stored = self.record.trackers[tracker];
        self.record.trackers[tracker] = match LimitType::try_from(limit.limitType) {
            Ok(LimitType::Lifetime) => add_lifetime(stored, amount, limit.limit)?,
            Ok(LimitType::Allowance) => {
                let period = self.claim_period(limit, position)?;
                let used = used_in(stored, period);
                let sum = add_allowance(used, amount, limit.limit, period)?;
                U256::from(period) << ALLOWANCE_BITS | sum
            }
            Ok(LimitType::Unlimited) | Err(_) => stored,
        };
        Ok(())
    }

    /// Takes the sender's word for the period and narrows the range of time to it.
    fn claim_period(&mut self, limit: &UsageLimit, position: usize) -> Result<u64> {
        let length: u64 = limit.period.saturating_to();
        let period = match self.claimed_time() {
            Some(time) => time.checked_div(length).unwrap_or_default(),
            None => self.claimed_period(position)?,
        };
        let start = U256::from(period) * U256::from(length);
        let end = start + U256::from(length.saturating_sub(1));
        self.start = self.start.max(start);
        self.end = self.end.min(end);
        Ok(period)
    }

    /// The time claimed, if the session has options and it is not zero.
    fn claimed_time(&self) -> Option<u64> {
        self.options?;
        Some(self.claims.time()).filter(|time| *time != 0)
    }

    fn claimed_period(&self, index: usize) -> Result<u64> {
        let ids = match self.options {
            Some(_) => &[],
            None => self.claims.period_ids(),
        };
        ids.get(index)
            .copied()
            .ok_or(Refusal::PeriodIdMissing { index })
    }

    fn check_time(&self) -> Result<()> {
        let now = self.context.now;
        let (start, end) = (self.start, self.end);
        match (start..=end).contains(&U256::from(now)) {
            true => Ok(()),
            false => Err(Refusal::TimeOutOfRange { now, start, end }),
        }
    }
}

/// The word after the selector at an index, if it is all there.
fn argument(data: &[u8], index: u64) -> Option<U256> {
    let offset = usize::try_from(index).ok()?.checked_mul(32)?;
    word_at(data, offset.checked_add(4)?)
}

/// Amount of a token that a call with a known function may let out of the account. Too short calldata let out everything.
fn outflow(data: &[u8], account: Address) -> U256 {
    let argument = |index| argument(data, index).unwrap_or(U256::MAX);
    let Some(selector) = data.first_chunk().map(|bytes| FixedBytes(*bytes)) else {
        return U256::ZERO;
    };
    if is_amount_second(selector) {
        return if data.len() < TWO_ARGUMENTS {
            U256::MAX
        } else {
            argument(1)
        };
    }
    if selector == DECREASE_ALLOWANCE {
        return U256::ZERO;
    }
    // Of a token with a budget only `transferFrom` is left; of others the amount does not matter.
    if data.len() < THREE_ARGUMENTS {
        return U256::MAX;
    }
    match narrow(argument(0)) == account {
        true => argument(2),
        false => U256::ZERO,
    }
}

/// The address in the lower bits of a word.
fn narrow(word: U256) -> Address {
    Address::from_word(word.into())
}

/// Sum that an allowance's tracker holds for a period.
fn used_in(tracker: U256, period: u64) -> U256 {
    match tracker >> ALLOWANCE_BITS == U256::from(period) {
        true => tracker & ((U256::from(1) << ALLOWANCE_BITS) - U256::from(1)),
        false => U256::ZERO,
    }
}

fn add_lifetime(used: U256, amount: U256, limit: U256) -> Result<U256> {
    add(used, amount, limit).ok_or(Refusal::LifetimeLimitExceeded {
        used,
        amount,
        limit,
    })
}

fn add_allowance(used: U256, amount: U256, limit: U256, period_id: u64) -> Result<U256> {
    add(used, amount, limit).ok_or(Refusal::AllowanceExceeded {
        used,
        amount,
        limit,
        period_id,
    })
}

/// The sum, if it is not above the limit.
fn add(used: U256, amount: U256, limit: U256) -> Option<U256> {
    used.checked_add(amount).filter(|sum| *sum <= limit)
}
