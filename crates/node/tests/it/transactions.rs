//! Transfers, their receipts, and the mistakes a sender can make.

use alloy::{
    eips::eip2718::Encodable2718,
    primitives::{Address, B256, U256},
};
use serde_json::{Value, json};
use zksso_node::NodeConfig;

use crate::support::{Bench, Draft, GENESIS, eth_transfer, ether, fresh, method, signer};

#[tokio::test]
async fn transfers_of_every_type_arrive_and_are_recorded() {
    let bench = Bench::start();
    let sender = signer(1);
    for (nonce, tx_type) in [0, 1, 2].into_iter().enumerate() {
        let to = fresh(&format!("type {tx_type}"));
        let raw = eth_transfer(tx_type, &sender, nonce as u64, to);
        let receipt = bench.mined(&raw).await;
        assert_eq!(receipt["status"], "0x1");
        assert_eq!(receipt["type"], format!("{tx_type:#x}"));
        assert_eq!(bench.balance(to).await, ether(1));
    }
    let to = fresh("type 113");
    let raw = Draft::new(sender.address(), to)
        .nonce(3)
        .value(ether(1))
        .sign(&sender);
    let receipt = bench.mined(&raw).await;
    assert_eq!(receipt["type"], "0x71");
    assert_eq!(receipt["blockNumber"], "0x4");
    assert_eq!(bench.balance(to).await, ether(1));
    assert_eq!(bench.nonce(sender.address()).await, 4);
}

#[tokio::test]
async fn transactions_are_shown_as_they_were_signed() {
    let bench = Bench::start();
    let sender = signer(1);
    for (nonce, tx_type) in [0, 1, 2].into_iter().enumerate() {
        let raw = eth_transfer(tx_type, &sender, nonce as u64, fresh("payee"));
        let hash = bench.send(&raw).await.unwrap();
        let shown: alloy::rpc::types::Transaction = bench
            .ask("eth_getTransactionByHash", json!([hash]))
            .await
            .unwrap();
        let envelope = shown.inner.inner();
        assert_eq!(envelope.encoded_2718(), raw, "type {tx_type}");
        assert_eq!(shown.inner.signer(), sender.address());
    }
}

#[tokio::test]
async fn the_sender_pays_the_value_and_exactly_the_recorded_gas() {
    let bench = Bench::start();
    let sender = signer(1);
    let before = bench.balance(sender.address()).await;
    let hash = bench
        .send(&eth_transfer(2, &sender, 0, fresh("payee")))
        .await
        .unwrap();
    let details = bench.node.transaction_details(hash).await.unwrap().unwrap();
    let fee = U256::from(details.gas_used) * U256::from(details.gas_price);
    assert_eq!(fee, details.fee);
    assert_eq!(
        before - bench.balance(sender.address()).await,
        ether(1) + fee
    );
    assert!(details.validation_gas > 0 && details.validation_gas < details.vm_gas);
    assert!(details.vm_gas < details.gas_used);
    let over_rpc: Value = bench
        .ask("zksso_getTransactionDetails", json!([hash]))
        .await
        .unwrap();
    assert_eq!(over_rpc, serde_json::to_value(&details).unwrap());
}

/// The gas of the two transfers that the protocol's own figures are known for, with our own KnownCodesStorage in between.
#[tokio::test]
async fn a_transfer_costs_what_it_costs_on_era() {
    let bench = Bench::start();
    let sender = signer(1);
    let hash = bench
        .send(&eth_transfer(2, &sender, 0, fresh("new")))
        .await
        .unwrap();
    let details = bench.node.transaction_details(hash).await.unwrap().unwrap();
    let deviation = details.vm_gas.abs_diff(119_970);
    assert!(deviation < 1_500, "computational gas {}", details.vm_gas);
    // Two slots of balances and one nonce, compressed.
    assert!((70..100).contains(&details.pubdata_bytes), "{details:?}");
}

#[tokio::test]
async fn wrong_nonces_are_refused_with_the_expected_one() {
    let bench = Bench::start();
    let sender = signer(1);
    bench
        .send(&eth_transfer(2, &sender, 0, fresh("a")))
        .await
        .unwrap();
    let low = bench
        .send(&eth_transfer(2, &sender, 0, fresh("b")))
        .await
        .unwrap_err();
    assert_eq!(low.code, -32000);
    assert!(
        low.message.starts_with("nonce too low: the next nonce of"),
        "{low}"
    );
    let high = bench
        .send(&eth_transfer(2, &sender, 52, fresh("b")))
        .await
        .unwrap_err();
    assert!(
        high.message.contains("is 1, the transaction has 52"),
        "{high}"
    );
    assert_eq!(bench.head().await["number"], "0x1");
}

#[tokio::test]
async fn a_known_transaction_is_refused() {
    let bench = Bench::start();
    let raw = eth_transfer(2, &signer(1), 0, fresh("a"));
    let hash = bench.send(&raw).await.unwrap();
    let error = bench.send(&raw).await.unwrap_err();
    assert_eq!(
        error.message,
        format!("transaction {hash} is already known")
    );
}

