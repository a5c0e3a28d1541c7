//! A node with a client, and shorthand for building transactions.

use alloy::{
    consensus::{
        SignableTransaction, Signed, TxEip1559, TxEip2930, TxEnvelope as EthEnvelope, TxLegacy,
    },
    eips::eip2718::Encodable2718,
    network::TxSignerSync,
    primitives::{Address, B256, Bytes, Signature, U256, address, keccak256, uint},
    rpc::{client::RpcClient, json_rpc::ErrorPayload},
    signers::{SignerSync, local::PrivateKeySigner},
    sol,
    sol_types::SolCall,
};
use alloy_zksync::network::{
    tx_envelope::TxEnvelope,
    unsigned_tx::eip712::{Eip712Meta, PaymasterParams, TxEip712},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use zksso_codegen::Options;
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS};

pub(crate) const DEPLOYER: Address = address!("0000000000000000000000000000000000008006");
pub(crate) const GAS: u64 = 20_000_000;
/// Genesis time of the benches, so that tests can name times.
pub(crate) const GENESIS: u64 = 1_800_000_000;

sol! {
    function create(bytes32 salt, bytes32 bytecodeHash, bytes input) returns (address);
    function create2Account(bytes32 salt, bytes32 bytecodeHash, bytes input, uint8 version) returns (address);
}

/// A running node.
pub(crate) struct Bench {
    pub(crate) node: Node,
    client: RpcClient,
}

/// An answer, or the error object.
pub(crate) type Answer<T> = Result<T, ErrorPayload>;

impl Bench {
    pub(crate) fn start() -> Self {
        Self::with(NodeConfig::default())
    }

    pub(crate) fn with(config: NodeConfig) -> Self {
        let config = config.with_genesis_timestamp(GENESIS);
        Self::of(Node::start(config.with_compared_drivers(true)).unwrap())
    }

    pub(crate) fn of(node: Node) -> Self {
        let client = RpcClient::new(node.transport(), true);
        Self { node, client }
    }

    pub(crate) async fn ask<T: DeserializeOwned>(&self, method: &str, params: Value) -> Answer<T> {
        let answer: Result<Value, _> = self.client.request(method.to_owned(), params).await;
        match answer {
            Ok(value) => Ok(serde_json::from_value(value).unwrap()),
            Err(error) => Err(error.as_error_resp().cloned().unwrap()),
        }
    }

    pub(crate) async fn send(&self, raw: &Bytes) -> Answer<B256> {
        self.ask("eth_sendRawTransaction", json!([raw])).await
    }

    pub(crate) async fn receipt(&self, hash: B256) -> Value {
        self.ask("eth_getTransactionReceipt", json!([hash]))
            .await
            .unwrap()
    }

    /// Sends and returns the receipt of a transaction that must be accepted.
    pub(crate) async fn mined(&self, raw: &Bytes) -> Value {
        let hash = self.send(raw).await.unwrap();
        self.receipt(hash).await
    }

    pub(crate) async fn nonce(&self, account: Address) -> u64 {
        let nonce: U256 = self
            .ask("eth_getTransactionCount", json!([account, "latest"]))
            .await
            .unwrap();
        nonce.to()
    }

    pub(crate) async fn balance(&self, account: Address) -> U256 {
        self.ask("eth_getBalance", json!([account, "latest"]))
            .await
            .unwrap()
    }

    pub(crate) async fn head(&self) -> Value {
        self.ask("eth_getBlockByNumber", json!(["latest", false]))
            .await
            .unwrap()
    }

    /// What somebody would notice of a change: the head, the pool, time, prices, accounts and storage.
    pub(crate) async fn digest(&self) -> Vec<Value> {
        let accounts = [signer(0), signer(1)].map(|key| key.address());
        let accounts = accounts.into_iter().chain([fresh("a"), DEPLOYER]);
        let mut questions = vec![
            ("eth_getBlockByNumber", json!(["latest", true])),
            ("txpool_content", json!([])),
            ("config_getCurrentTimestamp", json!([])),
            ("eth_gasPrice", json!([])),
        ];
        for account in accounts {
            questions.push(("eth_getBalance", json!([account, "latest"])));
            questions.push(("eth_getTransactionCount", json!([account, "pending"])));
            questions.push(("eth_getStorageAt", json!([account, "0x0", "latest"])));
        }
        let mut digest = Vec::new();
        for (method, params) in questions {
            digest.push(self.ask(method, params).await.unwrap());
        }
        digest
    }

