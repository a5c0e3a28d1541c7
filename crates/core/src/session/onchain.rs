//! A session as the contract knows it: name, encodings, and what it keeps.

use alloy::{
    primitives::{Address, B256, Bytes, FixedBytes, U256, keccak256},
    sol_types::SolValue,
};
use zksso_bindings::{CallSpec, SessionOptions, SessionSpec, TransferSpec, UsageLimit};

use super::{LimitType, SessionUse, action::approve_selector};
use crate::{Error, Result};

/// First words of the encodings without and with options: the offset of the specification.
const HEAD: u64 = 32;
const HEAD_WITH_OPTIONS: u64 = 64;

/// Highest address of precompiles and system contracts.
const HIGHEST_SYSTEM_ADDRESS: u64 = 0xffff;

/// Everything a session key may do, in the contract's form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The policies.
    pub spec: SessionSpec,
    /// What restricts the session beyond its policies. A session with options may send batches.
    pub options: Option<SessionOptions>,
}

impl From<SessionSpec> for Session {
    fn from(spec: SessionSpec) -> Self {
        Self {
            spec,
            options: None,
        }
    }
}

/// What a sender says about the time, which contracts may not read when they validate.
///
/// Sessions with options expect a time, the others period ids; of claims of the other kind they learn nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claims {
    /// It is about this Unix time, and all periods follow from it.
    Time(u64),
    /// The limits are in these periods: the fee limit's, the value limit's, then, with an approval-based paymaster, one per
    /// constraint of the token's `approve` policy, then one per constraint of the call's policy. Zero where no allowance is.
    PeriodIds(Vec<u64>),
}

impl Session {
    /// `abi.encode(spec)`, or `abi.encode(spec, options)`: what the hash is over, and the data with which the module opens the session
    /// when it is installed.
    pub fn encode(&self) -> Bytes {
        match &self.options {
            None => self.spec.abi_encode().into(),
            Some(options) => (self.spec.clone(), options.clone())
                .abi_encode_params()
                .into(),
        }
    }

    /// Reads what [`Session::encode`] wrote.
    ///
    /// # Errors
    ///
    /// [`Error::SessionEncoding`] for anything else, other encodings of the same values included.
    pub fn decode(encoding: &[u8]) -> Result<Self> {
        let malformed = || Error::SessionEncoding {
            length: encoding.len(),
        };
        let head = encoding.get(..32).map(U256::from_be_slice);
        let head = head.ok_or_else(malformed)?;
        let session = if head == U256::from(HEAD) {
            SessionSpec::abi_decode(encoding).map(Self::from)
        } else if head == U256::from(HEAD_WITH_OPTIONS) {
            <(SessionSpec, SessionOptions)>::abi_decode_params(encoding).map(|(spec, options)| {
                Self {
                    spec,
                    options: Some(options),
                }
            })
        } else {
            return Err(malformed());
        };
        let session = session.map_err(|_| malformed())?;
        match session.encode()[..] == *encoding {
            true => Ok(session),
            false => Err(malformed()),
        }
    }

    /// The hash that names the session on chain.
    pub fn hash(&self) -> B256 {
        keccak256(self.encode())
    }

    /// Upper 192 bits of nonces that no other session and no owner uses. A session may use them, or the account's common sequence with
    /// the key zero. Only the latter can be sent to bootloaders of protocol version 26 and before.
    pub fn own_nonce_key(&self) -> U256 {
        U256::from_be_slice(self.spec.signer.as_slice())
    }

    /// How many counters the contract keeps for the session.
    pub fn trackers(&self) -> usize {
        let calls = self.spec.callPolicies.iter();
        let calls = calls.map(|policy| 1 + policy.constraints.len());
        self.option_trackers() + self.spec.transferPolicies.len() + calls.sum::<usize>()
    }

    /// How many of them belong to options; they come first.
    pub(super) fn option_trackers(&self) -> usize {
        self.options.as_ref().map_or(0, |options| {
            1 + options.transferUseLimits.len()
                + options.callUseLimits.len()
                + options.tokenBudgets.len()
        })
    }

