//! Accounts, signers and sessions of zksso on ZKsync Era.
//!
//! * [`Chain`] is a connection to a node, [`Wallet`] a funded private key;
//! * [`SmartAccount`] is an account owned by a passkey: deploy it, find it, act with it, open sessions;
//! * [`SessionClient`] acts for an account with a session key, [`KeyClient`] with the private key of an owner or a validator module;
//! * a [`Receipt`] is success; [`Error::decoded`] names the contract's reason for a refusal; [`Outcome`] holds either as data.
//!
//! ```no_run
//! use std::sync::Arc;
//! use alloy::primitives::{Address, U256};
//! use zksso_client::{Chain, PasskeyAuthenticator, SmartAccount, Suite, Wallet};
//!
//! # async fn example(suite: Suite, passkey: Arc<dyn PasskeyAuthenticator>, key: &str) -> zksso_client::Result<()> {
//! let chain = Chain::connect("http://127.0.0.1:8011").await?;
//! let deployer = Wallet::from_private_key(chain, key)?;
//! let (account, _) = SmartAccount::deploy(&deployer, suite, passkey, U256::ZERO).await?;
//! deployer.transfer(account.address(), U256::from(10).pow(U256::from(18))).await?;
//! let receipt = account.transfer(Address::repeat_byte(1), U256::from(1)).await?;
//! println!("{} used {} gas", receipt.hash, receipt.gas_used);
//! # Ok(())
//! # }
//! ```

mod account;
mod chain;
mod error;
mod failure;
mod key;
mod outcome;
mod passkey;
mod session;
mod suite;
mod transaction;
mod wallet;

pub use account::SmartAccount;
pub use chain::Chain;
pub use error::{BoxError, Error, Rejection, Result};
pub use key::KeyClient;
pub use outcome::{Outcome, Receipt};
pub use passkey::PasskeyAuthenticator;
pub use session::{SessionClient, SessionKey};
pub use suite::{OptionalContracts, Suite};
pub use transaction::{Fee, SendOptions};
pub use wallet::Wallet;

/// Calls, sessions and WebAuthn values that the methods here take.
pub use zksso_core as core;
