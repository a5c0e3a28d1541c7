//! The decoder against alloy's: what both accept, both understand in the same way.

use alloy::{
    consensus::{
        SignableTransaction, Transaction as _, TxEip1559, TxEip2930, TxEnvelope as EthEnvelope,
        TxLegacy, transaction::SignerRecoverable,
    },
    eips::eip2718::Encodable2718,
    network::TxSignerSync,
    primitives::{Address, Bytes, Signature, U256, keccak256},
    signers::local::PrivateKeySigner,
};
use alloy_zksync::network::{
    tx_envelope::TxEnvelope as ZkEnvelope,
    unsigned_tx::eip712::{Eip712Meta, PaymasterParams, TxEip712},
};
use proptest::{collection::vec, prelude::*, sample::Index, test_runner::Config};

use super::*;

/// Transactions of a normal run; `ZKSSO_FUZZ_TRANSACTIONS` asks for more.
const CASES: u32 = 1_000;
const CHAIN: u64 = 260;

fn config() -> Config {
    let text = std::env::var("ZKSSO_FUZZ_TRANSACTIONS").ok();
    let cases = text.and_then(|text| text.parse().ok()).unwrap_or(CASES);
    Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    }
}

/// What a transaction says, apart from its type.
#[derive(Clone, Debug)]
struct Content {
    nonce: u32,
    gas: u64,
    fee: u64,
    to: Address,
    value: U256,
    data: Vec<u8>,
    dependencies: usize,
    custom_signature: Option<Vec<u8>>,
    paymaster: Option<(Address, Vec<u8>)>,
}

prop_compose! {
    fn content()(
        (nonce, gas, fee) in any::<(u32, u64, u64)>(),
        to in any::<[u8; 20]>(),
        value in any::<u128>(),
        data in vec(any::<u8>(), 0..100),
        dependencies in 0_usize..3,
        custom_signature in proptest::option::of(vec(any::<u8>(), 1..80)),
        paymaster in proptest::option::of((any::<[u8; 20]>(), vec(any::<u8>(), 0..40))),
    ) -> Content {
        Content {
            nonce,
            gas,
            fee,
            to: to.into(),
            value: U256::from(value),
            data,
            dependencies,
            custom_signature,
            paymaster: paymaster.map(|(address, input)| (address.into(), input)),
        }
    }
}

fn key() -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&keccak256("decode")).unwrap()
}

fn signed<T: SignableTransaction<Signature>>(mut tx: T) -> EthEnvelope
where
    EthEnvelope: From<alloy::consensus::Signed<T>>,
{
    let signature = key().sign_transaction_sync(&mut tx).unwrap();
    tx.into_signed(signature).into()
}

/// An encoded transaction of type 0, 1, 2 or 113.
fn encode(tx_type: u8, content: &Content) -> Vec<u8> {
    let (nonce, gas_limit) = (u64::from(content.nonce), content.gas);
    let (to, value) = (content.to.into(), content.value);
    let input = Bytes::from(content.data.clone());
    let fee = u128::from(content.fee);
    match tx_type {
        0 => signed(TxLegacy {
            chain_id: Some(CHAIN),
            nonce,
            gas_price: fee,
            gas_limit,
            to,
            value,
            input,
        })
        .encoded_2718(),
        1 => signed(TxEip2930 {
            chain_id: CHAIN,
            nonce,
            gas_price: fee,
            gas_limit,
            to,
            value,
            input,
            ..TxEip2930::default()
        })
        .encoded_2718(),
        2 => signed(TxEip1559 {
            chain_id: CHAIN,
            nonce,
            max_fee_per_gas: fee,
            gas_limit,
            to,
            value,
            input,
            ..TxEip1559::default()
        })
        .encoded_2718(),
        _ => encode_eip712(content),
    }
}

fn encode_eip712(content: &Content) -> Vec<u8> {
    let code = |seed: usize| Bytes::from(vec![u8::try_from(seed).unwrap(); 32 * (2 * seed + 1)]);
    let paymaster = content.paymaster.clone();
    let mut tx = TxEip712 {
        chain_id: CHAIN,
        nonce: U256::from(content.nonce),
        gas: content.gas,
        max_fee_per_gas: u128::from(content.fee),
        max_priority_fee_per_gas: 0,
        to: content.to,
        from: key().address(),
        value: content.value,
        input: content.data.clone().into(),
        eip712_meta: Some(Eip712Meta {
            gas_per_pubdata: U256::from(50_000),
            factory_deps: (0..content.dependencies).map(code).collect(),
            custom_signature: content.custom_signature.clone().map(Bytes::from),
            paymaster_params: paymaster.map(|(paymaster, input)| PaymasterParams {
                paymaster,
                paymaster_input: input.into(),
            }),
        }),
    };
    let signature = key().sign_transaction_sync(&mut tx).unwrap();
    ZkEnvelope::Eip712(tx.into_signed(signature)).encoded_2718()
}

