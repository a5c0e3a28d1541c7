//! State that is set, dumped, loaded, and kept in a file.

use std::{fs, path::Path};

use alloy::primitives::{Address, Bytes, U256};
use serde_json::{Value, json};
use zksso_node::{Error, Node, NodeConfig};

use crate::support::{Bench, GENESIS, counter, eth_transfer, ether, fresh, method, signer};

#[tokio::test]
async fn code_can_be_set_and_taken_away() {
    let bench = Bench::start();
    let place = fresh("place");
    let code = Bytes::from(counter());
    let runtime = {
        let address = bench.deploy_counter().await;
        let code: Bytes = bench.ask("eth_getCode", json!([address])).await.unwrap();
        code
    };
    assert_ne!(code, Bytes::new());
    assert!(
        bench
            .ask::<bool>("anvil_setCode", json!([place, runtime]))
            .await
            .unwrap()
    );
    let block = bench.call(place, method(4, 0)).await.unwrap();
    assert_eq!(U256::from_be_slice(&block[96..]), U256::from(260));
    let evm = json!([place, "0x6001600055"]);
    let error = bench.ask::<bool>("hardhat_setCode", evm).await.unwrap_err();
    assert_eq!(error.code, -32602);
    assert!(error.message.contains("not EraVM bytecode"), "{error}");
    assert!(
        bench
            .ask::<bool>("hardhat_setCode", json!([place, "0x"]))
            .await
            .unwrap()
    );
    assert!(bench.call(place, method(4, 0)).await.unwrap().is_empty());
}

#[tokio::test]
async fn reset_goes_back_to_genesis() {
    let bench = Bench::start();
    let genesis = bench.head().await;
    let filter: Value = bench.ask("eth_newBlockFilter", json!([])).await.unwrap();
    bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    assert!(bench.ask::<bool>("anvil_reset", json!([])).await.unwrap());
    assert_eq!(bench.head().await, genesis);
    assert_eq!(bench.balance(fresh("a")).await, U256::ZERO);
    bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    // Who watched still watches.
    let news = bench.ask("eth_getFilterChanges", json!([filter])).await;
    let hashes: Vec<Value> = news.unwrap();
    assert_eq!(hashes, [bench.head().await["hash"].clone()]);
    let fork = json!([{ "forking": { "jsonRpcUrl": "http://127.0.0.1:1" } }]);
    let error = bench.ask::<bool>("hardhat_reset", fork).await.unwrap_err();
    assert_eq!(error.code, -32602);
}

/// Blocks of all kinds; returns a contract.
async fn history(bench: &Bench) -> Address {
    let counter = bench.deploy_counter().await;
    bench
        .mined(&eth_transfer(0, &signer(1), 0, fresh("a")))
        .await;
    bench
        .mined(&eth_transfer(1, &signer(1), 1, fresh("a")))
        .await;
    bench
        .mined(&eth_transfer(2, &signer(1), 2, fresh("a")))
        .await;
    bench
        .ask::<Value>("evm_increaseTime", json!([1000]))
        .await
        .unwrap();
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    let balance = json!([fresh("b"), ether(7)]);
    bench
        .ask::<bool>("anvil_setBalance", balance)
        .await
        .unwrap();
    bench
        .ask::<Value>("anvil_impersonateAccount", json!([fresh("b")]))
        .await
        .unwrap();
    let sent = json!([{ "from": fresh("b"), "to": counter, "data": method(1, 5) }]);
    bench
        .ask::<Value>("eth_sendTransaction", sent)
        .await
        .unwrap();
    bench
        .ask::<Value>("anvil_impersonateAccount", json!([counter]))
        .await
        .unwrap();
    let sent = json!([{ "from": counter, "to": counter, "data": method(3, 5) }]);
    bench
        .ask::<Value>("eth_sendTransaction", sent)
        .await
        .unwrap();
    bench
        .ask::<Value>("evm_setNextBlockTimestamp", json!([GENESIS + 5000]))
        .await
        .unwrap();
    counter
}

/// Everything that requests can see of a chain.
async fn portrait(bench: &Bench, contract: Address) -> Value {
    let head: U256 = bench.ask("eth_blockNumber", json!([])).await.unwrap();
    let mut blocks = Vec::new();
    for number in 0..=head.to::<u64>() {
        let number = format!("{number:#x}");
        let block: Value = bench
            .ask("eth_getBlockByNumber", json!([number, true]))
            .await
            .unwrap();
        let receipts: Value = bench
            .ask("eth_getBlockReceipts", json!([number]))
            .await
            .unwrap();
        let traces: Value = bench
            .ask("debug_traceBlockByNumber", json!([number]))
            .await
            .unwrap();
        let balance: U256 = bench
            .ask("eth_getBalance", json!([fresh("a"), number]))
            .await
            .unwrap();
        blocks.push(json!([block, receipts, traces, balance]));
    }
    let now: u64 = bench
        .ask("config_getCurrentTimestamp", json!([]))
        .await
        .unwrap();
    let code: Bytes = bench.ask("eth_getCode", json!([contract])).await.unwrap();
    let value = bench.call(contract, method(2, 0)).await.unwrap();
    json!([blocks, now, code, value, bench.balance(fresh("b")).await])
}

#[tokio::test]
async fn a_dumped_chain_loads_into_another_node() {
    let (one, other) = (Bench::start(), Bench::start());
    let contract = history(&one).await;
    let dump: Bytes = one.ask("anvil_dumpState", json!([])).await.unwrap();
    assert!(
        other
            .ask::<bool>("anvil_loadState", json!([dump]))
            .await
            .unwrap()
    );
    assert_eq!(
        portrait(&other, contract).await,
        portrait(&one, contract).await
    );
    let raw = eth_transfer(2, &signer(1), 3, fresh("a"));
    assert_eq!(one.mined(&raw).await, other.mined(&raw).await);
}

