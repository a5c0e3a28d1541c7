//! A smart account whose owner signs with a passkey.

use std::{fmt, sync::Arc};

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    providers::DynProvider,
};
use alloy_zksync::network::Zksync;
use zksso_bindings::{AAFactory, ERC7579Account, SessionKeyValidator, WebAuthValidator};
use zksso_core::{Call, Credential, Session, SessionRecord, Status, batch_call, encode_module};

use crate::{
    Chain, Error, Fee, PasskeyAuthenticator, Receipt, Result, SendOptions, SessionClient,
    SessionKey, Suite, Wallet, passkey::PasskeyAuthorizer, session, transaction,
};

/// ERC-7579 module type of validators.
const MODULE_TYPE_VALIDATOR: u64 = 1;

/// How many accounts of one credential are looked at when searching for an account.
const SEARCH_LIMIT: u64 = 64;

/// A smart account and the passkey that signs for it.
///
/// Every method that changes something sends one type-113 transaction, signed by the passkey and paid by the account, and waits for its block.
#[derive(Clone)]
pub struct SmartAccount {
    chain: Chain,
    suite: Suite,
    address: Address,
    passkey: Arc<dyn PasskeyAuthenticator>,
}

impl SmartAccount {
    /// Deploys an account owned by a passkey, with sessions enabled; `wallet` pays.
    ///
    /// The address commits to the passkey, so repeating this, by anybody, gives the same account. `index` tells further accounts
    /// of the same passkey apart.
    ///
    /// # Errors
    ///
    /// As [`Wallet::send`]; [`Error::Answer`] when the factory reports no account.
    pub async fn deploy(
        wallet: &Wallet,
        suite: Suite,
        passkey: Arc<dyn PasskeyAuthenticator>,
        index: U256,
    ) -> Result<(Self, Receipt)> {
        let call = AAFactory::deployAccountCall {
            modules: initial_modules(&suite, passkey.credential()),
            owners: Vec::new(),
            index,
        };
        let receipt = wallet.send(&Call::function(suite.factory, &call)).await?;
        let address = predict(wallet.chain(), &suite, call).await?;
        let account = Self::at(wallet.chain().clone(), suite, address, passkey);
        Ok((account, receipt))
    }

    /// Uses a known account.
    pub fn at(
        chain: Chain,
        suite: Suite,
        address: Address,
        passkey: Arc<dyn PasskeyAuthenticator>,
    ) -> Self {
        Self {
            chain,
            suite,
            address,
            passkey,
        }
    }

    /// Finds the account of a passkey: the first one that registered the credential with this very public key.
    ///
    /// # Errors
    ///
    /// [`Error::AccountNotFound`]; as [`Wallet::send`].
    pub async fn find(
        chain: Chain,
        suite: Suite,
        passkey: Arc<dyn PasskeyAuthenticator>,
    ) -> Result<Self> {
        let address = find_account(&chain, &suite, passkey.credential()).await?;
        Ok(Self::at(chain, suite, address, passkey))
    }

    /// The address that [`SmartAccount::deploy`] gives, whether deployed or not.
    ///
    /// # Errors
    ///
    /// As [`Wallet::send`].
    pub async fn predict_address(
        chain: &Chain,
        suite: &Suite,
        credential: &Credential,
        index: U256,
    ) -> Result<Address> {
        let call = AAFactory::deployAccountCall {
            modules: initial_modules(suite, credential),
            owners: Vec::new(),
            index,
        };
        predict(chain, suite, call).await
    }

    /// The same account, signed for by another of its passkeys.
    #[must_use]
    pub fn with_passkey(&self, passkey: Arc<dyn PasskeyAuthenticator>) -> Self {
        Self {
            passkey,
            ..self.clone()
        }
    }

    /// The account's address.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The chain.
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The suite the account belongs to.
    pub const fn suite(&self) -> &Suite {
        &self.suite
    }

