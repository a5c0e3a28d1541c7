//! Using an account through a session key.

use std::{fmt, sync::Arc};

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    signers::{SignerSync, local::PrivateKeySigner},
};
use alloy_zksync::network::unsigned_tx::eip712::TxEip712;
use async_trait::async_trait;
use zksso_bindings::{ERC7579Account, SessionKeyValidator};
use zksso_core::{
    Accepted, Call, Session, SessionRecord, SessionUse, Status, ValidationContext, batch_call,
    bytecode_hash, encode_signature,
};

use crate::{
    BoxError, Chain, Error, Fee, Receipt, Result, SendOptions, Suite, Wallet,
    transaction::{self, Authorization, Authorizer},
};

/// Length of `r ‖ s ‖ v`.
const SIGNATURE_LENGTH: usize = 65;

/// Type of the transactions that accounts with code send.
const EIP712_TYPE: u64 = 113;

/// Price limit per byte of pubdata in transactions that others pay for; any will do.
const RELAYED_GAS_PER_PUBDATA: u64 = 50_000;

/// ERC-7579 module types.
const MODULE_TYPES: [u64; 4] = [1, 2, 3, 4];
/// Highest number of modules of one type that are looked at.
const MODULE_LIMIT: u64 = 256;

/// The key of a session.
///
/// secp256k1 keys are session keys as they are. Other kinds of keys sign for sessions through an ERC-7913 verifier: their address is
/// [`erc7913_signer_address`](zksso_core::erc7913_signer_address), their signatures [`erc7913_signature`](zksso_core::erc7913_signature).
#[async_trait]
pub trait SessionKey: Send + Sync {
    /// The signer that a session of this key has.
    fn address(&self) -> Address;

    /// A signature as long as the real ones that takes as much work to check; it need not be valid.
    fn placeholder(&self) -> Bytes;

    /// Signs a hash.
    ///
    /// # Errors
    ///
    /// Whatever kept the key from signing.
    async fn sign(&self, hash: B256) -> std::result::Result<Bytes, BoxError>;
}

#[async_trait]
impl SessionKey for PrivateKeySigner {
    fn address(&self) -> Address {
        self.address()
    }

    fn placeholder(&self) -> Bytes {
        // Well-formed, so that recovery does its whole work: r = s = 0x11…, v = 27.
        let mut signature = [0x11; SIGNATURE_LENGTH];
        signature[SIGNATURE_LENGTH - 1] = 27;
        signature.into()
    }

    async fn sign(&self, hash: B256) -> std::result::Result<Bytes, BoxError> {
        Ok(self.sign_hash_sync(&hash)?.as_bytes().into())
    }
}

/// A session key acting for an account, inside the limits of its session.
#[derive(Clone)]
pub struct SessionClient {
    chain: Chain,
    suite: Suite,
    account: Address,
    session: Session,
    key: Arc<dyn SessionKey>,
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
        session: Session,
        key: Arc<dyn SessionKey>,
    ) -> Result<Self> {
        let (expected, actual) = (session.spec.signer, key.address());
        if expected != actual {
            return Err(Error::SessionKey { expected, actual });
        }
        Ok(Self {
            chain,
            suite,
            account,
            session,
            key,
        })
    }

    /// The account's address.
    pub const fn account(&self) -> Address {
        self.account
    }

    /// The session.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// What the chain keeps about the session.
    ///
    /// # Errors
    ///
    /// [`Error::Rpc`], [`Error::Rejected`].
    pub async fn record(&self) -> Result<SessionRecord> {
        record(&self.chain, &self.suite, self.account, &self.session).await
    }

    /// Asks the session's rules about a call without sending it; `fee` is the most the fee can be, in wei.
    ///
    /// # Errors
    ///
    /// [`Error::Session`] with what the contract would say; [`Error::Rpc`].
    pub async fn check(&self, call: &Call, fee: U256) -> Result<()> {
        let action = SessionUse::new(call.clone(), fee);
        self.check_use(&action).await.map(drop)
    }

    /// The same for everything a session looks at in a transaction; tells what would be left of the session.
    ///
    /// # Errors
    ///
    /// As [`SessionClient::check`].
    pub async fn check_use(&self, action: &SessionUse) -> Result<Accepted> {
        let record = self.record().await?;
        let context = ValidationContext {
            account: self.account,
            modules: self.modules().await?,
            now: self.chain.time().await?,
        };
        Ok(self.session.check(&record, action, &context)?)
    }

    /// Sends base token.
    ///
    /// # Errors
    ///
    /// As [`SessionClient::execute`].
    pub async fn transfer(&self, to: Address, wei: U256) -> Result<Receipt> {
        self.execute(&Call::transfer(to, wei)).await
    }

    /// Makes calls in order, all or none, in one transaction. Only sessions with options may.
    ///
    /// # Errors
    ///
    /// As [`SessionClient::execute`].
    pub async fn batch(&self, calls: &[Call]) -> Result<Receipt> {
        self.execute(&batch_call(self.account, calls)).await
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

    /// Makes a call in a transaction of somebody else, who pays for it: the account's `executeTransactionFromOutside`.
    ///
    /// # Errors
    ///
    /// As [`SessionClient::execute`].
    pub async fn execute_through(&self, relayer: &Wallet, call: &Call) -> Result<Receipt> {
        let options = SendOptions::default();
        let transaction = self.relayed_transaction(call, &options).await?;
        relayer.send(&outside_call(self.account, transaction)).await
    }

    /// The signed transaction that [`SessionClient::execute_through`] hands over. A fee that the options name is none that anybody pays,
    /// but counts for the session.
    ///
    /// # Errors
    ///
    /// As [`SessionClient::execute`].
    pub async fn relayed_transaction(
        &self,
        call: &Call,
        options: &SendOptions,
    ) -> Result<ERC7579Account::Transaction> {
        let nothing = Fee {
            gas_limit: 0,
            max_fee_per_gas: 0,
            max_priority_fee_per_gas: 0,
            gas_per_pubdata: U256::from(RELAYED_GAS_PER_PUBDATA),
        };
        let options = SendOptions {
            fee: options.fee.or(Some(nothing)),
            ..options.clone()
        };
        let authorizer = self.authorizer(call, &options).await?;
        let (transaction, authorization) =
            transaction::signed(&self.chain, &authorizer, call, &options).await?;
        encoded_for_accounts(transaction, authorization)
    }

    async fn authorizer(
        &self,
        call: &Call,
        options: &SendOptions,
    ) -> Result<SessionAuthorizer<'_>> {
        let now = self.chain.time().await?;
        let action = SessionUse {
            paymaster: options.paymaster.clone(),
            ..SessionUse::new(call.clone(), U256::ZERO)
        };
        let claims = self.session.claims_at(&action, now);
        Ok(SessionAuthorizer {
            client: self,
            validator_data: self.session.validator_data(&claims),
        })
    }

    /// Everything installed on the account.
    async fn modules(&self) -> Result<Vec<Address>> {
        let directory = ERC7579Account::new(self.account, self.chain.provider());
        let limit = U256::from(MODULE_LIMIT);
        let mut modules = Vec::new();
        for module_type in MODULE_TYPES {
            let page = directory.listModules(U256::from(module_type), Address::ZERO, limit);
            modules.extend(page.call().await?.modules);
        }
        Ok(modules)
    }
}