fn chain() -> L2ChainId {
    L2ChainId::from(u32::try_from(CHAIN).unwrap())
}

/// Compares a decoded transaction of an Ethereum type with what alloy reads.
fn agrees_with_alloy(raw: &[u8], tx: &L2Tx) {
    let alloy = EthEnvelope::decode_2718_exact(raw);
    let alloy = alloy.unwrap_or_else(|error| panic!("only we accept {raw:02x?}: {error}"));
    assert_eq!(tx.hash().0, alloy.tx_hash().0);
    let sender = convert::to_address(tx.initiator_account());
    assert_eq!(sender, alloy.recover_signer().unwrap());
    assert_eq!(u64::from(tx.nonce().0), alloy.nonce());
    assert_eq!(tx.recipient_account().map(convert::to_address), alloy.to());
    assert_eq!(convert::to_u256(tx.execute.value), alloy.value());
    assert_eq!(tx.execute.calldata, alloy.input().to_vec());
    let fee = &tx.common_data.fee;
    assert_eq!(
        convert::to_u256(fee.gas_limit),
        U256::from(alloy.gas_limit())
    );
    let max_fee = U256::from(alloy.max_fee_per_gas());
    assert_eq!(convert::to_u256(fee.max_fee_per_gas), max_fee);
    assert_eq!(alloy.chain_id().unwrap_or(CHAIN), CHAIN);
}

/// The same for type 113, whose optional fields the official decoder reads as absent when they are damaged: the signature still
/// covers what is executed, because the hash that it signs is that of the fields as they were read.
fn agrees_with_alloy_zksync(raw: &[u8], tx: &L2Tx) {
    let Ok(ZkEnvelope::Eip712(alloy)) = ZkEnvelope::decode_2718_exact(raw) else {
        return;
    };
    let alloy = alloy.tx();
    assert_eq!(convert::to_address(tx.initiator_account()), alloy.from);
    assert_eq!(U256::from(tx.nonce().0), alloy.nonce);
    assert_eq!(convert::to_u256(tx.execute.value), alloy.value);
    assert_eq!(tx.execute.calldata, alloy.input.to_vec());
    let gas_limit = convert::to_u256(tx.common_data.fee.gas_limit);
    assert_eq!(gas_limit, U256::from(alloy.gas));
    let meta = alloy.eip712_meta.clone().unwrap_or_default();
    let dependencies: Vec<_> = meta.factory_deps.iter().map(|code| code.to_vec()).collect();
    assert_eq!(tx.execute.factory_deps, dependencies);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn valid_transactions_are_read_as_alloy_reads_them(
        tx_type in prop::sample::select(vec![0_u8, 1, 2, 113]),
        content in content(),
    ) {
        let raw = encode(tx_type, &content);
        let tx = decode(&raw, chain()).unwrap();
        assert_eq!(tx.common_data.transaction_type as u8, tx_type);
        assert_eq!(tx.common_data.input.as_ref().map(|input| &input.data), Some(&raw));
        if tx_type == 113 {
            agrees_with_alloy_zksync(&raw, &tx);
            let expected = content.custom_signature.clone();
            if let Some(signature) = expected {
                assert_eq!(tx.common_data.signature, signature);
            }
        } else {
            agrees_with_alloy(&raw, &tx);
        }
    }

    #[test]
    fn changed_transactions_are_refused_or_read_as_alloy_reads_them(
        tx_type in prop::sample::select(vec![0_u8, 1, 2, 113]),
        content in content(),
        changes in vec((any::<Index>(), 0_usize..4, vec(any::<u8>(), 0..4)), 1..4),
    ) {
        let mut raw = encode(tx_type, &content);
        for (at, cut, bytes) in changes {
            let at = at.index(raw.len() + 1);
            let end = (at + cut).min(raw.len());
            raw.splice(at..end, bytes);
        }
        if let Ok(tx) = decode(&raw, chain()) {
            if tx.common_data.transaction_type as u8 == 113 {
                agrees_with_alloy_zksync(&raw, &tx);
            } else {
                agrees_with_alloy(&raw, &tx);
            }
        }
    }

    #[test]
    fn bytes_that_are_no_transaction_are_refused(raw in vec(any::<u8>(), 0..200)) {
        assert!(decode(&raw, chain()).is_err());
    }
}
