//! Private keys that sign for an account.

use std::fmt;

use alloy::{
    primitives::{Address, B256, Bytes},
    signers::{SignerSync, local::PrivateKeySigner},
};
use async_trait::async_trait;
use zksso_core::{Call, encode_signature};

use crate::{
    Chain, Fee, Receipt, Result, SendOptions, SessionKey,
    transaction::{self, Authorization, Authorizer},
};

/// A private key that signs for a smart account: as one of its secp256k1 owners, or as the key that a validator module has for it.
///
/// Transactions are the account's, who pays for them unless a paymaster does.
#[derive(Clone)]
pub struct KeyClient {
    chain: Chain,
    account: Address,
    key: PrivateKeySigner,
    validator: Option<Address>,
}

impl KeyClient {
    /// Signs as an owner of `account`.
    pub const fn owner(chain: Chain, account: Address, key: PrivateKeySigner) -> Self {
        Self {
            chain,
            account,
            key,
            validator: None,
        }
    }

    /// Signs for the validator module `validator` of `account`, which takes 65-byte signatures of the transaction's hash and no data beside
    /// them.
    pub const fn of_validator(
        chain: Chain,
        account: Address,
        key: PrivateKeySigner,
        validator: Address,
    ) -> Self {
        Self {
            chain,
            account,
            key,
            validator: Some(validator),
        }
    }

    /// The account's address.
    pub const fn account(&self) -> Address {
        self.account
    }

    /// Makes a call.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`](crate::Error::Rejected) and [`Error::Reverted`](crate::Error::Reverted) when the chain says no,
    /// [`Error::Rpc`](crate::Error::Rpc) and [`Error::Pending`](crate::Error::Pending) when it does not say.
    pub async fn execute(&self, call: &Call) -> Result<Receipt> {
        self.execute_with(call, &SendOptions::default()).await
    }

    /// The same with a fee, nonce or paymaster of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`KeyClient::execute`].
    pub async fn execute_with(&self, call: &Call, options: &SendOptions) -> Result<Receipt> {
        transaction::send(&self.chain, self, call, options).await
    }

    /// Estimates the fee of a call, margins included.
    ///
    /// # Errors
    ///
    /// As [`KeyClient::execute`].
    pub async fn estimate(&self, call: &Call, options: &SendOptions) -> Result<Fee> {
        transaction::estimate(&self.chain, self, call, options).await
    }

    fn envelope(&self, signature: Bytes) -> Bytes {
        match self.validator {
            Some(validator) => encode_signature(signature, validator, Bytes::new()),
            None => signature,
        }
    }
}

impl fmt::Debug for KeyClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyClient")
            .field("account", &self.account)
            .field("key", &self.key.address())
            .field("validator", &self.validator)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Authorizer for KeyClient {
    fn sender(&self) -> Address {
        self.account
    }

    fn placeholder(&self) -> Option<Bytes> {
        Some(self.envelope(SessionKey::placeholder(&self.key)))
    }

    /// None: a wrong key is looked up like the right one.
    fn extra_gas(&self) -> u64 {
        0
    }

    async fn authorize(&self, hash: B256) -> Result<Authorization> {
        let signature = self.key.sign_hash_sync(&hash)?.as_bytes();
        Ok(Authorization::Custom(self.envelope(signature.into())))
    }
}
