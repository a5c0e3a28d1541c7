//! Contracts, their code and their logs.

use alloy::{
    primitives::{Address, B256, Bytes, U256, address},
    sol,
    sol_types::{SolCall, SolEvent},
};
use serde_json::{Value, json};

use crate::support::{Bench, Draft, counter, fresh, method, signer};

sol! {
    event MarkedAsKnown(bytes32 indexed bytecodeHash, bool indexed sendBytecodeToL1);
    function getMarker(bytes32 bytecodeHash) returns (uint256);
    function markFactoryDeps(bool shouldSendToL1, bytes32[] hashes);
}

#[tokio::test]
async fn a_deployed_contract_has_its_code_and_its_constructors_effect() {
    let bench = Bench::start();
    let code = counter();
    let argument = U256::from(41).to_be_bytes::<32>();
    let address = bench.deploy(&code, &argument).await;
    let at: Bytes = bench
        .ask("eth_getCode", json!([address, "latest"]))
        .await
        .unwrap();
    assert_eq!(at, code);
    let hash = zksso_eravm::bytecode_hash(&code).unwrap();
    let by_hash: Vec<u8> = bench
        .ask("zks_getBytecodeByHash", json!([hash]))
        .await
        .unwrap();
    assert_eq!(by_hash, code);
    assert_eq!(
        bench.call(address, method(2, 0)).await.unwrap()[..],
        argument
    );
    let slot: B256 = bench
        .ask("eth_getStorageAt", json!([address, "0x0", "latest"]))
        .await
        .unwrap();
    assert_eq!(slot, argument);
}

/// A marker without a bytecode behind it would crash the virtual machine.
#[tokio::test]
async fn only_the_bootloader_marks_bytecodes_as_known() {
    let bench = Bench::start();
    let known_codes = address!("0000000000000000000000000000000000008004");
    let hash = zksso_eravm::bytecode_hash(&counter()).unwrap();
    let marker = async || -> U256 {
        let data = getMarkerCall { bytecodeHash: hash }.abi_encode();
        let answer = bench.call(known_codes, data.into()).await.unwrap();
        U256::from_be_slice(&answer)
    };
    assert_eq!(marker().await, U256::ZERO);
    let forged = markFactoryDepsCall {
        shouldSendToL1: false,
        hashes: vec![hash],
    };
    let error = bench
        .call(known_codes, forged.abi_encode().into())
        .await
        .unwrap_err();
    assert_eq!(error.code, 3);
    assert_eq!(marker().await, U256::ZERO);
    bench.deploy_counter().await;
    assert_eq!(marker().await, U256::ONE);
}

#[tokio::test]
async fn a_deployment_reports_its_bytecode_and_its_address() {
    let bench = Bench::start();
    let contract = bench.deploy_counter().await;
    let hash = zksso_eravm::bytecode_hash(&counter()).unwrap();
    let known = MarkedAsKnown::SIGNATURE_HASH;
    let logs: Vec<Value> = bench
        .ask("eth_getLogs", json!([{ "topics": [known, hash] }]))
        .await
        .unwrap();
    assert_eq!(logs.len(), 1);
    let deployed = json!([{ "topics": [null, null, hash, contract.into_word()] }]);
    let logs: Vec<Value> = bench.ask("eth_getLogs", deployed).await.unwrap();
    assert_eq!(logs.len(), 1);
}

#[tokio::test]
async fn the_same_bytecode_deploys_again_at_another_address() {
    let bench = Bench::start();
    let first = bench.deploy_counter().await;
    let second = bench.deploy_counter().await;
    assert_ne!(first, second);
}

#[tokio::test]
async fn codeless_accounts_and_unknown_bytecodes_read_empty() {
    let bench = Bench::start();
    let code: Bytes = bench
        .ask("eth_getCode", json!([fresh("nobody")]))
        .await
        .unwrap();
    assert!(code.is_empty());
    let bytecode: Value = bench
        .ask("zks_getBytecodeByHash", json!([B256::ZERO]))
        .await
        .unwrap();
    assert!(bytecode.is_null());
}

#[tokio::test]
async fn logs_are_found_by_address_topic_and_range() {
    let bench = Bench::start();
    let (one, two) = (bench.deploy_counter().await, bench.deploy_counter().await);
    let sender = signer(1);
    let mut blocks = Vec::new();
    for (nonce, (contract, value)) in [(one, 5), (two, 6), (one, 7)].into_iter().enumerate() {
        let tx = Draft::new(sender.address(), contract)
            .nonce(nonce as u64)
            .data(method(1, value));
        let receipt = bench.mined(&tx.sign(&sender)).await;
        blocks.push(receipt["blockNumber"].clone());
    }
    let find = async |filter: Value| -> Vec<(Address, U256)> {
        let logs: Vec<Value> = bench.ask("eth_getLogs", json!([filter])).await.unwrap();
        let read = |log: &Value| {
            let address = serde_json::from_value(log["address"].clone()).unwrap();
            (
                address,
                serde_json::from_value(log["data"].clone()).unwrap(),
            )
        };
        logs.iter().map(read).collect()
    };
    let n = U256::from;
    let topic = B256::left_padding_from(&[0xab, 0xcd, 0xef]);
    let word = |value: u64| B256::from(U256::from(value));
    let all = json!({ "fromBlock": "0x0", "topics": [topic] });
    assert_eq!(find(all).await, [(one, n(5)), (two, n(6)), (one, n(7))]);
    let of_one = json!({ "fromBlock": "earliest", "address": one, "topics": [topic] });
    assert_eq!(find(of_one).await, [(one, n(5)), (one, n(7))]);
    let either = json!({ "fromBlock": "0x0", "topics": [null, [word(6), word(7)]] });
    assert_eq!(find(either).await, [(two, n(6)), (one, n(7))]);
    let range = json!({ "fromBlock": blocks[1], "toBlock": blocks[1], "address": [one, two] });
    assert_eq!(find(range).await, [(two, n(6))]);
    assert_eq!(find(json!({ "topics": [topic] })).await, [(one, n(7))]);
    let hash = bench.head().await["hash"].clone();
    let by_hash = json!({ "blockHash": hash, "address": one });
    assert_eq!(find(by_hash).await, [(one, n(7))]);
}

#[tokio::test]
async fn contradictory_and_unknown_filters_are_refused() {
    let bench = Bench::start();
    let hash = bench.head().await["hash"].clone();
    for filter in [
        json!({ "blockHash": hash, "fromBlock": "0x0" }),
        json!({ "fromBlock": "0x5", "toBlock": "0x1" }),
        json!({ "fromBlok": "0x5" }),
        json!({ "address": "0x12" }),
    ] {
        let error = bench
            .ask::<Value>("eth_getLogs", json!([filter]))
            .await
            .unwrap_err();
        assert_eq!(error.code, -32602, "{error}");
    }
}