    pub(crate) async fn call(&self, to: Address, data: Bytes) -> Answer<Bytes> {
        self.ask("eth_call", json!([{ "to": to, "data": data }]))
            .await
    }

    /// Deploys with `create` and returns the address.
    pub(crate) async fn deploy(&self, code: &[u8], constructor: &[u8]) -> Address {
        let owner = signer(0);
        let call = createCall {
            salt: B256::ZERO,
            bytecodeHash: zksso_eravm::bytecode_hash(code).unwrap(),
            input: constructor.to_vec().into(),
        };
        let tx = Draft::new(owner.address(), DEPLOYER)
            .nonce(self.nonce(owner.address()).await)
            .data(call.abi_encode())
            .dependency(code);
        let receipt = self.mined(&tx.sign(&owner)).await;
        assert_eq!(receipt["status"], "0x1", "{receipt}");
        serde_json::from_value(receipt["contractAddress"].clone()).unwrap()
    }

    /// Deploys the test account and funds it.
    pub(crate) async fn deploy_account(&self) -> Address {
        let owner = signer(0);
        let code = contract("Account", include_str!("contracts/account.yul"));
        let call = create2AccountCall {
            salt: B256::ZERO,
            bytecodeHash: zksso_eravm::bytecode_hash(&code).unwrap(),
            input: Bytes::new(),
            version: 1,
        };
        let tx = Draft::new(owner.address(), DEPLOYER)
            .nonce(self.nonce(owner.address()).await)
            .data(call.abi_encode())
            .dependency(&code);
        let receipt = self.mined(&tx.sign(&owner)).await;
        assert_eq!(receipt["status"], "0x1", "{receipt}");
        let account = serde_json::from_value(receipt["contractAddress"].clone()).unwrap();
        let funds = json!([account, ether(10)]);
        self.ask::<bool>("anvil_setBalance", funds).await.unwrap();
        account
    }

    pub(crate) async fn deploy_counter(&self) -> Address {
        self.deploy(&counter(), &[]).await
    }
}

pub(crate) fn counter() -> Vec<u8> {
    contract("Counter", include_str!("contracts/counter.yul"))
}

pub(crate) fn contract(name: &str, yul: &str) -> Vec<u8> {
    let options = Options {
        enable_eravm_extensions: true,
        ..Options::default()
    };
    let output = zksso_codegen::compile(name, yul, &options).unwrap_or_else(|e| panic!("{e}"));
    output.root().unwrap().bytecode.clone()
}

pub(crate) fn signer(index: usize) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&RICH_ACCOUNTS[index].private_key).unwrap()
}