    /// How many limits charge a call under a policy: those of its constraints, or the budgets of its target, whichever are more.
    pub(super) fn limits_on(&self, policy: &CallSpec) -> usize {
        let is_limit = |limit: &UsageLimit| limit.limitType != LimitType::Unlimited as u8;
        let constraints = policy.constraints.iter();
        let constraints = constraints.filter(|constraint| is_limit(&constraint.limit));
        let budgets = self
            .options
            .iter()
            .flat_map(|options| &options.tokenBudgets);
        let budgets =
            budgets.filter(|budget| budget.token == policy.target && is_limit(&budget.limit));
        constraints.count().max(budgets.count())
    }

    /// What to claim about the time for a use at `time` (Unix seconds).
    pub fn claims_at(&self, action: &SessionUse, time: u64) -> Claims {
        match self.options {
            Some(_) => Claims::Time(time),
            None => Claims::PeriodIds(self.period_ids(action, time)),
        }
    }

    /// The `validatorData` of a session transaction: `abi.encode(SessionSpec spec, uint64[] periodIds)`, or
    /// `abi.encode(SessionSpec spec, SessionOptions options, uint64 time)`.
    pub fn validator_data(&self, claims: &Claims) -> Bytes {
        let spec = self.spec.clone();
        let data = match (&self.options, claims) {
            (Some(options), claims) => (spec, options.clone(), claims.time()).abi_encode_params(),
            (None, claims) => (spec, claims.period_ids().to_vec()).abi_encode_params(),
        };
        data.into()
    }

    fn period_ids(&self, action: &SessionUse, time: u64) -> Vec<u64> {
        let mut limits = vec![Some(&self.spec.feeLimit), self.value_limit(action)];
        if let Some(token) = action.approved_token() {
            let policy = self.find_call(token, approve_selector());
            limits.extend(constraint_limits(policy));
        }
        let call = &action.call;
        if let Some(selector) = call.selector() {
            let policy = self.find_call(word(call.to), selector);
            limits.extend(constraint_limits(policy));
        }
        let ids = limits.into_iter();
        ids.map(|limit| limit.map_or(0, |limit| period_id(limit, time)))
            .collect()
    }

    /// Limit on the value of the policy that covers a call, if one does.
    fn value_limit(&self, action: &SessionUse) -> Option<&UsageLimit> {
        let to = word(action.call.to);
        match action.call.selector() {
            Some(selector) => Some(&self.find_call(to, selector)?.1.valueLimit),
            None => Some(&self.find_transfer(to)?.1.valueLimit),
        }
    }

    /// Position of the policy for a call, and the policy.
    pub(super) fn find_call(
        &self,
        target: U256,
        selector: FixedBytes<4>,
    ) -> Option<(usize, &CallSpec)> {
        let mut policies = self.spec.callPolicies.iter().enumerate();
        policies.find(|(_, policy)| word(policy.target) == target && policy.selector == selector)
    }

    /// Position of the policy for a transfer, and the policy.
    pub(super) fn find_transfer(&self, target: U256) -> Option<(usize, &TransferSpec)> {
        let mut policies = self.spec.transferPolicies.iter().enumerate();
        policies.find(|(_, policy)| word(policy.target) == target)
    }
}

impl Claims {
    /// The claimed time; zero, which no session believes, if periods are claimed.
    pub(super) fn time(&self) -> u64 {
        match self {
            Self::Time(time) => *time,
            Self::PeriodIds(_) => 0,
        }
    }

    /// The claimed periods; none if a time is claimed.
    pub(super) fn period_ids(&self) -> &[u64] {
        match self {
            Self::Time(_) => &[],
            Self::PeriodIds(ids) => ids,
        }
    }
}

/// An address as a whole word.
pub(super) fn word(address: Address) -> U256 {
    address.into_word().into()
}

/// Whether an address belongs to the system contracts and precompiles.
pub(super) fn is_system_address(address: &Address) -> bool {
    word(*address) <= U256::from(HIGHEST_SYSTEM_ADDRESS)
}

fn constraint_limits(
    found: Option<(usize, &CallSpec)>,
) -> impl Iterator<Item = Option<&UsageLimit>> {
    let constraints = found
        .into_iter()
        .flat_map(|(_, policy)| &policy.constraints);
    constraints.map(|constraint| Some(&constraint.limit))
}

/// `floor(time / period)` for an allowance, zero for other limits.
fn period_id(limit: &UsageLimit, time: u64) -> u64 {
    if limit.limitType != LimitType::Allowance as u8 || limit.period.is_zero() {
        return 0;
    }
    (U256::from(time) / limit.period).saturating_to()
}
