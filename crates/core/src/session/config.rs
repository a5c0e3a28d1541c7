//! A session as people describe it, and its on-chain form.

use std::collections::BTreeSet;

use alloy::primitives::{Address, FixedBytes, U256};
use serde::{Deserialize, Serialize};
use zksso_bindings::{SessionOptions, SessionSpec, UsageLimit};

use super::{
    CallPolicy, Expiry, Limit, Paymasters, Session, TokenBudget, TransferPolicy, amount,
    onchain::is_system_address, options,
};
use crate::{Error, Result};

/// Seconds before its expiry in which a session cannot be used, because nodes refuse asserted time ranges that are about to end.
pub const EXPIRY_MARGIN: u64 = 60;

/// Most counters a session may need: one for each policy and each constraint; with options, one for all uses together, one for each limit
/// on the uses of a policy and one for each budget. The contract keeps them in a run of slots of which validation may read no more.
pub const MAX_TRACKERS: usize = 120;

/// Most limits on arguments, and most budgets, that one call may be charged with: each takes about 7,300 of the 300,000 gas of validation.
pub const MAX_LIMITS: usize = 8;

/// Highest fee limit, in bits.
const FEE_BITS: usize = 128;

/// Fee limit of a session that does not name one: 0.001 of the base token, over its lifetime.
const DEFAULT_FEE_LIMIT: U256 = U256::from_limbs([1_000_000_000_000_000, 0, 0, 0]);

/// What an application asks a session key to be allowed to do; the `SessionPreferences` of the web SDK, which is also its JSON form.
///
/// From `valid_after` on, and the policies' `use_limit`, the members are *options*: using any of them makes a session with options, which may
/// send batches, and whose transactions have nonces of their own, in a sequence apart from the owner's.
///
/// ```
/// use alloy::primitives::{Address, U256};
/// use zksso_core::{Limit, SessionConfig, TransferPolicy};
///
/// let config = SessionConfig::default()
///     .with_fee_limit(Limit::lifetime(U256::from(10).pow(U256::from(17))))
///     .with_transfer(TransferPolicy::new(Address::repeat_byte(1), Limit::lifetime(U256::from(5))));
/// let session = config.to_session(Address::repeat_byte(2), 1_700_000_000)?;
/// assert_eq!(session.spec.expiresAt, U256::from(1_700_086_400));
/// assert!(session.options.is_none());
/// let once = config.with_use_limit(Limit::lifetime(U256::from(1)));
/// assert!(once.to_session(Address::repeat_byte(2), 1_700_000_000)?.options.is_some());
/// # Ok::<(), zksso_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SessionConfig {
    /// When the session ends; one day after its creation by default.
    #[serde(alias = "expiry")]
    pub expires_at: Expiry,
    /// Limit on the fees of all transactions; 0.001 of the base token by default.
    pub fee_limit: Limit,
    /// Transfers of the base token that are allowed.
    pub transfers: Vec<TransferPolicy>,
    /// Calls that are allowed.
    pub contract_calls: Vec<CallPolicy>,
    /// When the session starts; at once by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_after: Option<Expiry>,
    /// Most wei that the account pays as the fee of one transaction.
    #[serde(skip_serializing_if = "Option::is_none", with = "amount::option")]
    pub max_fee_per_use: Option<U256>,
    /// Paymasters that the session may use. A session without options may use any; one with options none but these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paymasters: Option<Paymasters>,
    /// Most calls and transfers together; each call of a batch counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_limit: Option<Limit>,
    /// Bounds on what may leave the account in ERC-20 tokens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub token_budgets: Vec<TokenBudget>,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            expires_at: Expiry::default(),
            fee_limit: Limit::Lifetime(DEFAULT_FEE_LIMIT),
            transfers: Vec::new(),
            contract_calls: Vec::new(),
            valid_after: None,
            max_fee_per_use: None,
            paymasters: None,
            use_limit: None,
            token_budgets: Vec::new(),
        }
    }
}