    /// Sends base token.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`].
    pub async fn transfer(&self, to: Address, wei: U256) -> Result<Receipt> {
        self.execute(&Call::transfer(to, wei)).await
    }

    /// Makes a call.
    ///
    /// # Errors
    ///
    /// [`Error::Passkey`] when the passkey does not sign, [`Error::Rejected`] and [`Error::Reverted`] when the chain says no,
    /// [`Error::Rpc`] and [`Error::Pending`] when it does not say.
    pub async fn execute(&self, call: &Call) -> Result<Receipt> {
        self.execute_with(call, &SendOptions::default()).await
    }

    /// The same with a fee, nonce or paymaster of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`].
    pub async fn execute_with(&self, call: &Call, options: &SendOptions) -> Result<Receipt> {
        transaction::send(&self.chain, &self.authorizer(), call, options).await
    }

    /// Makes calls in order, all or none, in one transaction.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`]; the first failing call's error.
    pub async fn batch(&self, calls: &[Call]) -> Result<Receipt> {
        self.execute(&self.batch_call(calls)).await
    }

    /// The call that [`SmartAccount::batch`] sends: the account's own `execute` in batch mode. The calls' values come from its balance.
    pub fn batch_call(&self, calls: &[Call]) -> Call {
        batch_call(self.address, calls)
    }

    /// Estimates the fee of a call, margins included.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`].
    pub async fn estimate(&self, call: &Call, options: &SendOptions) -> Result<Fee> {
        transaction::estimate(&self.chain, &self.authorizer(), call, options).await
    }

    /// Adds a passkey: from the next transaction on it may sign for everything.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`].
    pub async fn add_passkey(&self, credential: &Credential) -> Result<Receipt> {
        let call = WebAuthValidator::addValidationKeyCall {
            credentialId: credential.id().clone(),
            rawPublicKey: credential.public_key().coordinates(),
            originDomain: credential.origin().to_owned(),
        };
        self.execute(&Call::function(self.suite.web_auth_validator, &call))
            .await
    }

    /// Removes a passkey. The contract refuses to remove the last one.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`].
    pub async fn remove_passkey(&self, credential: &Credential) -> Result<Receipt> {
        let call = WebAuthValidator::removeValidationKeyCall {
            credentialId: credential.id().clone(),
            originDomain: credential.origin().to_owned(),
        };
        self.execute(&Call::function(self.suite.web_auth_validator, &call))
            .await
    }

    /// Installs a validator module with its install data.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`].
    pub async fn install_validator(&self, module: Address, init_data: Bytes) -> Result<Receipt> {
        let call = ERC7579Account::installModuleCall {
            moduleTypeId: U256::from(MODULE_TYPE_VALIDATOR),
            module,
            initData: init_data,
        };
        self.execute(&Call::function(self.address, &call)).await
    }

    /// Uninstalls a validator module.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`].
    pub async fn uninstall_validator(&self, module: Address, data: Bytes) -> Result<Receipt> {
        let call = ERC7579Account::uninstallModuleCall {
            moduleTypeId: U256::from(MODULE_TYPE_VALIDATOR),
            module,
            deInitData: data,
        };
        self.execute(&Call::function(self.address, &call)).await
    }

    /// Opens a session: its signer may do what the session says, without the passkey.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`].
    pub async fn create_session(&self, session: &Session) -> Result<Receipt> {
        self.execute(&session::creation_call(&self.suite, session))
            .await
    }

    /// Closes a session for good.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`].
    pub async fn revoke_session(&self, session_hash: B256) -> Result<Receipt> {
        self.revoke_sessions(&[session_hash]).await
    }

    /// Closes sessions for good, all or none.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`].
    pub async fn revoke_sessions(&self, session_hashes: &[B256]) -> Result<Receipt> {
        let call = SessionKeyValidator::revokeKeysCall {
            sessionHashes: session_hashes.to_vec(),
        };
        self.execute(&Call::function(self.suite.session_key_validator, &call))
            .await
    }

