//! Subscriptions in the same process.

use alloy::{
    primitives::B256,
    rpc::types::{Filter, Header, Log},
};
use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};
use tokio::time::timeout;
use zksso_node::{Missed, Notifications, Topic};

use crate::{
    support::{Bench, Draft, eth_transfer, fresh, method, signer},
    wire::PATIENCE,
};

async fn next(notifications: &mut Notifications) -> Value {
    let next = timeout(PATIENCE, notifications.next()).await;
    next.expect("nothing comes").unwrap().unwrap()
}

#[tokio::test]
async fn streams_report_heads_events_and_transactions() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let node = &bench.node;
    let mut heads = node.subscribe(Topic::NewHeads).await.unwrap();
    let filter = Filter::new().address(counter);
    let mut logs = node.subscribe(filter.clone()).await.unwrap();
    let foreign = filter.event_signature(B256::repeat_byte(1));
    let mut foreign = node.subscribe(foreign).await.unwrap();
    let topic = |full| Topic::NewPendingTransactions { full };
    let mut hashes = node.subscribe(topic(false)).await.unwrap();
    let mut whole = node.subscribe(topic(true)).await.unwrap();
    let set = Draft::new(signer(1).address(), counter).data(method(1, 9));
    let receipt = bench.mined(&set.sign(&signer(1))).await;
    let head: Header = serde_json::from_value(next(&mut heads).await).unwrap();
    assert_eq!(json!(head.hash), receipt["blockHash"]);
    let log: Log = serde_json::from_value(next(&mut logs).await).unwrap();
    assert_eq!((log.address(), log.removed), (counter, false));
    assert_eq!(next(&mut hashes).await, receipt["transactionHash"]);
    assert_eq!(next(&mut whole).await["hash"], receipt["transactionHash"]);
    assert!(foreign.next().now_or_never().is_none());
}

#[tokio::test]
async fn events_that_are_taken_back_come_again() {
    let bench = Bench::start();
    let snapshot: Value = bench.ask("evm_snapshot", json!([])).await.unwrap();
    let mut logs = bench.node.subscribe(Filter::new()).await.unwrap();
    let raw = eth_transfer(2, &signer(1), 0, fresh("a"));
    let receipt = bench.mined(&raw).await;
    let emitted = receipt["logs"].as_array().unwrap();
    for log in emitted {
        assert_eq!(&next(&mut logs).await, log);
    }
    let reverted = bench.ask::<bool>("evm_revert", json!([snapshot])).await;
    assert!(reverted.unwrap());
    for log in emitted {
        let mut log = log.clone();
        log["removed"] = json!(true);
        assert_eq!(next(&mut logs).await, log);
    }
}

#[tokio::test]
async fn slow_receivers_are_told_what_they_missed_and_go_on() {
    let bench = Bench::start();
    let mut heads = bench.node.subscribe(Topic::NewHeads).await.unwrap();
    for _ in 0..2 {
        let mine = bench.ask::<Value>("anvil_mine", json!([10_000]));
        mine.await.unwrap();
    }
    let Some(Err(Missed(missed))) = heads.next().await else {
        panic!("it missed nothing");
    };
    assert!(missed > 0 && missed < 20_000, "{missed}");
    for number in missed + 1..=20_000 {
        let head = next(&mut heads).await;
        assert_eq!(head["number"], format!("{number:#x}"));
    }
    assert!(heads.next().now_or_never().is_none());
}

#[tokio::test]
async fn streams_end_with_the_node_and_do_not_keep_it_alive() {
    let bench = Bench::start();
    let mut heads = bench.node.subscribe(Topic::NewHeads).await.unwrap();
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    assert_eq!(next(&mut heads).await["number"], "0x1");
    drop(bench);
    assert!(timeout(PATIENCE, heads.next()).await.unwrap().is_none());
}

#[tokio::test]
async fn filters_of_the_past_are_refused() {
    let bench = Bench::start();
    let past = Filter::new().at_block_hash(B256::ZERO);
    let error = bench.node.subscribe(past).await.unwrap_err();
    assert_eq!(error.code, -32602);
    let backwards = Filter::new().from_block(5).to_block(3);
    let error = bench.node.subscribe(backwards).await.unwrap_err();
    assert!(error.message.contains("is after toBlock"), "{error}");
}
