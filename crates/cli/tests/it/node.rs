//! The node's log, traces and coverage as its users see them.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use alloy::primitives::{Address, U256, hex, keccak256};
use alloy::providers::Provider as _;
use serde_json::{Value, json};
use zksso_client::{Chain, Wallet};
use zksso_node::RICH_ACCOUNTS;
use zksso_testkit::contract_code;

use crate::zksso::{Run, command, project, run};

/// A node in a process of its own, with its log.
struct Node {
    process: Child,
    log: BufReader<ChildStdout>,
    url: String,
}

impl Node {
    fn start(arguments: &[&str]) -> Self {
        let mut process = command(&[&["node", "--port", "0", "--json"], arguments].concat())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stdout.take().unwrap());
        let mut node = Self {
            process,
            log,
            url: String::new(),
        };
        let greeting = node.event();
        assert_eq!(greeting["event"], "listening");
        node.url = greeting["url"].as_str().unwrap().to_owned();
        node
    }

    /// Asks for more than what the pipe and the node keep of an unread log.
    async fn fill_log(&self) -> usize {
        const REQUESTS: usize = 5_000;
        let chain = Chain::connect(&self.url).await.unwrap();
        for _ in 0..REQUESTS {
            chain.balance(Address::ZERO).await.unwrap();
        }
        REQUESTS
    }

    /// The next line of the log.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.log.read_line(&mut line).unwrap();
        line
    }

    fn event(&mut self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn transfer(url: &str) -> String {
    let chain = Chain::connect(url).await.unwrap();
    let key = RICH_ACCOUNTS[0].private_key.to_string();
    let wallet = Wallet::from_private_key(chain, &key).unwrap();
    let receipt = wallet
        .transfer(Address::repeat_byte(7), U256::from(5))
        .await;
    receipt.unwrap().hash.to_string()
}

#[tokio::test]
async fn a_transfer_is_logged_traced_and_counted() {
    let mut node = Node::start(&["--coverage"]);
    let hash = transfer(&node.url).await;
    let event = node.event();
    assert_eq!(event["event"], "transaction");
    assert_eq!(event["hash"], hash.as_str());
    assert_eq!(event["success"], true);

    let traced = run(&["trace", &hash, "--rpc-url", &node.url, "--json"]);
    assert!(traced.success, "{}", traced.stderr);
    let mut report: Value = serde_json::from_str(&traced.stdout).unwrap();
    report["event"] = "transaction".into();
    assert_eq!(report, event);

    let shown = run(&["trace", &hash, "--rpc-url", &node.url]);
    assert!(
        shown.stdout.contains("success in block 1"),
        "{}",
        shown.stdout
    );
    assert!(
        shown.stdout.contains("{value: 0.000000000000000005 ETH}"),
        "{}",
        shown.stdout
    );
    assert!(
        !shown.stdout.contains('\u{1b}'),
        "no colours without a terminal"
    );

    let coverage = run(&["coverage", "--rpc-url", &node.url]);
    assert!(
        coverage.stdout.contains("lines with code ran"),
        "{}",
        coverage.stdout
    );
}

#[tokio::test]
async fn a_log_that_is_read_too_late_says_how_much_is_missing() {
    let mut node = Node::start(&["-v"]);
    let asked = node.fill_log().await;
    let mut balances = 0;
    let lost = loop {
        let event = node.event();
        match event["event"].as_str().unwrap() {
            "request" => balances += usize::from(event["method"] == "eth_getBalance"),
            "lost" => break event["events"].as_u64().unwrap(),
            other => panic!("{other}"),
        }
    };
    assert_eq!(balances + usize::try_from(lost).unwrap(), asked);
    let hash = transfer(&node.url).await;
    let mut events = std::iter::from_fn(|| Some(node.event()));
    let transaction = events.find(|event| event["event"] == "transaction");
    assert_eq!(transaction.unwrap()["hash"], hash.as_str());
}

#[cfg(unix)]
#[tokio::test]
async fn a_node_whose_log_nobody_reads_can_be_stopped() {
    let mut node = Node::start(&["-v"]);
    node.fill_log().await;
    let id = node.process.id().to_string();
    let killed = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(killed.success());
    assert!(node.process.wait().unwrap().success());
}

#[test]
fn a_node_that_does_not_count_says_so() {
    let node = Node::start(&[]);
    let coverage = run(&["coverage", "--rpc-url", &node.url]);
    assert!(coverage.error_line().contains("zksso node --coverage"));
    let unknown = format!("0x{}", "11".repeat(32));
    let traced = run(&["trace", &unknown, "--rpc-url", &node.url]);
    assert!(traced.error_line().contains("there is no transaction"));
}

#[test]
fn a_folder_without_artifacts_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let failed = run(&["node", "--port", "0", "--abi", path]);
    assert!(failed.error_line().contains(path));
}

