//! A session as people describe it, and its on-chain form.

use std::collections::BTreeSet;

use alloy::{
    primitives::{Address, B256, Bytes, FixedBytes, U256, keccak256},
    sol_types::SolValue,
};
use serde::{Deserialize, Serialize};
use zksso_bindings::SessionSpec;

use super::{CallPolicy, Expiry, Limit, TransferPolicy};
use crate::{Error, Result};

/// Seconds before its expiry in which a session cannot be used, because nodes refuse asserted time ranges that are about to end.
pub const EXPIRY_MARGIN: u64 = 60;

/// Most counters a session may need: one for each policy and each constraint. The contract keeps them in a run of slots of which
/// validation may read no more.
pub const MAX_TRACKERS: usize = 120;

/// Highest fee limit, in bits.
const FEE_BITS: usize = 128;

/// Fee limit of a session that does not name one: 0.001 of the base token, over its lifetime.
const DEFAULT_FEE_LIMIT: U256 = U256::from_limbs([1_000_000_000_000_000, 0, 0, 0]);

/// What an application asks a session key to be allowed to do; the `SessionPreferences` of the web SDK, which is also its JSON form.
///
/// ```
/// use alloy::primitives::{Address, U256};
/// use zksso_core::{Limit, SessionConfig, TransferPolicy};
///
/// let config = SessionConfig::default()
///     .with_fee_limit(Limit::lifetime(U256::from(10).pow(U256::from(17))))
///     .with_transfer(TransferPolicy::new(Address::repeat_byte(1), Limit::lifetime(U256::from(5))));
/// let spec = config.to_spec(Address::repeat_byte(2), 1_700_000_000)?;
/// assert_eq!(spec.expiresAt, U256::from(1_700_086_400));
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
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            expires_at: Expiry::default(),
            fee_limit: Limit::Lifetime(DEFAULT_FEE_LIMIT),
            transfers: Vec::new(),
            contract_calls: Vec::new(),
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

    /// The on-chain form for the session key `signer`; `now` is the chain's time, Unix seconds.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroSigner`], [`Error::UnlimitedFees`], [`Error::ExpiresTooSoon`], [`Error::DuplicatePolicy`], [`Error::LimitTooLarge`] and
    /// [`Error::SessionTooLarge`] for what the contract would refuse, and whatever the policies' `to_spec` refuse.
    pub fn to_spec(&self, signer: Address, now: u64) -> Result<SessionSpec> {
        let expires_at = self.expires_at.at(now);
        if signer.is_zero() {
            return Err(Error::ZeroSigner);
        }
        if self.fee_limit == Limit::Unlimited {
            return Err(Error::UnlimitedFees);
        }
        if expires_at <= now.saturating_add(EXPIRY_MARGIN) {
            return Err(Error::ExpiresTooSoon { expires_at, now });
        }
        self.refuse_duplicates()?;
        self.refuse_excess()?;
        let calls = self.contract_calls.iter().map(CallPolicy::to_spec);
        let transfers = self.transfers.iter().map(TransferPolicy::to_spec);
        Ok(SessionSpec {
            signer,
            expiresAt: U256::from(expires_at),
            feeLimit: self.fee_limit.to_usage_limit()?,
            callPolicies: calls.collect::<Result<_>>()?,
            transferPolicies: transfers.collect::<Result<_>>()?,
        })
    }

    fn refuse_excess(&self) -> Result<()> {
        if let Limit::Lifetime(limit) | Limit::Allowance { limit, .. } = self.fee_limit
            && limit.bit_len() > FEE_BITS
        {
            return Err(Error::LimitTooLarge { limit });
        }
        let calls = self
            .contract_calls
            .iter()
            .map(|policy| 1 + policy.constraints.len());
        let trackers = self.transfers.len() + calls.sum::<usize>();
        match trackers > MAX_TRACKERS {
            true => Err(Error::SessionTooLarge { trackers }),
            false => Ok(()),
        }
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

/// The hash that names a session on chain: `keccak256(abi.encode(spec))`.
pub fn session_hash(spec: &SessionSpec) -> B256 {
    keccak256(spec.abi_encode())
}

/// The `validatorData` of a session transaction: `abi.encode(SessionSpec spec, uint64[] periodIds)`.
pub fn session_validator_data(spec: &SessionSpec, period_ids: &[u64]) -> Bytes {
    (spec.clone(), period_ids.to_vec())
        .abi_encode_params()
        .into()
}
