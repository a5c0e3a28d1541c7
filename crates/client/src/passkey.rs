//! Passkeys as signers of transactions.

use alloy::primitives::{Address, B256, Bytes};
use async_trait::async_trait;
use zksso_core::{Assertion, Credential, encode_signature};

use crate::{
    Error, Result,
    error::BoxError,
    transaction::{Authorization, Authorizer},
};

/// Gas for what a validator skips when the challenge is wrong, as it is in estimates: hashing, the key's storage slots and the P-256 check.
const CHECK_GAS: u64 = 60_000;

/// A device or program that holds one passkey.
///
/// Implement it for a platform's authenticator; the private key never leaves it.
#[async_trait]
pub trait PasskeyAuthenticator: Send + Sync {
    /// The passkey's public half.
    fn credential(&self) -> &Credential;

    /// Runs an authentication ceremony (`navigator.credentials.get`) over the 32-byte challenge, with user verification.
    ///
    /// # Errors
    ///
    /// Whatever kept the authenticator from signing.
    async fn assert(&self, challenge: B256) -> std::result::Result<Assertion, BoxError>;
}

/// Authorises transactions of an account with a passkey.
pub(crate) struct PasskeyAuthorizer<'a> {
    pub(crate) account: Address,
    pub(crate) validator: Address,
    pub(crate) passkey: &'a dyn PasskeyAuthenticator,
}

impl PasskeyAuthorizer<'_> {
    fn envelope(&self, assertion: &Assertion) -> Bytes {
        encode_signature(assertion.encode(), self.validator, Bytes::new())
    }
}

#[async_trait]
impl Authorizer for PasskeyAuthorizer<'_> {
    fn sender(&self) -> Address {
        self.account
    }

    fn placeholder(&self) -> Option<Bytes> {
        Some(self.envelope(&Assertion::placeholder(self.passkey.credential())))
    }

    fn extra_gas(&self) -> u64 {
        CHECK_GAS
    }

    async fn authorize(&self, hash: B256) -> Result<Authorization> {
        let assertion = self.passkey.assert(hash).await.map_err(Error::Passkey)?;
        Ok(Authorization::Custom(self.envelope(&assertion)))
    }
}