/// They are read while the node listens already.
#[test]
fn artifacts_that_cannot_be_read_end_the_node() {
    let project = project("[profile.default]\n", "contract Vault {}");
    let artifacts = project.path().join("artifacts");
    std::fs::create_dir(&artifacts).unwrap();
    let mut command = command(&["node", "--port", "0"]);
    let ended: Run = command.current_dir(&project).output().unwrap().into();
    assert!(ended.error_line().contains("artifacts"));
}

/// Calls within calls beyond what JSON readers usually read.
#[tokio::test]
async fn a_transaction_whose_calls_nest_deep_is_traced() {
    // Builds the project, whose artifacts the node takes names from.
    let code = contract_code("Diver").unwrap().bytecode;
    let mut node = Node::start(&[]);
    let chain = Chain::connect(&node.url).await.unwrap();
    let diver = Address::repeat_byte(9);
    let provider = chain.provider();
    let set = (diver, code);
    let set: bool = provider
        .raw_request("anvil_setCode".into(), set)
        .await
        .unwrap();
    assert!(set);
    // dive(300).
    let dive = format!(
        "0x{}{:064x}",
        hex::encode(&keccak256("dive(uint256)")[..4]),
        300
    );
    let call = json!([{ "from": RICH_ACCOUNTS[0].address, "to": diver, "data": dive, "gas": "0x4c4b400" }]);
    let hash: String = provider
        .raw_request("eth_sendTransaction".into(), call)
        .await
        .unwrap();

    // The log waits for its reader.
    let logged = node.line();
    assert_eq!(logged.matches(r#""function":"dive""#).count(), 301);
    let shown = run(&["trace", &hash, "--rpc-url", &node.url]);
    assert!(shown.success, "{}", shown.stderr);
    assert_eq!(shown.stdout.matches("dive(depth: ").count(), 301);
    let traced = run(&["trace", &hash, "--rpc-url", &node.url, "--json"]);
    assert!(traced.success, "{}", traced.stderr);
    let dives = traced.stdout.matches(r#""function": "dive""#).count();
    assert_eq!(dives, 301);
}

/// Everything that was answered is there again after a kill at whatever moment.
#[tokio::test]
async fn a_chain_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chain");
    let arguments = ["--state", path.to_str().unwrap()];
    let mut sent = Vec::new();
    for _ in 0..3 {
        let mut node = Node::start(&arguments);
        let chain = Chain::connect(&node.url).await.unwrap();
        let balance = chain.balance(Address::repeat_byte(7)).await.unwrap();
        assert_eq!(balance, U256::from(5 * sent.len()));
        for _ in 0..4 {
            sent.push(transfer(&node.url).await);
            // What is not read stays in the pipe.
            assert_eq!(node.event()["event"], "transaction");
        }
        // Dropping it kills the process.
        drop(node);
    }
    let node = Node::start(&arguments);
    for hash in sent {
        let traced = run(&["trace", &hash, "--rpc-url", &node.url, "--json"]);
        assert!(traced.success, "{}", traced.stderr);
    }
}
