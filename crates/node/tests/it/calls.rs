//! Calls and estimates.

use alloy::primitives::{Bytes, U256};
use alloy::sol_types::SolCall;
use serde_json::{Value, json};

use crate::support::{
    Bench, DEPLOYER, Draft, GENESIS, counter, createCall, ether, fresh, method, signer,
};

fn words(bytes: &Bytes) -> Vec<U256> {
    bytes.chunks(32).map(U256::from_be_slice).collect()
}

#[tokio::test]
async fn calls_need_no_funds_and_carry_values() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let request = json!([{ "from": fresh("nobody"), "to": counter, "input": method(2, 0) }]);
    let answer: Bytes = bench.ask("eth_call", request).await.unwrap();
    assert_eq!(words(&answer), [U256::ZERO]);
    let request = json!([{ "from": signer(1).address(), "to": counter, "data": method(7, 0), "value": "0x9" }]);
    let answer: Bytes = bench.ask("eth_call", request).await.unwrap();
    assert_eq!(words(&answer), [U256::from(9)]);
}

#[tokio::test]
async fn a_reverting_call_answers_with_its_data() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let error = bench.call(counter, method(3, 1)).await.unwrap_err();
    assert_eq!(error.code, 3);
    assert!(error.message.starts_with("execution reverted"), "{error}");
    assert_eq!(
        error.as_revert_data().unwrap()[..4],
        [0xde, 0xad, 0xbe, 0xef]
    );
}

#[tokio::test]
async fn a_call_sees_the_block_it_is_made_in() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let sender = signer(1);
    for (nonce, value) in [10, 20].into_iter().enumerate() {
        let tx = Draft::new(sender.address(), counter)
            .nonce(nonce as u64)
            .data(method(1, value));
        bench.mined(&tx.sign(&sender)).await;
    }
    let block = async |tag: &str, selector: u8| -> Vec<U256> {
        let params = json!([{ "to": counter, "data": method(selector, 0) }, tag]);
        words(&bench.ask::<Bytes>("eth_call", params).await.unwrap())
    };
    let time = |number: u64| U256::from(GENESIS + number);
    for number in 1..=3_u64 {
        let seen = block(&format!("{number:#x}"), 4).await;
        let header: Value = bench
            .ask(
                "eth_getBlockByNumber",
                json!([format!("{number:#x}"), false]),
            )
            .await
            .unwrap();
        // SystemContext does not know the block before the first.
        let parent = match number {
            1 => U256::ZERO,
            _ => serde_json::from_value(header["parentHash"].clone()).unwrap(),
        };
        assert_eq!(
            seen,
            [U256::from(number), time(number), parent, U256::from(260)]
        );
    }
    assert_eq!(block("latest", 4).await, block("0x3", 4).await);
    assert_eq!(block("pending", 4).await[..2], [U256::from(4), time(4)]);
    let values = [
        block("0x1", 2).await,
        block("0x2", 2).await,
        block("latest", 2).await,
    ];
    assert_eq!(values.concat(), [0, 10, 20].map(U256::from));
}

#[tokio::test]
async fn an_endless_call_fails_and_the_node_lives_on() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let request = json!([{ "to": counter, "data": method(5, 0), "gas": 2_000_000 }]);
    let error = bench.ask::<Bytes>("eth_call", request).await.unwrap_err();
    assert_eq!(error.code, 3);
    bench.call(counter, method(2, 0)).await.unwrap();
}

#[tokio::test]
async fn what_calls_cannot_have_is_refused_not_ignored() {
    let bench = Bench::start();
    let call = json!({ "to": fresh("x") });
    for params in [
        json!([call, "latest", {}, {}, {}]),
        json!([{ "to": fresh("x"), "blobVersionedHashes": [] }]),
        json!([{ "to": fresh("x"), "accessList": [{ "address": fresh("x"), "storageKeys": [] }] }]),
        json!([{ "to": fresh("x"), "chainId": "0x1" }]),
        json!([{ "data": "0x00" }]),
        json!([{ "to": fresh("x"), "eip712Meta": { "factoryDeps": [[1, 2, 3]] } }]),
    ] {
        let error = bench
            .ask::<Bytes>("eth_call", params.clone())
            .await
            .unwrap_err();
        assert_eq!(error.code, -32602, "{params}: {error}");
    }
}

