//! Raw transactions that are not what they should be.

use alloy::primitives::{Bytes, U256};

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

#[tokio::test]
async fn flipped_bits_never_reach_the_chain_as_the_senders() {
    let bench = Bench::start();
    let sender = signer(1);
    let raw = Draft::new(sender.address(), fresh("a")).sign(&sender);
    for index in 0..raw.len() {
        let mut damaged = raw.to_vec();
        damaged[index] ^= 1 << (index % 8);
        bench.send(&damaged.into()).await.unwrap_err();
    }
    assert_eq!(bench.nonce(sender.address()).await, 0);
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
        draft.clone().dependency(&[1, 2, 3]),
        draft.clone().dependency(&[0; 64]),
        draft.clone().data(vec![0; 1 << 20]),
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