#[tokio::test]
async fn what_is_no_dump_is_not_loaded() {
    let bench = Bench::start();
    bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    let before = bench.head().await;
    let dump: Bytes = bench.ask("anvil_dumpState", json!([])).await.unwrap();
    let text = String::from_utf8(dump.to_vec()).unwrap();
    let other = Bench::with(NodeConfig {
        chain_id: 270,
        ..NodeConfig::default()
    });
    for (bench, bytes, reason) in [
        (&bench, b"\xff".to_vec(), "it is not text"),
        (&bench, Vec::new(), "its first line is not the heading"),
        (
            &bench,
            text.replace("0x", "0y").into_bytes(),
            "its first line is not the heading",
        ),
        (
            &bench,
            text.replacen("\"success\":true", "\"success\":false", 1)
                .into_bytes(),
            "line 3 is damaged: its checksum is wrong",
        ),
        (
            &other,
            text.clone().into_bytes(),
            "it is of chain 260, this node's chain is 270",
        ),
    ] {
        let bytes = Bytes::from(bytes);
        let error = bench
            .ask::<bool>("anvil_loadState", json!([bytes]))
            .await
            .unwrap_err();
        assert_eq!(error.code, -32602);
        assert!(error.message.contains(reason), "{reason}: {error}");
    }
    assert_eq!(bench.head().await, before);
}

fn kept(path: &Path) -> NodeConfig {
    NodeConfig::default().with_state(path)
}

#[tokio::test]
async fn a_chain_survives_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chain");
    let first = Bench::with(kept(&path));
    let contract = history(&first).await;
    let portrait_before = portrait(&first, contract).await;
    drop(first);
    // The genesis time in the file counts, not the one in the settings.
    let node = Node::start(kept(&path).with_genesis_timestamp(5)).unwrap();
    let second = Bench::of(node);
    assert_eq!(portrait(&second, contract).await, portrait_before);
    second
        .mined(&eth_transfer(2, &signer(1), 3, fresh("a")))
        .await;
    let portrait_before = portrait(&second, contract).await;
    drop(second);
    let third = Bench::with(kept(&path));
    assert_eq!(portrait(&third, contract).await, portrait_before);
}

#[tokio::test]
async fn snapshots_and_resets_reach_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chain");
    let bench = Bench::with(kept(&path));
    let snapshot: Value = bench.ask("evm_snapshot", json!([])).await.unwrap();
    bench.deploy_counter().await;
    bench
        .ask::<bool>("evm_revert", json!([snapshot]))
        .await
        .unwrap();
    // The same code again: it must be in the file again, too.
    let contract = bench.deploy_counter().await;
    let before = portrait(&bench, contract).await;
    drop(bench);
    let bench = Bench::with(kept(&path));
    assert_eq!(portrait(&bench, contract).await, before);
    bench.ask::<bool>("anvil_reset", json!([])).await.unwrap();
    drop(bench);
    assert_eq!(Bench::with(kept(&path)).head().await["number"], "0x0");
}

#[tokio::test]
async fn a_file_that_was_cut_off_at_any_byte_loses_one_change_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chain");
    let bench = Bench::with(kept(&path));
    bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    let two = fs::read(&path).unwrap();
    bench
        .mined(&eth_transfer(2, &signer(1), 1, fresh("a")))
        .await;
    drop(bench);
    let whole = fs::read(&path).unwrap();
    assert!(whole.starts_with(&two));
    for cut in [two.len(), two.len() + 1, two.len() + 20, whole.len() - 1] {
        fs::write(&path, &whole[..cut]).unwrap();
        let bench = Bench::with(kept(&path));
        assert_eq!(bench.head().await["number"], "0x1", "cut at {cut}");
        bench
            .mined(&eth_transfer(2, &signer(1), 1, fresh("a")))
            .await;
    }
    let bench = Bench::with(kept(&path));
    assert_eq!(bench.head().await["number"], "0x2");
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chain");
    let bench = Bench::with(kept(&path));
    for nonce in 0..3 {
        bench
            .mined(&eth_transfer(2, &signer(1), nonce, fresh("a")))
            .await;
    }
    drop(bench);
    let whole = fs::read(&path).unwrap();
    let step = whole.len() / 40;
    for at in (0..whole.len() - 1).step_by(step) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x01;
        fs::write(&path, &damaged).unwrap();
        let error = Node::start(kept(&path)).unwrap_err();
        assert!(
            matches!(error, Error::StateDamaged { .. }),
            "byte {at}: {error}"
        );
        assert!(error.to_string().contains("left as it is"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }
    fs::write(&path, &whole).unwrap();
    let other = NodeConfig {
        chain_id: 270,
        ..kept(&path)
    };
    assert!(matches!(
        Node::start(other),
        Err(Error::StateDamaged { .. })
    ));
    assert_eq!(fs::read(&path).unwrap(), whole);
}

#[tokio::test]
async fn two_nodes_do_not_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chain");
    let first = Bench::with(kept(&path));
    assert!(matches!(
        Node::start(kept(&path)),
        Err(Error::StateInUse(_))
    ));
    drop(first);
    Node::start(kept(&path)).unwrap();
    let missing = folder.path().join("missing").join("chain");
    assert!(matches!(
        Node::start(kept(&missing)),
        Err(Error::StateFile { .. })
    ));
}
