//! Methods of the protocol that client libraries call, and what they say of a small history.

use alloy::{
    primitives::{Address, B256, Bytes, U64, U256, address},
    sol,
    sol_types::{SolCall, SolValue},
};
use serde_json::{Value, json};
use zksync_types::api::{L1BatchDetails, TransactionDetailedResult};

use crate::support::{Bench, Draft, contract, counter, eth_transfer, ether, fresh, method, signer};

sol! {
    function create2(bytes32 salt, bytes32 bytecodeHash, bytes input) returns (address);
    function create2Account(bytes32 salt, bytes32 bytecodeHash, bytes input, uint8 version) returns (address);
}

const CREATE2_FACTORY: Address = address!("0000000000000000000000000000000000010000");
const BASE_TOKEN: Address = address!("000000000000000000000000000000000000800a");

/// Address that CREATE2 gives, by the protocol's formula.
fn create2_address(sender: Address, salt: B256, hash: B256, input: &[u8]) -> Address {
    let prefix = alloy::primitives::keccak256("zksyncCreate2");
    let input = alloy::primitives::keccak256(input);
    let preimage = (prefix, sender.into_word(), salt, hash, input).abi_encode();
    Address::from_word(alloy::primitives::keccak256(preimage))
}

#[tokio::test]
async fn detailed_output_is_what_the_transaction_did() {
    let bench = Bench::start();
    let contract = bench.deploy_counter().await;
    let draft = Draft::new(signer(1).address(), contract).data(method(1, 9));
    let raw = draft.sign(&signer(1));
    let answer: Value = bench
        .ask("zks_sendRawTransactionWithDetailedOutput", json!([raw]))
        .await
        .unwrap();
    let output: TransactionDetailedResult = serde_json::from_value(answer.clone()).unwrap();
    let receipt: Value = bench
        .ask(
            "eth_getTransactionReceipt",
            json!([output.transaction_hash]),
        )
        .await
        .unwrap();
    assert_eq!(receipt["status"], "0x1");
    let place = |list: &Value| -> Vec<Value> {
        let logs = list.as_array().unwrap().iter();
        logs.map(|log| {
            json!([
                log["address"],
                log["topics"],
                log["data"],
                log["transactionHash"]
            ])
        })
        .collect()
    };
    assert_eq!(place(&answer["events"]), place(&receipt["logs"]));
    for log in &output.storage_logs {
        let params = json!([log.address, log.key]);
        let now: U256 = bench.ask("eth_getStorageAt", params).await.unwrap();
        assert_eq!(json!(now), json!(log.written_value), "{log:?}");
    }
    let ours = answer["storageLogs"].as_array().unwrap().iter();
    let ours: Vec<_> = ours
        .filter(|log| log["address"] == json!(contract))
        .collect();
    let expected = json!({ "address": contract, "key": "0x0", "writtenValue": "0x9" });
    assert_eq!(ours, [&expected]);
}

#[tokio::test]
async fn detailed_output_of_a_refused_transaction_is_its_refusal() {
    let bench = Bench::start();
    let raw = eth_transfer(2, &signer(1), 0, fresh("a"));
    bench.send(&raw).await.unwrap();
    let again = bench.ask::<Value>("zks_sendRawTransactionWithDetailedOutput", json!([raw]));
    let error = again.await.unwrap_err();
    assert!(error.message.contains("already known"), "{error}");
    let garbage = bench.ask::<Value>(
        "zks_sendRawTransactionWithDetailedOutput",
        json!(["0x02c0"]),
    );
    assert_eq!(garbage.await.unwrap_err().code, -32602);
    assert_eq!(bench.head().await["number"], "0x1");
}

