//! Raw transactions that are not what they should be.

use alloy::primitives::{Bytes, U256};
use serde_json::{Value, json};

use crate::support::{Bench, Draft, eth_transfer, fresh, signer};

async fn refused(bench: &Bench, raw: &[u8]) -> String {
    let error = bench.send(&Bytes::copy_from_slice(raw)).await.unwrap_err();
    assert_eq!(error.code, -32602, "{error}");
    error.message.to_string()
}

#[tokio::test]
async fn truncated_and_padded_transactions_are_refused() {
    let bench = Bench::start();
    let sender = signer(1);
    let draft = Draft::new(sender.address(), fresh("a"));
    let mut raws = vec![draft.sign(&sender)];
    raws.extend([0, 1, 2].map(|tx_type| eth_transfer(tx_type, &sender, 0, fresh("a"))));
    for raw in raws {
        for length in 0..raw.len() {
            refused(&bench, &raw[..length]).await;
        }
        let padded = [&raw[..], &[0]].concat();
        let message = refused(&bench, &padded).await;
        assert_eq!(message, "malformed transaction: 1 bytes after its end");
    }
    assert_eq!(bench.head().await["number"], "0x0");
}

/// The official decoder reads some damaged optional fields as absent ones; what the signature covers is then still the same.
#[tokio::test]
async fn flipped_bits_never_change_what_was_signed() {
    let bench = Bench::start();
    let sender = signer(1);
    let raw = Draft::new(sender.address(), fresh("a")).sign(&sender);
    let snapshot: Value = bench.ask("evm_snapshot", json!([])).await.unwrap();
    let hash = bench.send(&raw).await.unwrap();
    let mut id = snapshot;
    for index in 0..raw.len() {
        assert!(bench.ask::<bool>("evm_revert", json!([id])).await.unwrap());
        id = bench.ask("evm_snapshot", json!([])).await.unwrap();
        let mut damaged = raw.to_vec();
        damaged[index] ^= 1 << (index % 8);
        if let Ok(accepted) = bench.send(&damaged.into()).await {
            assert_eq!(accepted, hash, "byte {index}");
        }
    }
}

#[tokio::test]
async fn other_chains_transactions_are_refused() {
    let bench = Bench::start();
    let sender = signer(1);
    for chain in [0, 1, 261, u64::MAX] {
        let raw = Draft::new(sender.address(), fresh("a"))
            .chain(chain)
            .sign(&sender);
        refused(&bench, &raw).await;
    }
}

#[tokio::test]
async fn absurd_fields_are_refused_and_the_node_lives_on() {
    let bench = Bench::start();
    let sender = signer(1);
    let draft = Draft::new(sender.address(), fresh("a"));
    let absurd = [
        draft.clone().value(U256::MAX),
        draft.clone().gas(u64::MAX),
        draft.clone().max_fee(u128::MAX),
        draft.clone().nonce(u64::MAX),
        draft.clone().gas_per_pubdata(0),
        draft.clone().gas_per_pubdata(u64::MAX).gas(0),
    ];
    for (index, draft) in absurd.into_iter().enumerate() {
        assert!(
            bench.send(&draft.sign(&sender)).await.is_err(),
            "case {index}"
        );
    }
    let receipt = bench.mined(&draft.sign(&sender)).await;
    assert_eq!(receipt["status"], "0x1");
}
