//! Accounts without code: a private key that pays for itself.

use std::fmt;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    signers::{SignerSync, local::PrivateKeySigner},
};
use async_trait::async_trait;
use zksso_core::Call;

use crate::{
    Chain, Error, Fee, Receipt, Result, SendOptions,
    transaction::{self, Authorization, Authorizer},
};

/// A private key with funds, such as a deployer's.
#[derive(Clone)]
pub struct Wallet {
    chain: Chain,
    key: PrivateKeySigner,
}

impl Wallet {
    /// Uses a key on a chain.
    pub const fn new(chain: Chain, key: PrivateKeySigner) -> Self {
        Self { chain, key }
    }

    /// Uses a key given as 64 hexadecimal digits, with or without `0x`.
    ///
    /// # Errors
    ///
    /// [`Error::PrivateKey`], which does not repeat the text.
    pub fn from_private_key(chain: Chain, text: &str) -> Result<Self> {
        let key = text.trim().parse().map_err(|_| Error::PrivateKey)?;
        Ok(Self::new(chain, key))
    }

    /// The chain.
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The key's address.
    pub const fn address(&self) -> Address {
        self.key.address()
    }

    /// Sends base token.
    ///
    /// # Errors
    ///
    /// As [`Wallet::send`].
    pub async fn transfer(&self, to: Address, wei: U256) -> Result<Receipt> {
        self.send(&Call::transfer(to, wei)).await
    }

    /// Sends a call as one transaction and waits for its block.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] and [`Error::Reverted`] when the chain says no, [`Error::Rpc`] and [`Error::Pending`] when it does not say.
    pub async fn send(&self, call: &Call) -> Result<Receipt> {
        self.send_with(call, &SendOptions::default()).await
    }

    /// The same with a fee, nonce, paymaster or bytecodes of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`Wallet::send`]; [`Error::Input`] for a factory dependency that is no bytecode.
    pub async fn send_with(&self, call: &Call, options: &SendOptions) -> Result<Receipt> {
        transaction::send(&self.chain, self, call, options).await
    }

    /// Estimates the fee of a call, margins included.
    ///
    /// # Errors
    ///
    /// As [`Wallet::send`].
    pub async fn estimate(&self, call: &Call, options: &SendOptions) -> Result<Fee> {
        transaction::estimate(&self.chain, self, call, options).await
    }
}

impl fmt::Debug for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wallet")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Authorizer for Wallet {
    fn sender(&self) -> Address {
        self.address()
    }

    fn placeholder(&self) -> Option<Bytes> {
        None
    }

    fn extra_gas(&self) -> u64 {
        0
    }

    async fn authorize(&self, hash: B256) -> Result<Authorization> {
        Ok(Authorization::Ecdsa(self.key.sign_hash_sync(&hash)?))
    }
}