impl SessionConfig {
    /// Sets the end of the session.
    #[must_use]
    pub const fn with_expiry(mut self, expiry: Expiry) -> Self {
        self.expires_at = expiry;
        self
    }

    /// Sets the fee limit.
    #[must_use]
    pub const fn with_fee_limit(mut self, limit: Limit) -> Self {
        self.fee_limit = limit;
        self
    }

    /// Allows transfers.
    #[must_use]
    pub fn with_transfer(mut self, policy: TransferPolicy) -> Self {
        self.transfers.push(policy);
        self
    }

    /// Allows calls.
    #[must_use]
    pub fn with_call(mut self, policy: CallPolicy) -> Self {
        self.contract_calls.push(policy);
        self
    }

    /// Sets the start of the session.
    #[must_use]
    pub const fn with_valid_after(mut self, start: Expiry) -> Self {
        self.valid_after = Some(start);
        self
    }

    /// Caps the fee of each single transaction.
    #[must_use]
    pub const fn with_max_fee_per_use(mut self, wei: U256) -> Self {
        self.max_fee_per_use = Some(wei);
        self
    }

    /// Names the paymasters that may be used.
    #[must_use]
    pub fn with_paymasters(mut self, paymasters: Paymasters) -> Self {
        self.paymasters = Some(paymasters);
        self
    }

    /// Limits the number of calls and transfers together.
    #[must_use]
    pub const fn with_use_limit(mut self, limit: Limit) -> Self {
        self.use_limit = Some(limit);
        self
    }

    /// Bounds what may leave the account in a token.
    #[must_use]
    pub fn with_token_budget(mut self, budget: TokenBudget) -> Self {
        self.token_budgets.push(budget);
        self
    }

    /// The on-chain form for the session key `signer`; `now` is the chain's time, Unix seconds.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroSigner`], [`Error::UnlimitedFees`], [`Error::ExpiresTooSoon`], [`Error::NeverValid`], [`Error::TargetBanned`],
    /// [`Error::DuplicatePolicy`], [`Error::LimitTooLarge`], [`Error::OutflowUnknown`], [`Error::SessionTooLarge`] and
    /// [`Error::TooManyLimits`] for what the contract would refuse, and whatever the policies' `to_spec` refuse.
    pub fn to_session(&self, signer: Address, now: u64) -> Result<Session> {
        let expires_at = self.expires_at.at(now);
        if signer.is_zero() {
            return Err(Error::ZeroSigner);
        }
        self.check_fee_limit()?;
        if expires_at <= now.saturating_add(EXPIRY_MARGIN) {
            return Err(Error::ExpiresTooSoon { expires_at, now });
        }
        self.check_targets()?;
        self.refuse_duplicates()?;
        let calls = self.contract_calls.iter().map(CallPolicy::to_spec);
        let transfers = self.transfers.iter().map(TransferPolicy::to_spec);
        let spec = SessionSpec {
            signer,
            expiresAt: U256::from(expires_at),
            feeLimit: self.fee_limit.to_usage_limit()?,
            callPolicies: calls.collect::<Result<_>>()?,
            transferPolicies: transfers.collect::<Result<_>>()?,
        };
        let options = self.to_options(expires_at, now)?;
        let session = Session { spec, options };
        check_size(&session)?;
        Ok(session)
    }

    /// Whether any option is used.
    fn has_options(&self) -> bool {
        let transfers = self.transfers.iter().map(|policy| policy.use_limit);
        let calls = self.contract_calls.iter().map(|policy| policy.use_limit);
        self.valid_after.is_some()
            || self.max_fee_per_use.is_some()
            || self.paymasters.is_some()
            || self.use_limit.is_some()
            || !self.token_budgets.is_empty()
            || transfers.chain(calls).any(|limit| limit.is_some())
    }

