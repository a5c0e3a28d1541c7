//! Calls and estimates that find accounts or the block changed.

use alloy::{
    primitives::{Address, B256, Bytes, U256, address},
    sol,
    sol_types::SolCall,
};
use serde_json::{Value, json};

use crate::support::{
    Answer, Bench, GENESIS, contract, counter, eth_transfer, ether, fresh, method, signer,
};

sol! {
    function getMinNonce(address account) returns (uint256);
}

const NONCE_HOLDER: Address = address!("0000000000000000000000000000000000008003");

fn probe() -> Bytes {
    contract("Probe", include_str!("contracts/probe.yul")).into()
}

fn words(bytes: &Bytes) -> Vec<U256> {
    bytes.chunks(32).map(U256::from_be_slice).collect()
}

/// Calls with overrides of accounts and of the block.
async fn call(bench: &Bench, call: Value, accounts: Value, block: Value) -> Answer<Vec<U256>> {
    let params = json!([call, "latest", accounts, block]);
    let answer: Answer<Bytes> = bench.ask("eth_call", params).await;
    answer.map(|bytes| words(&bytes))
}

/// Calls a probe that is at an address without code, with overrides of more accounts and of the block.
async fn ask_probe(bench: &Bench, data: Bytes, mut accounts: Value, block: Value) -> Vec<U256> {
    let probe_address = fresh("probe");
    accounts[format!("{probe_address:#x}")] = json!({ "code": probe() });
    let request = json!({ "to": probe_address, "data": data });
    call(bench, request, accounts, block).await.unwrap()
}

fn about(account: Address) -> Bytes {
    method(2, 0)[..4]
        .iter()
        .copied()
        .chain(account.into_word())
        .collect()
}

#[tokio::test]
async fn balances_and_code_of_accounts_are_what_the_override_says() {
    let bench = Bench::start();
    let rich = fresh("rich");
    let accounts =
        json!({ rich.to_string(): { "balance": ether(5), "code": { "eravm": counter() } } });
    let seen = ask_probe(&bench, about(rich), accounts, json!({})).await;
    assert_eq!(seen, [ether(5), U256::from(counter().len())]);
    let seen = ask_probe(&bench, about(rich), json!({}), Value::Null).await;
    assert_eq!(seen, [U256::ZERO, U256::ZERO], "nothing stays");
    let poor = signer(1).address();
    let accounts = json!({ poor.to_string(): { "balance": "0x0" } });
    let seen = ask_probe(&bench, about(poor), accounts, Value::Null).await;
    assert_eq!(seen[0], U256::ZERO);
    assert_eq!(bench.balance(poor).await, bench.node.config().rich_balance);
}

#[tokio::test]
async fn code_can_be_taken_away() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let accounts = json!({ counter.to_string(): { "code": "0x" } });
    let request = json!({ "to": counter, "data": method(3, 1) });
    let output = call(&bench, request, accounts, Value::Null).await.unwrap();
    assert!(
        output.is_empty(),
        "an account without code accepts anything"
    );
}

#[tokio::test]
async fn nonces_are_what_the_override_says() {
    let bench = Bench::start();
    let account = fresh("busy");
    let request = json!({
        "to": NONCE_HOLDER,
        "data": Bytes::from(getMinNonceCall { account }.abi_encode()),
    });
    let accounts = json!({ account.to_string(): { "nonce": "0x2a" } });
    let nonce = call(&bench, request.clone(), accounts, Value::Null).await;
    assert_eq!(nonce.unwrap(), [U256::from(42)]);
    let nonce = call(&bench, request, json!({}), Value::Null).await;
    assert_eq!(nonce.unwrap(), [U256::ZERO]);
    // A sender's, too: its call runs with the nonce it is said to have.
    let accounts = json!({ account.to_string(): { "nonce": 7 } });
    let request = json!({ "from": account, "to": fresh("x") });
    assert!(call(&bench, request, accounts, Value::Null).await.is_ok());
}

#[tokio::test]
async fn state_replaces_all_slots_and_a_difference_only_some() {
    let bench = Bench::start();
    let counter = bench
        .deploy(&counter(), &U256::from(41).to_be_bytes::<32>())
        .await;
    let code = json!(probe());
    let read = async |member: &str, slots: Value, slot: u64| -> U256 {
        let accounts = json!({ counter.to_string(): { "code": code, member: slots } });
        let request = json!({ "to": counter, "data": method(3, slot) });
        call(&bench, request, accounts, Value::Null).await.unwrap()[0]
    };
    let one = json!({ "0x1": "0x7" });
    assert_eq!(read("stateDiff", one.clone(), 0).await, U256::from(41));
    assert_eq!(read("stateDiff", one.clone(), 1).await, U256::from(7));
    assert_eq!(read("state", one.clone(), 0).await, U256::ZERO);
    assert_eq!(read("state", one, 1).await, U256::from(7));
    assert_eq!(read("state", json!({}), 0).await, U256::ZERO);
    let word = json!({ B256::ZERO.to_string(): B256::with_last_byte(5) });
    assert_eq!(read("stateDiff", word, 0).await, U256::from(5));
}