#[tokio::test]
async fn estimates_suffice_for_transfers_writes_and_deployments() {
    let bench = Bench::start();
    let contract = bench.deploy_counter().await;
    let sender = signer(1);
    let code = counter();
    let deploy = createCall {
        salt: Default::default(),
        bytecodeHash: zksso_eravm::bytecode_hash(&code).unwrap(),
        input: Bytes::new(),
    };
    let cases = [
        (fresh("to"), ether(1), Bytes::new(), vec![]),
        (contract, U256::ZERO, method(1, 77), vec![]),
        (contract, U256::ZERO, method(6, 200), vec![]),
        (DEPLOYER, U256::ZERO, deploy.abi_encode().into(), vec![code]),
    ];
    for (nonce, (to, value, data, deps)) in cases.into_iter().enumerate() {
        let request = json!([{
            "from": sender.address(), "to": to, "value": value, "data": data,
            "eip712Meta": { "gasPerPubdata": "0x0", "factoryDeps": deps },
        }]);
        let fee: Value = bench.ask("zks_estimateFee", request.clone()).await.unwrap();
        let gas: U256 = bench.ask("eth_estimateGas", request).await.unwrap();
        assert_eq!(fee["gas_limit"], json!(gas));
        let mut draft = Draft::new(sender.address(), to)
            .nonce(nonce as u64)
            .value(value)
            .data(data)
            .gas(gas.to());
        for dep in &deps {
            draft = draft.dependency(dep);
        }
        let receipt = bench.mined(&draft.sign(&sender)).await;
        assert_eq!(receipt["status"], "0x1", "case {nonce}: {receipt}");
    }
}

#[tokio::test]
async fn an_estimate_for_a_smart_account_tolerates_a_dummy_signature() {
    let bench = Bench::start();
    let account = bench.deploy_account().await;
    let mut dummy = vec![4];
    dummy.extend([0; 64]);
    let request = json!([{
        "from": account, "to": fresh("to"), "value": "0x1",
        "eip712Meta": { "gasPerPubdata": "0xc350", "customSignature": dummy },
    }]);
    let gas: U256 = bench.ask("eth_estimateGas", request).await.unwrap();
    let raw = Draft::new(account, fresh("to"))
        .value(U256::ONE)
        .gas(gas.to())
        .behave(0, U256::ZERO, U256::ZERO);
    assert_eq!(bench.mined(&raw).await["status"], "0x1");
}

#[tokio::test]
async fn an_estimate_of_a_failing_transaction_answers_with_its_revert() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let request = json!([{ "from": signer(1).address(), "to": counter, "data": method(3, 1) }]);
    let error = bench
        .ask::<U256>("eth_estimateGas", request)
        .await
        .unwrap_err();
    assert_eq!(error.code, 3);
    assert_eq!(error.as_revert_data().unwrap().len(), 36);
    let past = json!([{ "to": counter }, "0x0"]);
    let error = bench
        .ask::<U256>("eth_estimateGas", past)
        .await
        .unwrap_err();
    assert_eq!(error.code, -32602);
}

#[tokio::test]
async fn a_traced_call_shows_the_inner_calls() {
    let bench = Bench::start();
    let counter = bench.deploy_counter().await;
    let params =
        json!([{ "to": counter, "data": method(2, 0) }, "latest", { "tracer": "callTracer" }]);
    let trace: Value = bench.ask("debug_traceCall", params).await.unwrap();
    assert_eq!(trace["output"], json!(Bytes::from([0; 32])));
    assert!(
        trace["calls"]
            .to_string()
            .contains(&format!("{counter:#x}"))
    );
}
