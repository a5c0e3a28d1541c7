//! Waiting transactions, blocks of several, and when blocks are made.

use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U256};
use serde_json::{Value, json};
use zksso_node::{Mining, NodeConfig};

use crate::support::{Bench, Draft, GENESIS, eth_transfer, ether, fresh, method, signer};

async fn manual() -> Bench {
    Bench::with(NodeConfig::default().with_mining(Mining::Manual))
}

async fn mine(bench: &Bench) -> Value {
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    bench.head().await
}

fn hashes(block: &Value) -> Vec<B256> {
    serde_json::from_value(block["transactions"].clone()).unwrap()
}

/// Return data of the first call to `callee` in a trace.
fn output_of(trace: &Value, callee: Address) -> Option<Bytes> {
    if trace["input"] != "0x" && trace["to"] == json!(callee).as_str()?.to_lowercase() {
        let output: Bytes = serde_json::from_value(trace["output"].clone()).ok()?;
        if !output.is_empty() {
            return Some(output);
        }
    }
    let mut calls = trace["calls"].as_array()?.iter();
    calls.find_map(|call| output_of(call, callee))
}

async fn status(bench: &Bench) -> (Value, Value) {
    let status: Value = bench.ask("txpool_status", json!([])).await.unwrap();
    (status["pending"].clone(), status["queued"].clone())
}

#[tokio::test]
async fn several_transactions_make_one_block() {
    let bench = manual().await;
    let mut sent = Vec::new();
    for index in 1..4 {
        for nonce in 0..2 {
            let raw = eth_transfer(2, &signer(index), nonce, fresh("a"));
            sent.push(bench.send(&raw).await.unwrap());
        }
    }
    assert_eq!(bench.head().await["number"], "0x0");
    assert_eq!(bench.receipt(sent[0]).await, Value::Null);
    let block = mine(&bench).await;
    assert_eq!(block["number"], "0x1");
    assert_eq!(hashes(&block), sent);
    assert_eq!(bench.balance(fresh("a")).await, ether(6));
    let mut total = U256::ZERO;
    let mut logs = 0;
    for (index, hash) in sent.iter().enumerate() {
        let receipt = bench.receipt(*hash).await;
        let number =
            |name: &str| -> U256 { serde_json::from_value(receipt[name].clone()).unwrap() };
        assert_eq!(receipt["status"], "0x1", "{receipt}");
        assert_eq!(number("transactionIndex"), U256::from(index));
        total += number("gasUsed");
        assert_eq!(number("cumulativeGasUsed"), total);
        for log in receipt["logs"].as_array().unwrap() {
            assert_eq!(log["logIndex"], json!(format!("{logs:#x}")));
            assert_eq!(log["transactionIndex"], receipt["transactionIndex"]);
            logs += 1;
        }
    }
    let used: U256 = serde_json::from_value(block["gasUsed"].clone()).unwrap();
    assert_eq!(used, total);
    let range = json!([{ "fromBlock": "0x1", "toBlock": "0x1" }]);
    let found: Vec<Value> = bench.ask("eth_getLogs", range).await.unwrap();
    assert_eq!(found.len(), logs);
}

#[tokio::test]
async fn a_block_of_several_ends_in_the_same_state_as_blocks_of_one() {
    let (together, apart) = (manual().await, Bench::start());
    for bench in [&together, &apart] {
        for nonce in 0..3 {
            let raw = eth_transfer(2, &signer(1), nonce, fresh("a"));
            bench.send(&raw).await.unwrap();
        }
    }
    mine(&together).await;
    assert_eq!(together.head().await["number"], "0x1");
    assert_eq!(apart.head().await["number"], "0x3");
    let sender = signer(1).address();
    assert_eq!(together.nonce(sender).await, apart.nonce(sender).await);
    assert_eq!(
        together.balance(fresh("a")).await,
        apart.balance(fresh("a")).await
    );
}

#[tokio::test]
async fn each_transaction_of_a_block_is_traced_where_it_ran() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    bench
        .ask::<Value>("evm_setAutomine", json!([false]))
        .await
        .unwrap();
    let sender = signer(0);
    let first = bench.nonce(sender.address()).await;
    let mut sent = Vec::new();
    for (offset, data) in [method(1, 7), method(2, 0), method(3, 9)]
        .into_iter()
        .enumerate()
    {
        let draft = Draft::new(sender.address(), counter).nonce(first + offset as u64);
        sent.push(bench.send(&draft.data(data).sign(&sender)).await.unwrap());
    }
    mine(&bench).await;
    let trace = async |hash: B256| -> Value {
        bench
            .ask("debug_traceTransaction", json!([hash]))
            .await
            .unwrap()
    };
    // The second reads what the first has stored.
    let stored = output_of(&trace(sent[1]).await, counter).unwrap();
    assert_eq!(U256::from_be_slice(&stored), U256::from(7));
    assert_eq!(bench.receipt(sent[2]).await["status"], "0x0");
    assert!(!trace(sent[2]).await["revertReason"].is_null());
    for hash in sent {
        let trace = trace(hash).await;
        assert_eq!(
            trace["gasUsed"],
            bench.receipt(hash).await["gasUsed"],
            "as when it ran"
        );
    }
}