pub(crate) fn ether(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

/// Calldata of the counter: four bytes that choose the method, and one word.
pub(crate) fn method(selector: u8, argument: u64) -> Bytes {
    let mut data = vec![0, 0, 0, selector];
    data.extend(U256::from(argument).to_be_bytes::<32>());
    data.into()
}

/// An unsigned transaction of type 113.
#[derive(Clone)]
pub(crate) struct Draft(TxEip712);

impl Draft {
    pub(crate) fn new(from: Address, to: Address) -> Self {
        Self(TxEip712 {
            chain_id: 260,
            gas: GAS,
            max_fee_per_gas: 100_000_000,
            to,
            from,
            eip712_meta: Some(Eip712Meta {
                gas_per_pubdata: U256::from(50_000),
                ..Eip712Meta::default()
            }),
            ..TxEip712::default()
        })
    }

    pub(crate) fn nonce(mut self, nonce: u64) -> Self {
        self.0.nonce = U256::from(nonce);
        self
    }

    pub(crate) fn value(mut self, wei: U256) -> Self {
        self.0.value = wei;
        self
    }

    pub(crate) fn gas(mut self, gas: u64) -> Self {
        self.0.gas = gas;
        self
    }

    pub(crate) fn max_fee(mut self, wei: u128) -> Self {
        self.0.max_fee_per_gas = wei;
        self
    }

    pub(crate) fn chain(mut self, id: u64) -> Self {
        self.0.chain_id = id;
        self
    }

    pub(crate) fn data(mut self, data: impl Into<Bytes>) -> Self {
        self.0.input = data.into();
        self
    }

    pub(crate) fn dependency(mut self, code: &[u8]) -> Self {
        self.meta().factory_deps.push(code.to_vec().into());
        self
    }

    pub(crate) fn paymaster(mut self, paymaster: Address) -> Self {
        self.meta().paymaster_params = Some(PaymasterParams {
            paymaster,
            paymaster_input: Bytes::new(),
        });
        self
    }

    pub(crate) fn gas_per_pubdata(mut self, limit: u64) -> Self {
        self.meta().gas_per_pubdata = U256::from(limit);
        self
    }

    fn meta(&mut self) -> &mut Eip712Meta {
        self.0.eip712_meta.get_or_insert_default()
    }

    pub(crate) fn sign(mut self, key: &PrivateKeySigner) -> Bytes {
        let signature = key.sign_transaction_sync(&mut self.0).unwrap();
        encode(self.0.into_signed(signature))
    }

    /// Signs with a key that need not be the sender's.
    pub(crate) fn sign_as(self, key: &PrivateKeySigner) -> Bytes {
        let signature = key.sign_hash_sync(&self.0.signature_hash()).unwrap();
        encode(self.0.into_signed(signature))
    }

    /// Signs with the higher of the two values of `s`.
    pub(crate) fn sign_high(self, key: &PrivateKeySigner) -> Bytes {
        const ORDER: U256 =
            uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);
        let low = key.sign_hash_sync(&self.0.signature_hash()).unwrap();
        let high = Signature::new(low.r(), ORDER - low.s(), !low.v());
        encode(self.0.into_signed(high))
    }

    /// Signs with the test account's language: what validation does, and two words.
    pub(crate) fn behave(mut self, behaviour: u8, first: U256, second: U256) -> Bytes {
        let mut signature = vec![behaviour];
        signature.extend(first.to_be_bytes::<32>());
        signature.extend(second.to_be_bytes::<32>());
        self.meta().custom_signature = Some(signature.into());
        encode(self.0.into_signed(Signature::test_signature()))
    }
}

fn encode(signed: Signed<TxEip712>) -> Bytes {
    TxEnvelope::Eip712(signed).encoded_2718().into()
}

/// A signed transfer of type 0, 1 or 2.
pub(crate) fn eth_transfer(tx_type: u8, key: &PrivateKeySigner, nonce: u64, to: Address) -> Bytes {
    let value = ether(1);
    let (chain_id, gas_limit, fee) = (260, 2_000_000, 100_000_000);
    let envelope = match tx_type {
        0 => {
            let mut tx = TxLegacy {
                chain_id: Some(chain_id),
                nonce,
                gas_price: fee,
                gas_limit,
                to: to.into(),
                value,
                input: Bytes::new(),
            };
            let signature = key.sign_transaction_sync(&mut tx).unwrap();
            EthEnvelope::Legacy(tx.into_signed(signature))
        }
        1 => {
            let mut tx = TxEip2930 {
                chain_id,
                nonce,
                gas_price: fee,
                gas_limit,
                to: to.into(),
                value,
                ..TxEip2930::default()
            };
            let signature = key.sign_transaction_sync(&mut tx).unwrap();
            EthEnvelope::Eip2930(tx.into_signed(signature))
        }
        _ => {
            let mut tx = TxEip1559 {
                chain_id,
                nonce,
                max_fee_per_gas: fee,
                gas_limit,
                to: to.into(),
                value,
                ..TxEip1559::default()
            };
            let signature = key.sign_transaction_sync(&mut tx).unwrap();
            EthEnvelope::Eip1559(tx.into_signed(signature))
        }
    };
    envelope.encoded_2718().into()
}

/// An address nobody has used.
pub(crate) fn fresh(name: &str) -> Address {
    Address::from_word(keccak256(name))
}

/// A number that the environment may set.
pub(crate) fn variable(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}
