//! The chain's clock and empty blocks.

use alloy::primitives::U256;
use serde_json::{Value, json};

use crate::support::{Bench, GENESIS, eth_transfer, fresh, method, signer};

async fn timestamp(bench: &Bench) -> u64 {
    let timestamp: U256 = serde_json::from_value(bench.head().await["timestamp"].clone()).unwrap();
    timestamp.to::<u64>() - GENESIS
}

#[tokio::test]
async fn time_moves_by_a_second_per_block_and_by_request() {
    let bench = Bench::start();
    assert_eq!(timestamp(&bench).await, 0);
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    assert_eq!(timestamp(&bench).await, 1);
    bench
        .ask::<Value>("evm_increaseTime", json!(["0x64"]))
        .await
        .unwrap();
    let now: u64 = bench
        .ask("config_getCurrentTimestamp", json!([]))
        .await
        .unwrap();
    assert_eq!(now, GENESIS + 101);
    bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    assert_eq!(timestamp(&bench).await, 102);
    let next = GENESIS + 500;
    bench
        .ask::<Value>("evm_setNextBlockTimestamp", json!([next]))
        .await
        .unwrap();
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    assert_eq!(timestamp(&bench).await, 500);
    let error = bench
        .ask::<Value>("evm_setNextBlockTimestamp", json!([next]))
        .await
        .unwrap_err();
    assert_eq!(error.code, -32602);
}

#[tokio::test]
async fn mined_blocks_keep_their_interval() {
    let bench = Bench::start();
    bench
        .ask::<Value>("anvil_mine", json!(["0x3", "0xa"]))
        .await
        .unwrap();
    assert_eq!(bench.head().await["number"], "0x3");
    assert_eq!(timestamp(&bench).await, 21);
    bench
        .ask::<Value>("anvil_setBlockTimestampInterval", json!([7]))
        .await
        .unwrap();
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    assert_eq!(timestamp(&bench).await, 28);
}

/// SystemContext must agree with blocks that the bootloader never saw.
#[tokio::test]
async fn contracts_see_empty_blocks_like_others() {
    let bench = Bench::start();
    bench.ask::<Value>("anvil_mine", json!([2])).await.unwrap();
    let counter = bench.deploy_counter().await;
    bench
        .ask::<Value>("anvil_mine", json!([300]))
        .await
        .unwrap();
    let sender = signer(1);
    bench.mined(&eth_transfer(2, &sender, 0, fresh("a"))).await;
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    let answer = bench.call(counter, method(4, 0)).await.unwrap();
    let seen: Vec<U256> = answer.chunks(32).map(U256::from_be_slice).collect();
    let head = bench.head().await;
    let parent: U256 = serde_json::from_value(head["parentHash"].clone()).unwrap();
    assert_eq!(
        seen[..3],
        [U256::from(305), U256::from(GENESIS + 305), parent]
    );
}
