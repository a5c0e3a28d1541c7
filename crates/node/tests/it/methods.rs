//! The list of methods, and the methods that tools ask for beside the great ones.

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

use alloy::primitives::{B256, U64, U256, keccak256};
use serde_json::{Value, json};
use zksso_node::{methods, refused_methods};

use crate::support::{Bench, eth_transfer, fresh, signer};

const BEGIN: &str = "<!-- methods: written by the tests -->\n";
const END: &str = "<!-- end of methods -->\n";

fn tables() -> String {
    let mut text = String::from("\n| method | parameters | |\n|---|---|---|\n");
    for method in methods() {
        let (name, parameters, about) = (method.name, method.parameters, method.about);
        writeln!(text, "| `{name}` | {parameters} | {about} |").unwrap();
    }
    text += "\nRefused, each with code -32601 and the reason:\n\n| method | why |\n|---|---|\n";
    for (name, reason) in refused_methods() {
        writeln!(text, "| `{name}` | {reason} |").unwrap();
    }
    text + "\n"
}

#[test]
fn the_documentation_lists_all_methods() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/node.md");
    let text = fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let right = format!("{before}{BEGIN}{}{END}{after}", tables());
    if std::env::var_os("ZKSSO_BLESS").is_some() {
        fs::write(&page, &right).unwrap();
    }
    let text = fs::read_to_string(&page).unwrap();
    assert_eq!(text, right, "ZKSSO_BLESS=1 writes the tables anew");
}

#[tokio::test]
async fn refused_methods_say_why() {
    let bench = Bench::start();
    let names: Vec<_> = refused_methods().map(|(name, _)| name).collect();
    let sorted: BTreeSet<_> = names.iter().copied().collect();
    assert!(sorted.iter().eq(&names), "sorted, and each once");
    for (name, reason) in refused_methods() {
        assert!(methods().all(|method| method.name != name), "{name}");
        let error = bench.ask::<Value>(name, json!([])).await.unwrap_err();
        assert_eq!(error.code, -32601);
        let message = format!("the method {name} is not supported: {reason}");
        assert_eq!(error.message, message);
    }
    let error = bench.ask::<Value>("eth_nothing", json!([])).await;
    let error = error.unwrap_err();
    assert_eq!(error.message, "the method eth_nothing does not exist");
}

async fn news(bench: &Bench, filter: U64) -> Vec<Value> {
    let news = bench.ask("eth_getFilterChanges", json!([filter])).await;
    news.unwrap()
}

#[tokio::test]
async fn filters_report_each_block_and_event_once() {
    let bench = Bench::start();
    let blocks: U64 = bench.ask("eth_newBlockFilter", json!([])).await.unwrap();
    let hashes = bench.ask("eth_newPendingTransactionFilter", json!([]));
    let hashes: U64 = hashes.await.unwrap();
    let all: U64 = bench.ask("eth_newFilter", json!([{}])).await.unwrap();
    let none = json!([{ "address": fresh("nobody") }]);
    let none: U64 = bench.ask("eth_newFilter", none).await.unwrap();
    assert!(news(&bench, blocks).await.is_empty());
    let receipt = bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    assert_eq!(news(&bench, blocks).await, [receipt["blockHash"].clone()]);
    assert_eq!(
        news(&bench, hashes).await,
        [receipt["transactionHash"].clone()]
    );
    assert_eq!(
        &news(&bench, all).await,
        receipt["logs"].as_array().unwrap()
    );
    for filter in [blocks, hashes, all, none] {
        assert!(news(&bench, filter).await.is_empty());
    }
    // All events of the range, reported or not.
    let logs: Value = bench.ask("eth_getFilterLogs", json!([all])).await.unwrap();
    assert_eq!(logs, receipt["logs"]);
}

#[tokio::test]
async fn filters_see_blocks_that_replace_others() {
    let bench = Bench::start();
    let snapshot: U64 = bench.ask("evm_snapshot", json!([])).await.unwrap();
    let blocks: U64 = bench.ask("eth_newBlockFilter", json!([])).await.unwrap();
    let mine = || bench.ask::<Value>("anvil_mine", json!([2]));
    mine().await.unwrap();
    assert_eq!(news(&bench, blocks).await.len(), 2);
    let reverted: bool = bench.ask("evm_revert", json!([snapshot])).await.unwrap();
    assert!(reverted);
    assert!(news(&bench, blocks).await.is_empty());
    mine().await.unwrap();
    assert_eq!(news(&bench, blocks).await.len(), 2);
}

