//! State before and after transactions, as geth's prestate tracer reports it.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, Bytes, U256};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Bench, Draft, counter, eth_transfer, ether, fresh, method, signer};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    balance: Option<U256>,
    nonce: Option<u64>,
    code: Option<Bytes>,
    #[serde(default)]
    storage: BTreeMap<B256, B256>,
}

type Accounts = BTreeMap<Address, Account>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    pre: Accounts,
    post: Accounts,
}

fn options(config: Value) -> Value {
    json!({ "tracer": "prestateTracer", "tracerConfig": config })
}

async fn prestate(bench: &Bench, hash: &Value, config: Value) -> Value {
    let params = json!([hash, options(config)]);
    bench.ask("debug_traceTransaction", params).await.unwrap()
}

async fn difference(bench: &Bench, hash: &Value) -> Difference {
    serde_json::from_value(prestate(bench, hash, json!({ "diffMode": true })).await).unwrap()
}

/// Transactions of several kinds: a transfer, a deployment, a first write, a second write, a failure.
async fn history(bench: &Bench) -> (Address, Vec<Value>) {
    let sender = signer(1);
    let transfer = bench
        .mined(&eth_transfer(0, &sender, 0, fresh("payee")))
        .await;
    let contract = bench.deploy(&counter(), &[]).await;
    let head = bench.head().await;
    let mut hashes = vec![
        transfer["transactionHash"].clone(),
        head["transactions"][0].clone(),
    ];
    let calls = [method(1, 5), method(1, 6), method(3, 1), method(6, 3)];
    for (call, nonce) in calls.into_iter().zip(1..) {
        let draft = Draft::new(sender.address(), contract)
            .nonce(nonce)
            .data(call);
        let receipt = bench.mined(&draft.sign(&sender)).await;
        hashes.push(receipt["transactionHash"].clone());
    }
    (contract, hashes)
}

/// Compares accounts with what the node's other methods say of a block.
async fn compare(bench: &Bench, accounts: &Accounts, block: &Value, is_whole: bool) {
    for (address, account) in accounts {
        let ask = async |method: &str| -> Value {
            bench.ask(method, json!([address, block])).await.unwrap()
        };
        let nonce: U256 = serde_json::from_value(ask("eth_getTransactionCount").await).unwrap();
        if let Some(balance) = account.balance {
            assert_eq!(json!(balance), ask("eth_getBalance").await, "{address}");
        }
        if is_whole || account.nonce.is_some() {
            assert_eq!(U256::from(account.nonce.unwrap_or(0)), nonce, "{address}");
        }
        let is_system = address.as_slice()[..18].iter().all(|byte| *byte == 0);
        if !is_system && (is_whole || account.code.is_some()) {
            let code = account.code.clone().unwrap_or_default();
            assert_eq!(json!(code), ask("eth_getCode").await, "{address}");
        }
        for (slot, value) in &account.storage {
            let params = json!([address, slot, block]);
            let there: B256 = bench.ask("eth_getStorageAt", params).await.unwrap();
            assert_eq!(there, *value, "{address} {slot}");
        }
    }
}

#[tokio::test]
async fn prestates_are_the_states_of_the_block_before() {
    let bench = Bench::start();
    let (_, hashes) = history(&bench).await;
    for (hash, number) in hashes.iter().zip(1_u64..) {
        let shown = prestate(&bench, hash, json!({})).await;
        let accounts: Accounts = serde_json::from_value(shown).unwrap();
        let sender = accounts.get(&signer((number != 2).into()).address());
        assert!(sender.unwrap().balance.unwrap() > U256::ZERO);
        compare(
            &bench,
            &accounts,
            &json!(format!("{:#x}", number - 1)),
            true,
        )
        .await;
        let Difference { pre, post } = difference(&bench, hash).await;
        assert!(pre.keys().all(|address| accounts.contains_key(address)));
        compare(&bench, &pre, &json!(format!("{:#x}", number - 1)), true).await;
        compare(&bench, &post, &json!(format!("{number:#x}")), false).await;
    }
}

#[tokio::test]
async fn a_difference_shows_who_paid_whom() {
    let bench = Bench::start();
    let (_, hashes) = history(&bench).await;
    let Difference { pre, post } = difference(&bench, &hashes[0]).await;
    let payee = fresh("payee");
    assert!(!pre.contains_key(&payee), "it was empty");
    assert_eq!(post[&payee].balance, Some(ether(1)));
    let sender = signer(1).address();
    assert_eq!((pre[&sender].nonce, post[&sender].nonce), (None, Some(1)));
    let sum = |accounts: &Accounts| -> U256 {
        let changed = post.iter().filter(|(_, account)| account.balance.is_some());
        let balances = changed.filter_map(|(address, _)| accounts.get(address)?.balance);
        balances.sum()
    };
    assert_eq!(sum(&pre), sum(&post), "nothing is lost");
}

#[tokio::test]
async fn a_difference_shows_slots_and_code_that_changed() {
    let bench = Bench::start();
    let (contract, hashes) = history(&bench).await;
    let word = |number: u64| B256::from(U256::from(number));
    let slot = BTreeMap::from([(word(0), word(5))]);
    let deployed = difference(&bench, &hashes[1]).await;
    assert!(!deployed.pre.contains_key(&contract));
    assert_eq!(deployed.post[&contract].code, Some(counter().into()));
    let first = difference(&bench, &hashes[2]).await;
    assert!(first.pre[&contract].storage.is_empty());
    assert_eq!(first.post[&contract].storage, slot);
    assert_eq!(first.post[&contract].code, None);
    let second = difference(&bench, &hashes[3]).await;
    assert_eq!(second.pre[&contract].storage, slot);
    assert_eq!(second.post[&contract].storage[&word(0)], word(6));
    // What failed changed no slot of the contract, and the sender paid for it.
    let failed = difference(&bench, &hashes[4]).await;
    assert!(!failed.post.contains_key(&contract));
    assert!(failed.post[&signer(1).address()].balance.is_some());
    let filled = difference(&bench, &hashes[5]).await;
    assert_eq!(filled.post[&contract].storage.len(), 3);
}