#[tokio::test]
async fn batches_have_details() {
    let bench = Bench::start();
    bench
        .send(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await
        .unwrap();
    let batch: Value = bench
        .ask("zks_getL1BatchDetails", json!([1]))
        .await
        .unwrap();
    let read: L1BatchDetails = serde_json::from_value(batch.clone()).unwrap();
    assert_eq!((read.number.0, read.base.l2_tx_count), (1, 1));
    let block: Value = bench.ask("zks_getBlockDetails", json!([1])).await.unwrap();
    for (name, value) in batch.as_object().unwrap() {
        assert_eq!(block[name], *value, "{name}");
    }
    let none: Value = bench
        .ask("zks_getL1BatchDetails", json!([2]))
        .await
        .unwrap();
    assert_eq!(none, Value::Null);
}

#[tokio::test]
async fn raw_transactions_of_blocks_are_the_protocols_own() {
    let bench = Bench::start();
    let raw = eth_transfer(2, &signer(1), 0, fresh("a"));
    let hash = bench.send(&raw).await.unwrap();
    let ask = async |number: u64| -> Vec<Value> {
        bench
            .ask("zks_getRawBlockTransactions", json!([number]))
            .await
            .unwrap()
    };
    let transactions = ask(1).await;
    let read: zksync_types::Transaction = serde_json::from_value(transactions[0].clone()).unwrap();
    assert_eq!(json!(read.execute.contract_address), json!(fresh("a")));
    let input = &transactions[0]["common_data"]["L2"]["input"];
    assert_eq!(input["hash"], json!(hash));
    assert_eq!(input["data"], json!(raw.to_vec()));
    let header = bench.head().await;
    let seconds: U64 = serde_json::from_value(header["timestamp"].clone()).unwrap();
    assert_eq!(read.received_timestamp_ms, seconds.to::<u64>() * 1000);
    assert!(ask(0).await.is_empty());
    assert!(ask(2).await.is_empty());
}

#[tokio::test]
async fn ether_is_the_only_token_that_the_chain_knows() {
    let bench = Bench::start();
    let tokens = async |params: Value| -> Vec<Value> {
        bench.ask("zks_getConfirmedTokens", params).await.unwrap()
    };
    let all = tokens(json!([0, 255])).await;
    assert_eq!(all[0]["l2Address"], json!(BASE_TOKEN));
    assert_eq!(tokens(json!([])).await, all);
    for params in [
        json!([1, 10]),
        json!([0, 0]),
        json!(["0xffffffffffffffffff", 1]),
    ] {
        assert!(tokens(params).await.is_empty());
    }
    let balances = async |account: Address| -> Value {
        bench
            .ask("zks_getAllAccountBalances", json!([account]))
            .await
            .unwrap()
    };
    assert_eq!(balances(fresh("nobody")).await, json!({}));
    bench
        .send(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await
        .unwrap();
    let held = balances(fresh("a")).await;
    assert_eq!(held, json!({ format!("{BASE_TOKEN:#x}"): ether(1) }));
}

#[tokio::test]
async fn gas_per_pubdata_is_the_price_that_transactions_must_allow() {
    let bench = Bench::start();
    let price: U64 = bench.ask("zks_gasPerPubdata", json!([])).await.unwrap();
    let draft = Draft::new(signer(1).address(), fresh("a"));
    let low = draft.clone().gas_per_pubdata(price.to::<u64>() - 1);
    let error = bench.send(&low.sign(&signer(1))).await.unwrap_err();
    assert!(
        error.message.contains(&format!("a byte costs {price} gas")),
        "{error}"
    );
    let enough = draft.gas_per_pubdata(price.to());
    assert_eq!(bench.mined(&enough.sign(&signer(1))).await["status"], "0x1");
}

#[tokio::test]
async fn the_factory_deploys_at_addresses_of_its_own() {
    let bench = Bench::start();
    let code = counter();
    let hash = zksso_eravm::bytecode_hash(&code).unwrap();
    let (salt, input) = (
        B256::repeat_byte(3),
        Bytes::from(U256::from(4).abi_encode()),
    );
    let plain = create2Call {
        salt,
        bytecodeHash: hash,
        input: input.clone(),
    }
    .abi_encode();
    let kinds = [(plain, hash, code), {
        let code = contract("Account", include_str!("contracts/account.yul"));
        let hash = zksso_eravm::bytecode_hash(&code).unwrap();
        let call = create2AccountCall {
            salt,
            bytecodeHash: hash,
            input: input.clone(),
            version: 1,
        };
        (call.abi_encode(), hash, code)
    }];
    for (nonce, (call, hash, code)) in kinds.into_iter().enumerate() {
        let sender = signer(nonce + 1);
        let draft = Draft::new(sender.address(), CREATE2_FACTORY).data(call.clone());
        let receipt = bench.mined(&draft.dependency(&code).sign(&sender)).await;
        let expected = create2_address(CREATE2_FACTORY, salt, hash, &input);
        assert_eq!(receipt["contractAddress"], json!(expected));
        let there: Bytes = bench.ask("eth_getCode", json!([expected])).await.unwrap();
        assert_eq!(there, code);
        // Twice is once too often, and the deployer's own error comes through.
        let again = bench.call(CREATE2_FACTORY, call.into()).await.unwrap_err();
        assert_eq!(again.code, 3);
        assert!(!again.as_revert_data().unwrap().is_empty());
    }
}

#[tokio::test]
async fn access_lists_name_the_slots_that_a_call_touches() {
    let bench = Bench::start();
    let contract = bench.deploy_counter().await;
    let ask = async |data: Bytes| -> Value {
        let request = json!([{ "from": signer(1).address(), "to": contract, "data": data }]);
        bench.ask("eth_createAccessList", request).await.unwrap()
    };
    let slot = |number: u64| json!(B256::from(U256::from(number)));
    let read = ask(method(2, 0)).await;
    assert_eq!(
        read["accessList"],
        json!([{ "address": contract, "storageKeys": [slot(0)] }])
    );
    let filled = ask(method(6, 2)).await;
    let slots = json!([slot(100), slot(101)]);
    assert_eq!(
        filled["accessList"],
        json!([{ "address": contract, "storageKeys": slots }])
    );
    let gas: U256 = serde_json::from_value(filled["gasUsed"].clone()).unwrap();
    assert!(gas > U256::ZERO && filled.get("error").is_none());
    let failed = ask(method(3, 1)).await;
    assert!(
        failed["error"]
            .as_str()
            .unwrap()
            .starts_with("execution reverted")
    );
    assert_eq!(failed["accessList"], json!([]));
}

#[tokio::test]
async fn fee_history_tells_how_full_blocks_were() {
    let bench = Bench::start();
    let receipt = bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    let history: Value = bench
        .ask("eth_feeHistory", json!([3, "latest", [10, 90]]))
        .await
        .unwrap();
    let header: Value = bench
        .ask("eth_getBlockByNumber", json!(["0x1", false]))
        .await
        .unwrap();
    let number = |value: &Value| -> f64 {
        let quantity: U64 = serde_json::from_value(value.clone()).unwrap();
        quantity.to::<u64>() as f64
    };
    let ratio = number(&receipt["gasUsed"]) / number(&header["gasLimit"]);
    assert!(ratio > 0.0);
    assert_eq!(history["gasUsedRatio"], json!([0.0, ratio, 0.0]));
    assert_eq!(history["oldestBlock"], "0x0");
    assert_eq!(history["baseFeePerGas"].as_array().unwrap().len(), 4);
    assert_eq!(
        history["reward"],
        json!([["0x0", "0x0"], ["0x0", "0x0"], ["0x0", "0x0"]])
    );
    for percentiles in [json!([50, 10]), json!([-1]), json!([101])] {
        let error = bench.ask::<Value>("eth_feeHistory", json!([1, "latest", percentiles]));
        assert_eq!(error.await.unwrap_err().code, -32602);
    }
    let none: Value = bench
        .ask("eth_feeHistory", json!([0, "latest"]))
        .await
        .unwrap();
    assert_eq!(none["gasUsedRatio"], json!([]));
}

#[tokio::test]
async fn receipts_of_a_block_are_those_of_its_transactions() {
    let bench = Bench::start();
    let receipt = bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    for id in [
        json!("0x1"),
        json!("latest"),
        receipt["blockHash"].clone(),
        json!({ "blockHash": receipt["blockHash"] }),
    ] {
        let receipts: Value = bench
            .ask("eth_getBlockReceipts", json!([id]))
            .await
            .unwrap();
        assert_eq!(receipts, json!([receipt]), "{id}");
    }
    for id in [json!("0x2"), json!(B256::ZERO)] {
        let none: Value = bench
            .ask("eth_getBlockReceipts", json!([id]))
            .await
            .unwrap();
        assert_eq!(none, Value::Null);
    }
    let error = bench.ask::<Value>("eth_getBlockReceipts", json!([])).await;
    assert_eq!(error.unwrap_err().code, -32602);
}