impl fmt::Debug for SessionClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionClient")
            .field("account", &self.account)
            .field("signer", &self.session.spec.signer)
            .finish_non_exhaustive()
    }
}

/// Authorises one call of a session.
struct SessionAuthorizer<'a> {
    client: &'a SessionClient,
    validator_data: Bytes,
}

impl SessionAuthorizer<'_> {
    fn envelope(&self, signature: Bytes) -> Bytes {
        let validator = self.client.suite.session_key_validator;
        encode_signature(signature, validator, self.validator_data.clone())
    }
}

#[async_trait]
impl Authorizer for SessionAuthorizer<'_> {
    fn sender(&self) -> Address {
        self.client.account
    }

    fn placeholder(&self) -> Option<Bytes> {
        Some(self.envelope(self.client.key.placeholder()))
    }

    /// None: the validator does all its work before it says that a signature is wrong.
    fn extra_gas(&self) -> u64 {
        0
    }

    async fn authorize(&self, hash: B256) -> Result<Authorization> {
        let signature = self.client.key.sign(hash).await;
        let signature = signature.map_err(Error::SessionSigning)?;
        Ok(Authorization::Custom(self.envelope(signature)))
    }
}

/// The call by which an account opens a session.
pub(crate) fn creation_call(suite: &Suite, session: &Session) -> Call {
    let spec = session.spec.clone();
    match &session.options {
        None => {
            let call = SessionKeyValidator::createSessionCall { sessionSpec: spec };
            Call::function(suite.session_key_validator, &call)
        }
        Some(options) => {
            let call = SessionKeyValidator::createSessionWithOptionsCall {
                sessionSpec: spec,
                options: options.clone(),
            };
            Call::function(suite.session_key_validator, &call)
        }
    }
}

/// What the chain keeps about a session.
pub(crate) async fn record(
    chain: &Chain,
    suite: &Suite,
    account: Address,
    session: &Session,
) -> Result<SessionRecord> {
    let validator = SessionKeyValidator::new(suite.session_key_validator, chain.provider());
    let count = U256::from(session.trackers());
    let answer = validator.sessionRecord(account, session.hash(), count);
    let answer = answer.call().await?;
    Ok(SessionRecord {
        status: Status::try_from(answer.status)?,
        head: answer.head,
        trackers: answer.trackers,
    })
}

/// The call by which anybody has an account execute a transaction that was signed for it.
fn outside_call(account: Address, transaction: ERC7579Account::Transaction) -> Call {
    let call = ERC7579Account::executeTransactionFromOutsideCall { transaction };
    Call::function(account, &call)
}

/// A signed transaction in the form in which contracts see it.
fn encoded_for_accounts(
    transaction: TxEip712,
    authorization: Authorization,
) -> Result<ERC7579Account::Transaction> {
    let word = |address: Address| U256::from_be_slice(address.as_slice());
    let meta = transaction.eip712_meta.unwrap_or_default();
    let paymaster = meta.paymaster_params.unwrap_or_default();
    let hashes = meta.factory_deps.iter().map(|code| bytecode_hash(code));
    let signature = match authorization {
        Authorization::Ecdsa(signature) => signature.as_bytes().into(),
        Authorization::Custom(signature) => signature,
    };
    Ok(ERC7579Account::Transaction {
        txType: U256::from(EIP712_TYPE),
        from: word(transaction.from),
        to: word(transaction.to),
        gasLimit: U256::from(transaction.gas),
        gasPerPubdataByteLimit: meta.gas_per_pubdata,
        maxFeePerGas: U256::from(transaction.max_fee_per_gas),
        maxPriorityFeePerGas: U256::from(transaction.max_priority_fee_per_gas),
        paymaster: word(paymaster.paymaster),
        nonce: transaction.nonce,
        value: transaction.value,
        reserved: [U256::ZERO; 4],
        data: transaction.input,
        signature,
        factoryDeps: hashes.collect::<std::result::Result<_, _>>()?,
        paymasterInput: paymaster.paymaster_input,
        reservedDynamic: Bytes::new(),
    })
}