    /// Closes all sessions for good, also those that nobody knows of.
    ///
    /// # Errors
    ///
    /// As [`SmartAccount::execute`].
    pub async fn revoke_all_sessions(&self) -> Result<Receipt> {
        let call = SessionKeyValidator::revokeAllKeysCall {};
        self.execute(&Call::function(self.suite.session_key_validator, &call))
            .await
    }

    /// Hashes of the sessions ever opened, oldest first, closed and expired ones included: at most `limit`, from position `offset` on.
    ///
    /// # Errors
    ///
    /// [`Error::Rpc`], [`Error::Rejected`].
    pub async fn list_sessions(&self, offset: usize, limit: usize) -> Result<Vec<B256>> {
        let [offset, limit] = [offset, limit].map(U256::from);
        let sessions = self.sessions();
        let hashes = sessions.listSessions(self.address, offset, limit);
        Ok(hashes.call().await?)
    }

    /// Life cycle state of a session.
    ///
    /// # Errors
    ///
    /// [`Error::Rpc`], [`Error::Rejected`].
    pub async fn session_status(&self, session_hash: B256) -> Result<Status> {
        let sessions = self.sessions();
        let status = sessions.sessionStatus(self.address, session_hash);
        Ok(Status::try_from(status.call().await?)?)
    }

    /// What the chain keeps about a session.
    ///
    /// # Errors
    ///
    /// [`Error::Rpc`], [`Error::Rejected`].
    pub async fn session_record(&self, session: &Session) -> Result<SessionRecord> {
        session::record(&self.chain, &self.suite, self.address, session).await
    }

    /// A client that uses a session of this account with its key; it needs no passkey.
    ///
    /// # Errors
    ///
    /// [`Error::SessionKey`] when the key is not the session's.
    pub fn session(
        &self,
        session: Session,
        key: impl SessionKey + 'static,
    ) -> Result<SessionClient> {
        SessionClient::new(
            self.chain.clone(),
            self.suite,
            self.address,
            session,
            Arc::new(key),
        )
    }

    fn sessions(
        &self,
    ) -> SessionKeyValidator::SessionKeyValidatorInstance<&DynProvider<Zksync>, Zksync> {
        SessionKeyValidator::new(self.suite.session_key_validator, self.chain.provider())
    }

    fn authorizer(&self) -> PasskeyAuthorizer<'_> {
        PasskeyAuthorizer {
            account: self.address,
            validator: self.suite.web_auth_validator,
            passkey: self.passkey.as_ref(),
        }
    }
}

impl fmt::Debug for SmartAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmartAccount")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// The modules a new account starts with: the passkey's validator, and sessions without a session.
fn initial_modules(suite: &Suite, credential: &Credential) -> Vec<Bytes> {
    vec![
        encode_module(suite.web_auth_validator, credential.init_data()),
        encode_module(suite.session_key_validator, Bytes::new()),
    ]
}

async fn predict(
    chain: &Chain,
    suite: &Suite,
    call: AAFactory::deployAccountCall,
) -> Result<Address> {
    let factory = AAFactory::new(suite.factory, chain.provider());
    Ok(factory
        .getAddress(call.modules, call.owners, call.index)
        .call()
        .await?)
}

/// Anybody may register anybody's credential id for an own account, so the public key decides.
async fn find_account(chain: &Chain, suite: &Suite, credential: &Credential) -> Result<Address> {
    let validator = WebAuthValidator::new(suite.web_auth_validator, chain.provider());
    let (origin, id) = (credential.origin().to_owned(), credential.id().clone());
    let limit = U256::from(SEARCH_LIMIT);
    let accounts = validator.registeredAccounts(origin.clone(), id.clone(), U256::ZERO, limit);
    for account in accounts.call().await? {
        let key = validator
            .getAccountKey(origin.clone(), id.clone(), account)
            .call()
            .await?;
        if key == credential.public_key().coordinates() {
            return Ok(account);
        }
    }
    Err(Error::AccountNotFound {
        credential_id: id,
        origin,
    })
}
