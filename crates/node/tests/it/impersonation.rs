//! Transactions without their senders' signatures.

use alloy::primitives::{Address, B256, U256};
use serde_json::{Value, json};

use crate::support::{Answer, Bench, ether, fresh, method, signer};

async fn send(bench: &Bench, transaction: Value) -> Answer<B256> {
    bench.ask("eth_sendTransaction", json!([transaction])).await
}

#[tokio::test]
async fn the_node_signs_for_rich_accounts() {
    let bench = Bench::start();
    let accounts: Vec<Address> = bench.ask("eth_accounts", json!([])).await.unwrap();
    assert_eq!(accounts.len(), 30);
    for tx_type in ["0x0", "0x1", "0x2", "0x71"] {
        let transaction = json!({
            "from": accounts[3], "to": fresh(tx_type), "value": ether(1), "type": tx_type,
        });
        let sent = send(&bench, transaction).await;
        let hash = sent.unwrap_or_else(|error| panic!("type {tx_type}: {error}"));
        let receipt = bench.receipt(hash).await;
        assert_eq!(receipt["status"], "0x1", "{receipt}");
        assert_eq!(receipt["type"], tx_type);
        assert_eq!(bench.balance(fresh(tx_type)).await, ether(1));
        let found: Value = bench
            .ask("eth_getTransactionByHash", json!([hash]))
            .await
            .unwrap();
        assert_eq!(found["hash"], json!(hash));
        assert_eq!(
            found["from"],
            json!(accounts[3])
                .to_string()
                .to_lowercase()
                .trim_matches('"')
        );
    }
    assert_eq!(bench.nonce(accounts[3]).await, 4);
}

#[tokio::test]
async fn nobody_else_is_signed_for() {
    let bench = Bench::start();
    let transaction = json!({ "from": fresh("a"), "to": fresh("b") });
    let error = send(&bench, transaction).await.unwrap_err();
    assert_eq!(error.code, -32000);
    assert!(error.message.contains("impersonate it first"), "{error}");
}

#[tokio::test]
async fn an_impersonated_account_pays_and_needs_no_key() {
    let bench = Bench::start();
    let account = fresh("somebody");
    let funds = json!([account, ether(2)]);
    bench.ask::<bool>("anvil_setBalance", funds).await.unwrap();
    bench
        .ask::<Value>("anvil_impersonateAccount", json!([account]))
        .await
        .unwrap();
    let transaction = json!({ "from": account, "to": fresh("b"), "value": ether(1) });
    let hash = send(&bench, transaction.clone()).await.unwrap();
    let receipt = bench.receipt(hash).await;
    assert_eq!(receipt["status"], "0x1", "{receipt}");
    assert_eq!(bench.nonce(account).await, 1);
    assert!(bench.balance(account).await < ether(1), "fees were paid");
    let trace: Value = bench
        .ask("debug_traceTransaction", json!([hash]))
        .await
        .unwrap();
    assert_eq!(trace["gasUsed"], receipt["gasUsed"]);
    bench
        .ask::<Value>("anvil_stopImpersonatingAccount", json!([account]))
        .await
        .unwrap();
    send(&bench, transaction).await.unwrap_err();
}

#[tokio::test]
async fn an_impersonated_contract_acts_without_fees_and_keeps_its_code() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let other = bench.deploy(&crate::support::counter(), &[0; 32]).await;
    bench
        .ask::<Value>("hardhat_impersonateAccount", json!([counter]))
        .await
        .unwrap();
    let head = bench.head().await;
    let transaction = json!({ "from": counter, "to": other, "data": method(1, 42) });
    let hash = send(&bench, transaction).await.unwrap();
    let receipt = bench.receipt(hash).await;
    assert_eq!(receipt["status"], "0x1", "{receipt}");
    assert_eq!(receipt["effectiveGasPrice"], "0x0");
    assert_eq!(
        receipt["logs"][0]["address"],
        json!(other).as_str().unwrap().to_lowercase()
    );
    let value = bench.call(other, method(2, 0)).await.unwrap();
    assert_eq!(U256::from_be_slice(&value), U256::from(42));
    assert_eq!(bench.head().await["parentHash"], head["hash"]);
    // The chain goes on as usual after a block of the other kind.
    bench
        .mined(&crate::support::eth_transfer(2, &signer(5), 0, fresh("a")))
        .await;
    let seen = bench.call(counter, method(4, 0)).await.unwrap();
    let number = U256::from_be_slice(&seen[..32]);
    let head: U256 = serde_json::from_value(bench.head().await["number"].clone()).unwrap();
    assert_eq!(number, head, "a call in the latest block sees its number");
    let failing = json!({ "from": counter, "to": other, "data": method(3, 1) });
    let hash = send(&bench, failing).await.unwrap();
    assert_eq!(bench.receipt(hash).await["status"], "0x0");
    assert!(
        bench
            .ask::<bool>("hardhat_stopImpersonatingAccount", json!([counter]))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn everybody_can_be_impersonated_at_once() {
    let bench = Bench::start();
    let account = fresh("anybody");
    bench
        .ask::<bool>("anvil_setBalance", json!([account, ether(1)]))
        .await
        .unwrap();
    bench
        .ask::<Value>("anvil_autoImpersonateAccount", json!([true]))
        .await
        .unwrap();
    let transaction = json!({ "from": account, "to": fresh("b"), "value": "0x1" });
    send(&bench, transaction.clone()).await.unwrap();
    bench
        .ask::<Value>("anvil_autoImpersonateAccount", json!([false]))
        .await
        .unwrap();
    send(&bench, transaction).await.unwrap_err();
}