#[tokio::test]
async fn blocks_are_what_the_override_says() {
    let bench = Bench::start();
    bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    let miner = fresh("miner");
    let random = B256::repeat_byte(9);
    let long = json!({
        "number": "0x3e8", "time": GENESIS + 500, "baseFeePerGas": "0x5f5e100", "gasLimit": "0x1234",
        "feeRecipient": miner, "prevRandao": random,
    });
    let short = json!({
        "number": 1000, "time": format!("{:#x}", GENESIS + 500), "baseFee": "0x5f5e100", "gasLimit": "0x1234",
        "coinbase": miner, "random": random, "difficulty": random,
    });
    for block in [long, short] {
        let seen = ask_probe(&bench, method(1, 0), json!({}), block).await;
        let fee = U256::from(100_000_000);
        let expected = [
            U256::from(1000),
            U256::from(GENESIS + 500),
            fee,
            U256::from(0x1234),
            miner.into_word().into(),
            random.into(),
        ];
        assert_eq!(seen[..6], expected);
        assert!(!seen[6].is_zero(), "the block before has a hash");
        assert_eq!(seen[7], fee);
    }
    let plain = ask_probe(&bench, method(1, 0), json!({}), json!({})).await;
    assert_eq!(plain[..3], [1, GENESIS + 1, 0].map(U256::from));
}

#[tokio::test]
async fn time_and_number_can_go_back_and_far_ahead() {
    let bench = Bench::start();
    for nonce in 0..3 {
        bench
            .mined(&eth_transfer(2, &signer(1), nonce, fresh("a")))
            .await;
    }
    for (number, time) in [(1, 1), (2, GENESIS), (3, 5_000_000_000), (u32::MAX, 7)] {
        let block = json!({ "number": number, "time": time });
        let seen = ask_probe(&bench, method(1, 0), json!({}), block).await;
        assert_eq!(seen[..2], [u64::from(number), time].map(U256::from));
    }
    let later = json!({ "time": GENESIS + 1_000 });
    let seen = ask_probe(&bench, method(1, 0), json!({}), later.clone()).await;
    assert_eq!(seen[..2], [3, GENESIS + 1_000].map(U256::from));
    // The hashes of the chain's blocks stay.
    let first: Value = bench
        .ask("eth_getBlockByNumber", json!(["0x1", false]))
        .await
        .unwrap();
    for block in [later, json!({ "number": 100 })] {
        let seen = ask_probe(&bench, method(4, 1), json!({}), block).await;
        assert_eq!(json!(B256::from(seen[0])), first["hash"]);
    }
}

#[tokio::test]
async fn a_base_fee_asks_for_prices_that_cover_it() {
    let bench = Bench::start();
    let block = json!({ "baseFeePerGas": 100 });
    let request =
        |price: u64| json!({ "to": fresh("x"), "from": signer(1).address(), "gasPrice": price });
    let error = call(&bench, request(99), json!({}), block.clone()).await;
    assert!(
        error
            .unwrap_err()
            .message
            .contains("max fee per gas too low")
    );
    assert!(
        call(&bench, request(100), json!({}), block.clone())
            .await
            .is_ok()
    );
    assert!(call(&bench, request(200), json!({}), block).await.is_ok());
}

#[tokio::test]
async fn calls_in_the_first_block_see_the_first_state() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let code = async |block: &str| -> Bytes {
        let params = json!([{ "to": counter, "data": method(2, 0) }, block]);
        bench.ask("eth_call", params).await.unwrap()
    };
    assert!(code("earliest").await.is_empty());
    assert_eq!(code("latest").await.len(), 32);
}

