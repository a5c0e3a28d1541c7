//! What an observer is told, and that the node does not wait for it.

use std::sync::{
    Arc, Mutex,
    mpsc::{self, Receiver, Sender},
};

use alloy::primitives::{B256, Bytes, U256};
use serde_json::json;
use zksso_node::{Node, NodeConfig, NodeEvent, NodeObserver};

use crate::support::{Bench, Draft, GENESIS, fresh, signer};

type Seen = Arc<Mutex<Vec<NodeEvent>>>;

/// Keeps what it is told, each event once the gate is open.
struct Witness {
    seen: Seen,
    gate: Mutex<Receiver<()>>,
    requests: bool,
}

impl NodeObserver for Witness {
    fn event(&self, event: &NodeEvent) {
        // Open is a gate whose other half is gone.
        let _ = self.gate.lock().unwrap().recv();
        self.seen.lock().unwrap().push(event.clone());
    }

    fn listens_to_requests(&self) -> bool {
        self.requests
    }
}

struct Scene {
    bench: Bench,
    seen: Seen,
    gate: Sender<()>,
    nonce: u64,
}

impl Scene {
    /// A node whose observer is stuck until the gate is dropped.
    fn stuck(requests: bool) -> Self {
        let (gate, closed) = mpsc::channel();
        let seen = Seen::default();
        let witness = Witness {
            seen: seen.clone(),
            gate: Mutex::new(closed),
            requests,
        };
        let config = NodeConfig::default().with_genesis_timestamp(GENESIS);
        Self {
            bench: Bench::of(Node::start_with(config, witness).unwrap()),
            seen,
            gate,
            nonce: 0,
        }
    }

    /// The same with an open gate.
    fn open() -> Self {
        let mut scene = Self::stuck(false);
        scene.open_gate();
        scene
    }

    fn open_gate(&mut self) {
        self.gate = mpsc::channel().0;
    }

    fn draft(&self) -> Bytes {
        let owner = signer(0);
        let draft = Draft::new(owner.address(), fresh("payee")).nonce(self.nonce);
        draft.value(U256::ONE).sign(&owner)
    }

    async fn transfer(&mut self) -> B256 {
        let raw = self.draft();
        self.nonce += 1;
        self.bench.send(&raw).await.unwrap()
    }

    /// Asks a question that can be told from the others by its number.
    async fn ask(&self, number: usize) {
        let words: U256 = U256::from(number);
        let params = json!([fresh("payee"), words, "latest"]);
        let _: B256 = self.bench.ask("eth_getStorageAt", params).await.unwrap();
    }

    async fn told(&self) -> Vec<NodeEvent> {
        self.bench.node.flush_events().await.unwrap();
        self.seen.lock().unwrap().clone()
    }
}

/// An event in a word.
fn word(event: &NodeEvent) -> String {
    match event {
        NodeEvent::Request(report) => report.method.clone(),
        NodeEvent::Transaction(report) => report.hash.to_string(),
        NodeEvent::Refusal(report) => {
            format!("refused {}", report.transaction.as_ref().unwrap().hash)
        }
        NodeEvent::Lost { events } => format!("{events} lost"),
        other => panic!("{other:?}"),
    }
}

fn words(events: &[NodeEvent]) -> Vec<String> {
    events.iter().map(word).collect()
}

#[tokio::test]
async fn a_stuck_observer_holds_no_request_up_and_gets_all_of_it_later() {
    let mut scene = Scene::stuck(true);
    let mut sent = Vec::new();
    for _ in 0..20 {
        let hash = scene.transfer().await;
        assert_eq!(scene.bench.receipt(hash).await["status"], "0x1");
        sent.push(hash.to_string());
    }
    assert!(scene.seen.lock().unwrap().is_empty());
    scene.open_gate();
    let told = words(&scene.told().await);
    let (transactions, requests): (Vec<_>, Vec<_>) =
        told.into_iter().partition(|word| word.starts_with("0x"));
    assert_eq!(transactions, sent);
    assert_eq!(
        requests,
        ["eth_sendRawTransaction", "eth_getTransactionReceipt"].repeat(20)
    );
}