    fn to_options(&self, expires_at: u64, now: u64) -> Result<Option<SessionOptions>> {
        if !self.has_options() {
            return Ok(None);
        }
        let valid_after = self.valid_after.map_or(0, |start| start.at(now));
        if valid_after == u64::MAX || valid_after.saturating_add(EXPIRY_MARGIN) >= expires_at {
            return Err(Error::NeverValid {
                valid_after,
                expires_at,
            });
        }
        self.check_budgets()?;
        let paymasters = match &self.paymasters {
            Some(Paymasters::Listed(addresses)) => addresses.clone(),
            _ => Vec::new(),
        };
        let budgets = self.token_budgets.iter().map(TokenBudget::to_spec);
        Ok(Some(SessionOptions {
            validAfter: U256::from(valid_after),
            maxFeePerUse: self.max_fee_per_use.unwrap_or(U256::MAX),
            anyPaymaster: self.paymasters == Some(Paymasters::Any),
            paymasters,
            useLimit: self
                .use_limit
                .unwrap_or(Limit::Unlimited)
                .to_usage_limit()?,
            transferUseLimits: use_limits(self.transfers.iter().map(|policy| policy.use_limit))?,
            callUseLimits: use_limits(self.contract_calls.iter().map(|policy| policy.use_limit))?,
            tokenBudgets: budgets.collect::<Result<_>>()?,
        }))
    }

    fn check_fee_limit(&self) -> Result<()> {
        match self.fee_limit {
            Limit::Unlimited => Err(Error::UnlimitedFees),
            Limit::Lifetime(limit) | Limit::Allowance { limit, .. }
                if limit.bit_len() > FEE_BITS =>
            {
                Err(Error::LimitTooLarge { limit })
            }
            _ => Ok(()),
        }
    }

    fn check_targets(&self) -> Result<()> {
        let transfers = self.transfers.iter().map(|policy| policy.to);
        let calls = self.contract_calls.iter().map(|policy| policy.address);
        match transfers.chain(calls).find(is_system_address) {
            Some(target) => Err(Error::TargetBanned { target }),
            None => Ok(()),
        }
    }

    fn check_budgets(&self) -> Result<()> {
        for budget in &self.token_budgets {
            let token = budget.token;
            let calls = self.contract_calls.iter();
            let mut selectors = calls
                .filter(|policy| policy.address == token)
                .map(CallPolicy::selector);
            if let Some(selector) = selectors.find(|found| !options::is_outflow_known(*found)) {
                return Err(Error::OutflowUnknown { token, selector });
            }
        }
        Ok(())
    }

    fn refuse_duplicates(&self) -> Result<()> {
        let transfers = self
            .transfers
            .iter()
            .map(|policy| (false, policy.to, FixedBytes::ZERO));
        let calls = self.contract_calls.iter();
        let calls = calls.map(|policy| (true, policy.address, policy.selector()));
        let mut seen = BTreeSet::new();
        for key in transfers.chain(calls) {
            let (_, target, selector) = key;
            if !seen.insert(key) {
                return Err(Error::DuplicatePolicy { target, selector });
            }
        }
        Ok(())
    }
}

/// Refuses what could be opened nowhere, or not be used.
fn check_size(session: &Session) -> Result<()> {
    let trackers = session.trackers();
    if trackers > MAX_TRACKERS {
        return Err(Error::SessionTooLarge { trackers });
    }
    for policy in &session.spec.callPolicies {
        let limits = session.limits_on(policy);
        if limits > MAX_LIMITS {
            return Err(Error::TooManyLimits {
                target: policy.target,
                selector: policy.selector,
                limits,
            });
        }
    }
    Ok(())
}

/// Limits on uses up to the last policy that has one.
fn use_limits(limits: impl Iterator<Item = Option<Limit>>) -> Result<Vec<UsageLimit>> {
    let mut limits: Vec<_> = limits.collect();
    while limits.pop_if(|last| last.is_none()).is_some() {}
    let limits = limits.into_iter();
    limits
        .map(|limit| limit.unwrap_or(Limit::Unlimited).to_usage_limit())
        .collect()
}