#[tokio::test]
async fn code_and_storage_can_be_left_out_and_empty_accounts_shown() {
    let bench = Bench::start();
    let (contract, hashes) = history(&bench).await;
    let shown = async |config: Value| -> Accounts {
        serde_json::from_value(prestate(&bench, &hashes[3], config).await).unwrap()
    };
    let all = shown(json!({})).await;
    assert_eq!(all[&contract].code, Some(counter().into()));
    assert!(!all[&contract].storage.is_empty());
    let bare = shown(json!({ "disableCode": true, "disableStorage": true })).await;
    assert!(
        bare.values()
            .all(|account| account.code.is_none() && account.storage.is_empty())
    );
    let transfer = &hashes[0];
    let payee = fresh("payee").to_string().to_lowercase();
    let without = prestate(&bench, transfer, json!({})).await;
    assert_eq!(without.get(&payee), None);
    let with = prestate(&bench, transfer, json!({ "includeEmpty": true })).await;
    assert_eq!(with[&payee], json!({ "balance": "0x0" }));
}

#[tokio::test]
async fn a_transaction_finds_what_those_before_it_in_the_block_left() {
    let bench = Bench::start();
    let contract = bench.deploy_counter().await;
    let sender = signer(1);
    bench
        .ask::<Value>("evm_setAutomine", json!([false]))
        .await
        .unwrap();
    let mut hashes = Vec::new();
    for (nonce, value) in [11, 12, 13].into_iter().enumerate() {
        let draft = Draft::new(sender.address(), contract);
        let draft = draft.nonce(nonce as u64).data(method(1, value));
        hashes.push(json!(bench.send(&draft.sign(&sender)).await.unwrap()));
    }
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    let mut spent = None;
    for (hash, (nonce, value)) in hashes.iter().zip([(0, 0), (1, 11), (2, 12)]) {
        let shown = prestate(&bench, hash, json!({})).await;
        let accounts: Accounts = serde_json::from_value(shown).unwrap();
        assert_eq!(accounts[&sender.address()].nonce.unwrap_or(0), nonce);
        let word = B256::from(U256::from(value));
        assert_eq!(accounts[&contract].storage[&B256::ZERO], word);
        let balance = accounts[&sender.address()].balance;
        assert_ne!(balance, spent, "each paid");
        spent = balance;
    }
    let traces: Vec<Value> = bench
        .ask(
            "debug_traceBlockByNumber",
            json!(["latest", options(json!({ "diffMode": true }))]),
        )
        .await
        .unwrap();
    let shown: Vec<_> = traces.iter().map(|trace| trace["txHash"].clone()).collect();
    assert_eq!(shown, hashes);
    let last = prestate(&bench, &hashes[2], json!({ "diffMode": true })).await;
    assert_eq!(traces[2]["result"], last);
}

#[tokio::test]
async fn calls_have_prestates_with_their_overrides() {
    let bench = Bench::start();
    let (contract, poor) = (fresh("contract"), fresh("poor"));
    let mut options = options(json!({ "diffMode": true }));
    options["stateOverrides"] = json!({
        contract.to_string(): { "code": counter(), "stateDiff": { "0x0": "0x4" } },
        poor.to_string(): { "balance": "0x9" },
    });
    options["blockOverrides"] = json!({ "number": 77 });
    let request = json!({ "from": poor, "to": contract, "data": method(1, 8), "value": "0x3" });
    let params = json!([request, "latest", options]);
    let shown: Difference = bench.ask("debug_traceCall", params).await.unwrap();
    let word = |number: u64| B256::from(U256::from(number));
    assert_eq!(shown.pre[&contract].storage[&word(0)], word(4));
    assert_eq!(shown.post[&contract].storage[&word(0)], word(8));
    assert_eq!(shown.post[&contract].balance, Some(U256::from(3)));
    assert_eq!(shown.pre[&poor].balance, Some(U256::from(9)));
    assert_eq!(shown.post[&poor].balance, Some(U256::from(6)));
}

#[tokio::test]
async fn options_that_the_tracers_do_not_have_are_refused() {
    let bench = Bench::start();
    let raw = eth_transfer(2, &signer(1), 0, fresh("a"));
    let hash = bench.send(&raw).await.unwrap();
    for options in [
        json!({ "tracer": "4byteTracer" }),
        json!({ "tracer": "prestateTracer", "tracerConfig": { "onlyTopCall": true } }),
        json!({ "tracer": "callTracer", "tracerConfig": { "diffMode": true } }),
        json!({ "tracer": "callTracer", "tracerConfig": [] }),
        json!({ "timeout": "5s" }),
        json!({ "stateOverrides": {} }),
    ] {
        let error = bench.ask::<Value>("debug_traceTransaction", json!([hash, options]));
        assert_eq!(error.await.unwrap_err().code, -32602, "{options}");
    }
    let plain = bench.ask::<Value>(
        "debug_traceTransaction",
        json!([hash, { "tracer": "callTracer", "tracerConfig": null }]),
    );
    assert!(plain.await.is_ok());
}