#[tokio::test]
async fn filters_report_events_again_that_were_taken_back() {
    let bench = Bench::start();
    bench.ask::<Value>("anvil_mine", json!([5])).await.unwrap();
    let all: U64 = bench.ask("eth_newFilter", json!([{}])).await.unwrap();
    let late: U64 = bench.ask("eth_newFilter", json!([{}])).await.unwrap();
    let transfer = |nonce| eth_transfer(2, &signer(1), nonce, fresh("a"));
    let first = bench.mined(&transfer(0)).await;
    assert_eq!(news(&bench, all).await, *first["logs"].as_array().unwrap());
    // Never reported by any filter, so that there is nothing to take back.
    bench.mined(&transfer(1)).await;
    assert!(bench.ask::<bool>("anvil_reset", json!([])).await.unwrap());
    let again = bench.mined(&transfer(0)).await;
    let mut expected = first["logs"].as_array().unwrap().clone();
    for log in &mut expected {
        log["removed"] = json!(true);
    }
    let added = again["logs"].as_array().unwrap();
    expected.extend(added.iter().cloned());
    assert_eq!(news(&bench, all).await, expected);
    assert!(news(&bench, all).await.is_empty());
    assert_eq!(&news(&bench, late).await, added);
}

#[tokio::test]
async fn unknown_filters_are_refused() {
    let bench = Bench::start();
    let blocks: U64 = bench.ask("eth_newBlockFilter", json!([])).await.unwrap();
    let error = bench.ask::<Value>("eth_getFilterLogs", json!([blocks]));
    let error = error.await.unwrap_err();
    assert_eq!(error.message, "filter 0x1 does not watch for events");
    let gone = bench.ask::<bool>("eth_uninstallFilter", json!([blocks]));
    assert!(gone.await.unwrap());
    let again = bench.ask::<bool>("eth_uninstallFilter", json!([blocks]));
    assert!(!again.await.unwrap());
    for method in ["eth_getFilterChanges", "eth_getFilterLogs"] {
        let error = bench.ask::<Value>(method, json!([blocks])).await;
        assert_eq!(error.unwrap_err().message, "filter 0x1 does not exist");
    }
    let past = json!([{ "blockHash": B256::ZERO }]);
    let error = bench.ask::<Value>("eth_newFilter", past).await.unwrap_err();
    assert_eq!(error.code, -32602);
}

#[tokio::test]
async fn blocks_and_transactions_have_details() {
    let bench = Bench::start();
    let raw = eth_transfer(2, &signer(1), 0, fresh("a"));
    let receipt = bench.mined(&raw).await;
    let block: Value = bench.ask("zks_getBlockDetails", json!([1])).await.unwrap();
    assert_eq!(block["l2TxCount"], 1);
    assert_eq!(block["status"], "sealed");
    let read: zksync_types::api::BlockDetails = serde_json::from_value(block).unwrap();
    assert_eq!(read.number.0, 1);
    let missing: Value = bench.ask("zks_getBlockDetails", json!([2])).await.unwrap();
    assert_eq!(missing, Value::Null);
    let hash = json!([receipt["transactionHash"]]);
    let details: Value = bench
        .ask("zks_getTransactionDetails", hash.clone())
        .await
        .unwrap();
    let gas: U256 = serde_json::from_value(receipt["gasUsed"].clone()).unwrap();
    let price: U256 = serde_json::from_value(receipt["effectiveGasPrice"].clone()).unwrap();
    assert_eq!(details["fee"], json!(gas * price));
    assert_eq!(details["status"], "included");
    let range: [U64; 2] = bench
        .ask("zks_getL1BatchBlockRange", json!([1]))
        .await
        .unwrap();
    assert_eq!(range, [U64::from(1); 2]);
    let traces: Value = bench
        .ask("debug_traceBlockByNumber", json!(["0x1"]))
        .await
        .unwrap();
    let trace: Value = bench.ask("debug_traceTransaction", hash).await.unwrap();
    assert_eq!(
        traces,
        json!([{ "txHash": receipt["transactionHash"], "result": trace }])
    );
    let uncles: U64 = bench
        .ask(
            "eth_getUncleCountByBlockHash",
            json!([receipt["blockHash"]]),
        )
        .await
        .unwrap();
    assert_eq!(uncles, U64::ZERO);
}

#[tokio::test]
async fn fee_parameters_give_the_price_that_is_charged() {
    let bench = Bench::start();
    let params: zksync_types::fee_model::FeeParams =
        bench.ask("zks_getFeeParams", json!([])).await.unwrap();
    let input = params.scale(1.0, 1.0);
    let config = bench.node.config();
    assert_eq!(input.fair_l2_gas_price(), config.fair_l2_gas_price);
    assert_eq!(input.fair_pubdata_price(), config.fair_pubdata_price);
}

#[tokio::test]
async fn nonces_can_be_set() {
    let bench = Bench::start();
    let account = signer(1).address();
    let set = json!([account, "0x7"]);
    assert!(bench.ask::<bool>("anvil_setNonce", set).await.unwrap());
    assert_eq!(bench.nonce(account).await, 7);
    let raw = eth_transfer(2, &signer(1), 7, fresh("a"));
    assert_eq!(bench.mined(&raw).await["status"], "0x1");
    let error = bench.ask::<Value>("anvil_setNonce", json!([account, "0x100000000"]));
    assert_eq!(error.await.unwrap_err().code, -32602);
}

#[tokio::test]
async fn words_are_hashed() {
    let bench = Bench::start();
    let hash: B256 = bench
        .ask("web3_sha3", json!(["0x68656c6c6f"]))
        .await
        .unwrap();
    assert_eq!(hash, keccak256("hello"));
}