#[tokio::test]
async fn what_cannot_pay_any_more_is_dropped_and_leaves_no_trace() {
    let bench = Bench::with(
        NodeConfig::default()
            .with_mining(Mining::Manual)
            .with_balance(signer(1).address(), ether(1) + ether(1) / U256::from(2)),
    );
    let first = bench
        .send(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await
        .unwrap();
    let second = bench
        .send(&eth_transfer(2, &signer(1), 1, fresh("a")))
        .await
        .unwrap();
    let other = bench
        .send(&eth_transfer(2, &signer(2), 0, fresh("a")))
        .await
        .unwrap();
    let block = mine(&bench).await;
    assert_eq!(hashes(&block), [first, other]);
    assert_eq!(bench.receipt(other).await["transactionIndex"], "0x1");
    let found: Value = bench
        .ask("eth_getTransactionByHash", json!([second]))
        .await
        .unwrap();
    assert_eq!(found, Value::Null);
    assert_eq!(bench.nonce(signer(1).address()).await, 1);
    assert_eq!(status(&bench).await, (json!("0x0"), json!("0x0")));
}

#[tokio::test]
async fn transactions_wait_for_those_before_them() {
    let bench = Bench::start();
    let sender = signer(1);
    let later = bench
        .send(&eth_transfer(2, &sender, 1, fresh("a")))
        .await
        .unwrap();
    assert_eq!(bench.head().await["number"], "0x0");
    assert_eq!(status(&bench).await, (json!("0x0"), json!("0x1")));
    let waiting: Value = bench
        .ask("eth_getTransactionByHash", json!([later]))
        .await
        .unwrap();
    assert_eq!(waiting["blockHash"], Value::Null);
    assert_eq!(waiting["nonce"], "0x1");
    let sooner = bench
        .send(&eth_transfer(2, &sender, 0, fresh("a")))
        .await
        .unwrap();
    assert_eq!(hashes(&bench.head().await), [sooner, later]);
    assert_eq!(bench.nonce(sender.address()).await, 2);
}

#[tokio::test]
async fn pending_nonces_count_what_waits() {
    let bench = manual().await;
    let sender = signer(1);
    for nonce in [0, 1, 3] {
        bench
            .send(&eth_transfer(2, &sender, nonce, fresh("a")))
            .await
            .unwrap();
    }
    let count = async |block: &str| -> U256 {
        let params = json!([sender.address(), block]);
        bench.ask("eth_getTransactionCount", params).await.unwrap()
    };
    assert_eq!(count("latest").await, U256::ZERO);
    assert_eq!(count("pending").await, U256::from(2));
    assert_eq!(status(&bench).await, (json!("0x2"), json!("0x1")));
    let content: Value = bench.ask("txpool_content", json!([])).await.unwrap();
    let key = format!("{:#x}", sender.address());
    assert_eq!(content["pending"][&key]["1"]["nonce"], "0x1");
    assert_eq!(content["queued"][&key]["3"]["nonce"], "0x3");
    let words: Value = bench.ask("txpool_inspect", json!([])).await.unwrap();
    let words = words["pending"][&key]["0"].as_str().unwrap();
    assert!(words.contains("1000000000000000000 wei"), "{words}");
}

#[tokio::test]
async fn a_dearer_transaction_replaces_one_with_its_nonce() {
    let bench = manual().await;
    let sender = signer(1);
    let draft = Draft::new(sender.address(), fresh("a")).value(ether(1));
    let first = bench
        .send(&draft.clone().max_fee(100_000_000).sign(&sender))
        .await
        .unwrap();
    let other = draft.clone().value(ether(2));
    let error = bench
        .send(&other.clone().max_fee(109_999_999).sign(&sender))
        .await
        .unwrap_err();
    assert!(
        error
            .message
            .starts_with("replacement transaction underpriced"),
        "{error}"
    );
    let second = bench
        .send(&other.max_fee(110_000_000).sign(&sender))
        .await
        .unwrap();
    assert_eq!(hashes(&mine(&bench).await), [second]);
    assert_ne!(first, second);
    assert_eq!(bench.balance(fresh("a")).await, ether(2));
}

#[tokio::test]
async fn waiting_transactions_can_be_dropped() {
    let bench = manual().await;
    let mut sent = Vec::new();
    for index in 1..5 {
        sent.push(
            bench
                .send(&eth_transfer(2, &signer(index), 0, fresh("a")))
                .await
                .unwrap(),
        );
    }
    let dropped: Value = bench
        .ask("anvil_dropTransaction", json!([sent[0]]))
        .await
        .unwrap();
    assert_eq!(dropped, json!(sent[0]));
    let dropped: Value = bench
        .ask("anvil_dropTransaction", json!([sent[0]]))
        .await
        .unwrap();
    assert_eq!(dropped, Value::Null);
    assert!(
        bench
            .ask::<bool>("hardhat_dropTransaction", json!([sent[1]]))
            .await
            .unwrap()
    );
    let of = json!([signer(3).address()]);
    bench
        .ask::<Value>("anvil_removePoolTransactions", of)
        .await
        .unwrap();
    assert_eq!(hashes(&mine(&bench).await), [sent[3]]);
    bench
        .send(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await
        .unwrap();
    bench
        .ask::<Value>("anvil_dropAllTransactions", json!([]))
        .await
        .unwrap();
    assert!(hashes(&mine(&bench).await).is_empty());
}

#[tokio::test]
async fn switching_to_automatic_mining_mines_what_waits() {
    let bench = manual().await;
    assert!(
        !bench
            .ask::<bool>("anvil_getAutomine", json!([]))
            .await
            .unwrap()
    );
    let hash = bench
        .send(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await
        .unwrap();
    bench
        .ask::<Value>("evm_setAutomine", json!([true]))
        .await
        .unwrap();
    assert_eq!(bench.receipt(hash).await["status"], "0x1");
    assert!(
        bench
            .ask::<bool>("hardhat_getAutomine", json!([]))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn blocks_come_at_intervals_even_without_requests() {
    let bench = manual().await;
    let hash = bench
        .send(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await
        .unwrap();
    bench
        .ask::<Value>("evm_setIntervalMining", json!([1]))
        .await
        .unwrap();
    let interval: u64 = bench
        .ask("anvil_getIntervalMining", json!([]))
        .await
        .unwrap();
    assert_eq!(interval, 1);
    assert_eq!(bench.receipt(hash).await, Value::Null);
    while bench.receipt(hash).await.is_null() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bench
        .ask::<Value>("evm_setIntervalMining", json!([0]))
        .await
        .unwrap();
    let interval: Value = bench
        .ask("anvil_getIntervalMining", json!([]))
        .await
        .unwrap();
    assert_eq!(interval, Value::Null);
    let error = bench
        .ask::<Value>("evm_setIntervalMining", json!([100_000]))
        .await
        .unwrap_err();
    assert_eq!(error.code, -32602);
}

#[tokio::test]
async fn the_first_of_many_mined_blocks_has_what_waits() {
    let bench = manual().await;
    let hash = bench
        .send(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await
        .unwrap();
    bench
        .ask::<Value>("anvil_mine", json!(["0x3", "0xa"]))
        .await
        .unwrap();
    assert_eq!(bench.receipt(hash).await["blockNumber"], "0x1");
    let head = bench.head().await;
    assert_eq!(head["number"], "0x3");
    assert_eq!(head["timestamp"], json!(format!("{:#x}", GENESIS + 21)));
}

#[tokio::test]
async fn a_full_block_leaves_the_rest_for_the_next() {
    let bench = manual().await;
    let sender = signer(1);
    // Two of these exceed what the bootloader has for a block.
    for nonce in 0..3 {
        let draft = Draft::new(sender.address(), fresh("a"))
            .nonce(nonce)
            .gas(3_000_000_000);
        bench.send(&draft.sign(&sender)).await.unwrap();
    }
    for _ in 0..3 {
        assert_eq!(hashes(&mine(&bench).await).len(), 1);
    }
    assert!(hashes(&mine(&bench).await).is_empty());
}

/// The default account takes only the lower of the two signatures that say the same.
#[tokio::test]
async fn the_other_half_of_a_signature_never_reaches_the_pool() {
    let bench = manual().await;
    let sender = signer(1);
    let draft = Draft::new(sender.address(), fresh("a")).value(ether(1));
    let error = bench
        .send(&draft.clone().sign_high(&sender))
        .await
        .unwrap_err();
    assert!(error.message.contains("validation"), "{error}");
    assert_eq!(status(&bench).await, (json!("0x0"), json!("0x0")));
    bench.send(&draft.sign(&sender)).await.unwrap();
}

#[tokio::test]
async fn a_signature_of_somebody_else_is_refused_with_and_without_rules() {
    for rules in [true, false] {
        let bench = Bench::with(NodeConfig::default().with_validation_rules(rules));
        let victim: Address = signer(1).address();
        let raw = Draft::new(victim, fresh("thief"))
            .value(ether(1))
            .sign_as(&signer(2));
        let error = bench.send(&raw).await.unwrap_err();
        assert!(
            error.message.contains("validation"),
            "rules {rules}: {error}"
        );
        assert_eq!(bench.balance(fresh("thief")).await, U256::ZERO);
        assert_eq!(bench.nonce(victim).await, 0);
        // In a block, signatures are taken for good: none of a stranger may get there.
        bench
            .ask::<Value>("evm_setAutomine", json!([false]))
            .await
            .unwrap();
        bench.send(&raw).await.unwrap_err();
        bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
        assert_eq!(bench.balance(fresh("thief")).await, U256::ZERO);
    }
}