#[tokio::test]
async fn estimates_take_overrides() {
    let bench = Bench::start();
    let (poor, target) = (fresh("poor"), fresh("target"));
    let request = json!({ "from": poor, "to": target, "value": "0x5", "data": method(1, 3) });
    let error = bench.ask::<U256>("eth_estimateGas", json!([request]));
    let error = error.await.unwrap_err();
    assert_eq!(error.code, -32000);
    assert!(error.message.starts_with("insufficient funds"), "{error}");
    let funds = json!({ poor.to_string(): { "balance": "0x5" } });
    let plain: U256 = bench
        .ask("eth_estimateGas", json!([request, "latest", funds]))
        .await
        .unwrap();
    let code = json!({ "balance": "0x5" });
    let both = json!({ poor.to_string(): code, target.to_string(): { "code": counter() } });
    let with_code: U256 = bench
        .ask(
            "eth_estimateGas",
            json!([request, "pending", both, { "number": 50 }]),
        )
        .await
        .unwrap();
    assert!(with_code > plain, "storing costs more than nothing");
    let fee: Value = bench
        .ask("zks_estimateFee", json!([request, both]))
        .await
        .unwrap();
    assert_eq!(fee["gas_limit"], json!(with_code));
    let fails = json!([{ "to": target, "data": method(3, 1) }, "latest", { target.to_string(): { "code": counter() } }]);
    let error = bench.ask::<U256>("eth_estimateGas", fails).await;
    assert_eq!(error.unwrap_err().as_revert_data().unwrap().len(), 36);
}

#[tokio::test]
async fn estimates_without_a_sender_are_anybodys() {
    let bench = Bench::start();
    let contract = bench.deploy_counter().await;
    let estimate = async |request: Value| -> Answer<U256> {
        bench.ask("eth_estimateGas", json!([request])).await
    };
    let request = json!({ "to": contract, "data": method(1, 3), "value": ether(9) });
    let anybody = estimate(request.clone()).await.unwrap();
    let mut named = request;
    named["from"] = json!(signer(1).address());
    let by_name = estimate(named).await.unwrap();
    let difference = anybody.abs_diff(by_name);
    assert!(difference < by_name / U256::from(10), "{anybody} {by_name}");
    let failing = json!({ "to": contract, "data": method(3, 1) });
    assert_eq!(estimate(failing).await.unwrap_err().code, 3);
}

#[tokio::test]
async fn transactions_of_every_type_can_be_estimated() {
    let bench = Bench::start();
    for (tx_type, nonce) in (0_u64..=2).zip(0..) {
        let request = json!([{
            "from": signer(1).address(), "to": fresh("x"), "type": tx_type, "value": ether(1),
        }]);
        let gas: U256 = bench.ask("eth_estimateGas", request).await.unwrap();
        assert!(
            gas < U256::from(2_000_000),
            "what the transfer below allows"
        );
        let raw = eth_transfer(tx_type as u8, &signer(1), nonce, fresh("x"));
        let receipt = bench.mined(&raw).await;
        let used: U256 = serde_json::from_value(receipt["gasUsed"].clone()).unwrap();
        assert!(gas >= used, "type {tx_type}: {gas} < {used}");
    }
}

#[tokio::test]
async fn overrides_that_mean_nothing_are_refused_by_name() {
    let bench = Bench::start();
    let account = |fields: Value| (json!({ fresh("x").to_string(): fields }), json!({}));
    let block = |fields: Value| (json!({}), fields);
    let cases = [
        (
            account(json!({ "movePrecompileToAddress": fresh("y") })),
            "movePrecompileToAddress",
        ),
        (
            account(json!({ "state": {}, "stateDiff": {} })),
            "both state and stateDiff",
        ),
        (account(json!({ "code": "0x6001600155" })), "not EraVM's"),
        (account(json!({ "code": { "evm": "0x6001" } })), "code"),
        (account(json!({ "storage": {} })), "storage"),
        (account(json!({ "balance": "much" })), "state overrides"),
        ((json!({ "0x12": {} }), json!({})), "state overrides"),
        (block(json!({ "blobBaseFee": "0x1" })), "blobBaseFee"),
        (block(json!({ "withdrawals": [] })), "withdrawals"),
        (block(json!({ "beaconRoot": B256::ZERO })), "beaconRoot"),
        (block(json!({ "blockHash": {} })), "blockHash"),
        (block(json!({ "miner": fresh("y") })), "miner"),
        (block(json!({ "number": 0 })), "number 0"),
        (block(json!({ "time": 0 })), "time 0"),
        (block(json!({ "number": "0x100000000" })), "32 bits"),
        (
            block(json!({ "random": B256::ZERO, "difficulty": 1 })),
            "contradict",
        ),
    ];
    for ((accounts, block), reason) in cases {
        let request = json!({ "to": fresh("z") });
        let error = call(&bench, request, accounts.clone(), block.clone());
        let error = error.await.expect_err(reason);
        assert_eq!(error.code, -32602, "{accounts} {block}: {error}");
        assert!(error.message.contains(reason), "{reason}: {error}");
    }
}