#[tokio::test]
async fn what_finds_no_room_is_counted_and_told_where_it_is_missing() {
    const QUESTIONS: usize = 3_000;
    let mut scene = Scene::stuck(true);
    for number in 0..QUESTIONS {
        scene.ask(number).await;
    }
    scene.open_gate();
    scene.bench.node.flush_events().await.unwrap();
    scene.ask(QUESTIONS).await;
    let told = scene.told().await;
    let is_request = |event: &&NodeEvent| matches!(event, NodeEvent::Request(_));
    let kept = told.iter().take_while(is_request).count();
    for (number, event) in told[..kept].iter().enumerate() {
        let NodeEvent::Request(report) = event else {
            unreachable!();
        };
        let params = report.params.as_deref().unwrap();
        assert!(params.contains(&format!("\"{number:#x}\"")), "{params}");
    }
    assert!(kept > 1_000 && kept < QUESTIONS, "{kept}");
    let lost = u64::try_from(QUESTIONS - kept).unwrap();
    assert_eq!(told[kept], NodeEvent::Lost { events: lost });
    assert_eq!(words(&told[kept + 1..]), ["eth_getStorageAt"]);
}

#[tokio::test]
async fn transactions_and_refusals_are_told_in_the_order_in_which_they_happened() {
    let mut scene = Scene::open();
    let mut expected = Vec::new();
    for _ in 0..5 {
        let raw = scene.draft();
        expected.push(scene.transfer().await.to_string());
        let hash = expected.last().unwrap().clone();
        // Each of the same refusals is told.
        for _ in 0..2 {
            scene.bench.send(&raw).await.unwrap_err();
            expected.push(format!("refused {hash}"));
        }
    }
    assert_eq!(words(&scene.told().await), expected);
}

#[tokio::test]
async fn what_a_revert_undoes_was_told() {
    let mut scene = Scene::open();
    let mut expected = Vec::new();
    for _ in 0..3 {
        let snapshot: U256 = scene.bench.ask("evm_snapshot", json!([])).await.unwrap();
        expected.push(scene.transfer().await.to_string());
        expected.push(scene.transfer().await.to_string());
        let reverted: bool = scene
            .bench
            .ask("evm_revert", json!([snapshot]))
            .await
            .unwrap();
        assert!(reverted);
        scene.nonce -= 2;
    }
    expected.push(scene.transfer().await.to_string());
    let _: bool = scene.bench.ask("anvil_reset", json!([])).await.unwrap();
    assert_eq!(words(&scene.told().await), expected);
}

#[tokio::test]
async fn requests_without_pause_do_not_stop_the_log() {
    let mut scene = Scene::open();
    let hash = scene.transfer().await;
    let mut asked = 0;
    while scene.seen.lock().unwrap().is_empty() {
        scene.ask(asked).await;
        asked += 1;
        assert!(asked < 1_000_000, "nothing is told");
    }
    assert_eq!(words(&scene.seen.lock().unwrap()), [hash.to_string()]);
}

#[tokio::test]
async fn the_end_of_a_node_leaves_nothing_untold() {
    let mut scene = Scene::open();
    let mut sent = Vec::new();
    for _ in 0..10 {
        sent.push(scene.transfer().await.to_string());
    }
    drop(scene.bench);
    assert_eq!(words(&scene.seen.lock().unwrap()), sent);
}

#[tokio::test]
async fn a_node_ends_although_its_observer_is_stuck() {
    let mut scene = Scene::stuck(false);
    scene.transfer().await;
    drop(scene.bench);
    assert!(scene.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_observer_that_panics_is_told_the_next_event() {
    let seen = Seen::default();
    let kept = seen.clone();
    let observer = move |event: &NodeEvent| {
        kept.lock().unwrap().push(event.clone());
        assert_ne!(word(event), "eth_chainId", "as it should");
    };
    let node = Node::start_with(NodeConfig::default(), observer).unwrap();
    for method in ["eth_chainId", "eth_blockNumber"] {
        node.request(method, None).await.unwrap();
    }
    node.flush_events().await.unwrap();
    assert_eq!(
        words(&seen.lock().unwrap()),
        ["eth_chainId", "eth_blockNumber"]
    );
}
