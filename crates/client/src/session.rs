//! Using an account through a session key.

use std::fmt;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    providers::Provider,
    signers::{SignerSync, local::PrivateKeySigner},
};
use async_trait::async_trait;
use zksso_bindings::{SessionSpec, SessionState};
use zksso_core::{Call, check_session_call, encode_signature, period_ids, session_validator_data};

use crate::{
    Chain, Error, Fee, Receipt, Result, SendOptions, Suite, account,
    transaction::{self, Authorization, Authorizer},
};

/// Length of `r ‖ s ‖ v`.
const SIGNATURE_LENGTH: usize = 65;

/// Gas for what a validator skips when the signature is a placeholder: storing how much of the limits was used.
const CHECK_GAS: u64 = 60_000;

/// Bounds of the gas limit in estimates: below the first not even validation would run, so that the contract could not say what is
/// wrong; the second is the most gas the protocol gives a transaction.
const LEAST_GAS_CAP: u64 = 1_000_000;
const HIGHEST_GAS_CAP: u64 = 80_000_000;

/// A session key acting for an account, inside the limits of its session.
#[derive(Clone)]
pub struct SessionClient {
    chain: Chain,
    suite: Suite,
    account: Address,
    spec: SessionSpec,
    key: PrivateKeySigner,
}

impl SessionClient {
    /// Uses a session of `account`.
    ///
    /// # Errors
    ///
    /// [`Error::SessionKey`] when the key is not the session's.
    pub fn new(
        chain: Chain,
        suite: Suite,
        account: Address,
        spec: SessionSpec,
        key: PrivateKeySigner,
    ) -> Result<Self> {
        let (expected, actual) = (spec.signer, key.address());
        if expected != actual {
            return Err(Error::SessionKey { expected, actual });
        }
        Ok(Self {
            chain,
            suite,
            account,
            spec,
            key,
        })
    }

    /// The account's address.
    pub const fn account(&self) -> Address {
        self.account
    }

    /// The session's specification.
    pub const fn spec(&self) -> &SessionSpec {
        &self.spec
    }

    /// What is left of the session.
    ///
    /// # Errors
    ///
    /// [`Error::Rpc`], [`Error::Rejected`].
    pub async fn state(&self) -> Result<SessionState> {
        account::session_state(&self.chain, &self.suite, self.account, &self.spec).await
    }

    /// Asks the session's rules about a call without sending it; `fee` is the most the fee can be, in wei.
    ///
    /// # Errors
    ///
    /// [`Error::Session`] with what the contract would say; [`Error::Rpc`].
    pub async fn check(&self, call: &Call, fee: U256) -> Result<()> {
        let state = self.state().await?;
        let now = self.chain.time().await?;
        Ok(check_session_call(&self.spec, &state, call, fee, now)?)
    }

    /// Sends base token.
    ///
    /// # Errors
    ///
    /// As [`SessionClient::execute`].
    pub async fn transfer(&self, to: Address, wei: U256) -> Result<Receipt> {
        self.execute(&Call::transfer(to, wei)).await
    }

    /// Makes a call.
    ///
    /// The chain alone decides: use [`SessionClient::check`] to know before.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] with the session module's error when the session does not allow the call, [`Error::Reverted`] when the
    /// call fails, [`Error::Rpc`] and [`Error::Pending`] when the chain does not say.
    pub async fn execute(&self, call: &Call) -> Result<Receipt> {
        self.execute_with(call, &SendOptions::default()).await
    }

    /// The same with a fee, nonce or paymaster of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`SessionClient::execute`].
    pub async fn execute_with(&self, call: &Call, options: &SendOptions) -> Result<Receipt> {
        let authorizer = self.authorizer(call, options).await?;
        transaction::send(&self.chain, &authorizer, call, options).await
    }

    /// Estimates the fee of a call, margins included.
    ///
    /// # Errors
    ///
    /// As [`SessionClient::execute`].
    pub async fn estimate(&self, call: &Call, options: &SendOptions) -> Result<Fee> {
        let authorizer = self.authorizer(call, options).await?;
        transaction::estimate(&self.chain, &authorizer, call, options).await
    }

    async fn authorizer(
        &self,
        call: &Call,
        options: &SendOptions,
    ) -> Result<SessionAuthorizer<'_>> {
        let now = self.chain.time().await?;
        // A call no policy covers has no ids; it is sent as it is, for the contract to name the reason.
        let ids = period_ids(&self.spec, call, now).unwrap_or_default();
        let pays_itself = options.paymaster.is_none();
        let gas_cap = if pays_itself {
            Some(self.gas_cap().await?)
        } else {
            None
        };
        Ok(SessionAuthorizer {
            session: self,
            validator_data: session_validator_data(&self.spec, &ids),
            gas_cap,
        })
    }

    /// The gas that what is left of the fee limit buys. Estimates start from a huge gas limit, whose fee no session allows.
    async fn gas_cap(&self) -> Result<u64> {
        let left = self.state().await?.feesRemaining;
        let price = U256::from(self.chain.provider().get_gas_price().await?);
        let affordable = left.checked_div(price).unwrap_or(U256::MAX);
        Ok(affordable
            .saturating_to::<u64>()
            .clamp(LEAST_GAS_CAP, HIGHEST_GAS_CAP))
    }
}

impl fmt::Debug for SessionClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionClient")
            .field("account", &self.account)
            .field("signer", &self.spec.signer)
            .finish_non_exhaustive()
    }
}

/// Authorises one call of a session.
struct SessionAuthorizer<'a> {
    session: &'a SessionClient,
    validator_data: Bytes,
    gas_cap: Option<u64>,
}

impl SessionAuthorizer<'_> {
    fn envelope(&self, signature: [u8; SIGNATURE_LENGTH]) -> Bytes {
        let validator = self.session.suite.session_key_validator;
        encode_signature(signature.into(), validator, self.validator_data.clone())
    }
}

#[async_trait]
impl Authorizer for SessionAuthorizer<'_> {
    fn sender(&self) -> Address {
        self.session.account
    }

    fn placeholder(&self) -> Option<Bytes> {
        // Well-formed, so that recovery does its whole work: r = s = 0x11…, v = 27.
        let mut signature = [0x11; SIGNATURE_LENGTH];
        signature[SIGNATURE_LENGTH - 1] = 27;
        Some(self.envelope(signature))
    }

    fn extra_gas(&self) -> u64 {
        CHECK_GAS
    }

    fn gas_cap(&self) -> Option<u64> {
        self.gas_cap
    }

    async fn authorize(&self, hash: B256) -> Result<Authorization> {
        let signature = self.session.key.sign_hash_sync(&hash)?;
        Ok(Authorization::Custom(self.envelope(signature.as_bytes())))
    }
}