#[tokio::test]
async fn fees_and_funds_are_checked_before_running() {
    let bench = Bench::with(NodeConfig::default().with_balance(fresh("poor"), U256::ONE));
    let sender = signer(1);
    let draft = Draft::new(sender.address(), fresh("a"));
    let refused = async |draft: Draft| {
        bench
            .send(&draft.sign(&sender))
            .await
            .unwrap_err()
            .message
            .to_string()
    };
    let message = refused(draft.clone().max_fee(1)).await;
    assert_eq!(
        message,
        "max fee per gas too low: the base fee is 45250000 wei, the transaction allows 1"
    );
    let message = refused(draft.clone().gas_per_pubdata(10)).await;
    assert_eq!(
        message,
        "gas per pubdata limit too low: a byte costs 100 gas, the transaction allows 10"
    );
    let message = refused(draft.clone().value(ether(1_000_001))).await;
    assert!(message.starts_with("insufficient funds: "), "{message}");
    let message = refused(draft.clone().gas(u64::from(u32::MAX) + 1)).await;
    assert_eq!(
        message,
        "gas limit 4294967296 is above the maximum of 4294967295"
    );
    let message = refused(draft.clone().gas(10_000)).await;
    assert!(!message.is_empty());
    assert_eq!(bench.balance(fresh("poor")).await, U256::ONE);
    assert_eq!(bench.nonce(sender.address()).await, 0);
}

#[tokio::test]
async fn a_signature_by_another_key_is_refused() {
    let bench = Bench::start();
    let raw = Draft::new(signer(1).address(), fresh("a")).sign(&signer(2));
    let error = bench.send(&raw).await.unwrap_err();
    assert_eq!(error.code, 3);
    assert!(error.message.starts_with("account validation"), "{error}");
    assert_eq!(bench.head().await["number"], "0x0");
}

#[tokio::test]
async fn a_reverting_transaction_is_a_block_with_its_revert_data() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let sender = signer(1);
    let raw = Draft::new(sender.address(), counter)
        .data(method(3, 7))
        .sign(&sender);
    let hash = bench.send(&raw).await.unwrap();
    assert_eq!(bench.receipt(hash).await["status"], "0x0");
    let details = bench.node.transaction_details(hash).await.unwrap().unwrap();
    assert!(!details.success);
    assert_eq!(details.output[..4], [0xde, 0xad, 0xbe, 0xef]);
    assert_eq!(details.output.len(), 36);
    let trace: Value = bench
        .ask(
            "debug_traceTransaction",
            json!([hash, { "tracer": "callTracer" }]),
        )
        .await
        .unwrap();
    assert_eq!(trace["output"], json!(details.output));
    assert_eq!(trace["gasUsed"], json!(U256::from(details.gas_used)));
}

#[tokio::test]
async fn revert_data_that_lies_about_its_length_survives() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let sender = signer(1);
    let raw = Draft::new(sender.address(), counter)
        .data(method(8, 0))
        .sign(&sender);
    // The VM crate panics on this data; the node answers with an error and lives on.
    let outcome = bench.send(&raw).await;
    assert!(outcome.is_ok() || outcome.unwrap_err().code == -32603);
    bench
        .mined(&eth_transfer(2, &signer(2), 0, fresh("after")))
        .await;
}

#[tokio::test]
async fn unknown_hashes_read_null() {
    let bench = Bench::start();
    for method in ["eth_getTransactionByHash", "eth_getTransactionReceipt"] {
        let answer: Value = bench.ask(method, json!([B256::ZERO])).await.unwrap();
        assert!(answer.is_null());
    }
    assert_eq!(
        bench.node.transaction_details(B256::ZERO).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn the_same_inputs_give_the_same_chain() {
    let run = async || {
        let bench = Bench::start();
        let counter = bench.deploy_counter().await;
        let sender = signer(1);
        let set = Draft::new(sender.address(), counter).data(method(1, 5));
        let receipt = bench.mined(&set.sign(&sender)).await;
        (receipt, bench.head().await)
    };
    let (first, second) = (run().await, run().await);
    assert_eq!(first, second);
    assert_eq!(first.1["timestamp"], format!("{:#x}", GENESIS + 2));
}

#[tokio::test]
async fn snapshots_bring_the_chain_back() {
    let bench = Bench::start();
    let sender = signer(1);
    bench.mined(&eth_transfer(2, &sender, 0, fresh("a"))).await;
    let head = bench.head().await;
    let id: Value = bench.ask("evm_snapshot", json!([])).await.unwrap();
    let raw = eth_transfer(2, &sender, 1, fresh("b"));
    let hash = bench.send(&raw).await.unwrap();
    bench
        .ask::<bool>("anvil_setBalance", json!([fresh("c"), "0x5"]))
        .await
        .unwrap();
    assert!(bench.ask::<bool>("evm_revert", json!([id])).await.unwrap());
    assert_eq!(bench.head().await, head);
    assert_eq!(bench.balance(fresh("b")).await, U256::ZERO);
    assert_eq!(bench.balance(fresh("c")).await, U256::ZERO);
    assert!(bench.receipt(hash).await.is_null());
    assert!(!bench.ask::<bool>("evm_revert", json!([id])).await.unwrap());
    assert_eq!(bench.send(&raw).await.unwrap(), hash);
}

#[tokio::test]
async fn past_balances_and_nonces_stay_readable() {
    let bench = Bench::start();
    let sender = signer(1);
    let to = fresh("a");
    for nonce in 0..3 {
        bench.mined(&eth_transfer(2, &sender, nonce, to)).await;
    }
    for block in 0..=3_u64 {
        let at = format!("{block:#x}");
        let balance: U256 = bench.ask("eth_getBalance", json!([to, at])).await.unwrap();
        let nonce: U256 = bench
            .ask("eth_getTransactionCount", json!([sender.address(), at]))
            .await
            .unwrap();
        assert_eq!(balance, ether(block));
        assert_eq!(nonce, U256::from(block));
    }
    let error = bench
        .ask::<U256>("eth_getBalance", json!([Address::ZERO, "0x4"]))
        .await
        .unwrap_err();
    assert_eq!(error.message, "block 4 does not exist: the latest is 3");
}
