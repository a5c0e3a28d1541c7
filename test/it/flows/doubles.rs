//! Other parties of sessions: paymasters, kinds of keys, protocol versions.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::Provider;
use alloy::sol_types::SolValue;
use async_trait::async_trait;
use serde_json::Value;
use zksso_bindings::{ACCOUNT_CODE_STORAGE_ADDRESS, ERC7579Account, NONCE_HOLDER_ADDRESS};
use zksso_client::{BoxError, Receipt, SendOptions, SessionClient, SessionKey};
use zksso_core::{
    Call, Claims, bytecode_hash, encode_signature, erc7913_signature, erc7913_signer,
    erc7913_signer_address,
};
use zksso_deployer::{Plan, execute};
use zksso_testkit::{World, contract_code, ether};

/// Deploys a contract without constructor arguments.
pub(super) async fn deploy(world: &World, name: &str, salt: u8) -> eyre::Result<Address> {
    let wallet = world.backend.wallet();
    let mut plan = Plan::new(wallet.address(), B256::repeat_byte(salt));
    let address = plan.add(contract_code(name)?, ())?;
    execute(&plan, wallet, |_| {}).await?;
    Ok(address)
}

/// A paymaster with funds that pays for everybody.
pub(super) async fn open_paymaster(world: &World) -> eyre::Result<Address> {
    let paymaster = deploy(world, "OpenPaymaster", 0).await?;
    world.backend.wallet().transfer(paymaster, ether(1)).await?;
    Ok(paymaster)
}

/// Puts keyed nonces where the chain's protocol version has none. False, with a word to the reader, where that is impossible.
pub(super) async fn add_keyed_nonces(world: &World) -> eyre::Result<bool> {
    let wallet = world.backend.wallet();
    let chain = wallet.chain();
    if chain
        .next_nonce(wallet.address(), U256::from(1))
        .await
        .is_ok()
    {
        return Ok(true);
    }
    let code = contract_code("KeyedNonceHolder")?.bytecode;
    let hash = bytecode_hash(&code)?;
    deploy(world, "KeyedNonceHolder", 0).await?;
    let slot = U256::from_be_slice(NONCE_HOLDER_ADDRESS.as_slice());
    let replaced = chain.provider().raw_request::<_, Value>(
        "anvil_setStorageAt".into(),
        (ACCOUNT_CODE_STORAGE_ADDRESS, slot, hash),
    );
    if replaced.await.is_err() {
        let name = world.backend.name();
        eprintln!("SKIPPED on {name}: it has no keyed nonces");
        return Ok(false);
    }
    Ok(true)
}

/// Has the wallet hand over a transaction of a session with other claims about the time than the right ones, which nobody signs.
pub(super) async fn relay_claiming(
    world: &World,
    client: &SessionClient,
    call: &Call,
    claims: &Claims,
) -> zksso_client::Result<Receipt> {
    let options = SendOptions::default();
    let mut transaction = client.relayed_transaction(call, &options).await?;
    let envelope = <(Bytes, Address, Bytes)>::abi_decode_params(&transaction.signature);
    let (signature, validator, _) = envelope.expect("the client encodes it");
    let data = client.session().validator_data(claims);
    transaction.signature = encode_signature(signature, validator, data);
    relay(world, client.account(), transaction).await
}

/// Has the wallet hand over a transaction.
pub(super) async fn relay(
    world: &World,
    account: Address,
    transaction: ERC7579Account::Transaction,
) -> zksso_client::Result<Receipt> {
    let call = ERC7579Account::executeTransactionFromOutsideCall { transaction };
    let wallet = world.backend.wallet();
    wallet.send(&Call::function(account, &call)).await
}

/// A session key that answers with fixed bytes, under whatever address.
pub(super) struct FixedKey {
    pub(super) address: Address,
    pub(super) signature: Bytes,
}

#[async_trait]
impl SessionKey for FixedKey {
    fn address(&self) -> Address {
        self.address
    }

    fn placeholder(&self) -> Bytes {
        self.signature.clone()
    }

    async fn sign(&self, _hash: B256) -> Result<Bytes, BoxError> {
        Ok(self.signature.clone())
    }
}

/// A session key of the kind that `PrefixVerifier` verifies.
pub(super) struct PrefixKey {
    verifier_and_key: Bytes,
}

impl PrefixKey {
    pub(super) fn new(verifier: Address, key: &[u8]) -> Self {
        Self {
            verifier_and_key: erc7913_signer(verifier, key),
        }
    }
}

#[async_trait]
impl SessionKey for PrefixKey {
    fn address(&self) -> Address {
        erc7913_signer_address(&self.verifier_and_key)
    }

    fn placeholder(&self) -> Bytes {
        erc7913_signature(
            self.verifier_and_key.clone(),
            [&self.verifier_and_key[20..], &[0; 32]].concat().into(),
        )
    }

    async fn sign(&self, hash: B256) -> Result<Bytes, BoxError> {
        let key = &self.verifier_and_key[20..];
        let signature = [key, hash.as_slice()].concat();
        Ok(erc7913_signature(
            self.verifier_and_key.clone(),
            signature.into(),
        ))
    }
}
