//! `zksso demo`, inside its own node and on a served one.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::zksso::{Run, command, run};

const KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/// `zksso node` on a free port, ended when dropped.
pub(crate) struct ServedNode {
    process: Child,
    pub(crate) url: String,
}

impl ServedNode {
    pub(crate) fn start() -> Self {
        let mut process = command(&["node", "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.map_while(Result::ok).find_map(|line| {
            let (_, urls) = line.split_once("listening on ")?;
            urls.split(' ').next().map(str::to_owned)
        });
        Self {
            process,
            url: url.expect("the node says where it listens"),
        }
    }
}

impl Drop for ServedNode {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// The refusals of the demo, by the decoded error of each.
const REFUSALS: [(&str, &str); 7] = [
    ("transfer over the limit", "SessionLifetimeLimitExceeded"),
    (
        "token transfer over the limit",
        "SessionLifetimeLimitExceeded",
    ),
    ("transfer to a wrong recipient", "SessionTransferNotAllowed"),
    (
        "token transfer to a wrong recipient",
        "SessionConditionFailed",
    ),
    ("call of an unlisted target", "SessionCallNotAllowed"),
    ("transfer with the expired session", "TimestampOutOfRange"),
    ("transfer with the revoked session", "SessionNotActive"),
];

#[track_caller]
fn assert_tells_the_story(run: &Run) {
    assert!(run.success, "{}", run.stderr);
    let steps: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    for step in &steps {
        let name = step["step"].as_str().unwrap();
        let refusal = REFUSALS.iter().find(|(refused, _)| *refused == name);
        let expected = if refusal.is_some() {
            "refused"
        } else {
            "accepted"
        };
        assert_eq!(step["outcome"], expected, "{name}");
        match refusal {
            Some((_, error)) => {
                assert!(step["error"].as_str().unwrap().starts_with(error), "{step}")
            }
            None => assert!(step["error"].is_null(), "{step}"),
        }
        assert!(
            step["ms"].is_u64() && (step["gas"].is_null() || step["gas"].as_u64() > Some(50_000)),
            "{step}"
        );
    }
    let refused = steps
        .iter()
        .filter(|step| step["outcome"] == "refused")
        .count();
    assert_eq!((steps.len(), refused), (23, REFUSALS.len()));
}

#[test]
fn the_demo_tells_its_whole_story_as_json() {
    assert_tells_the_story(&run(&["demo", "--json"]));
}

#[test]
fn the_demo_plays_on_a_served_node_twice() {
    let node = ServedNode::start();
    for _ in 0..2 {
        assert_tells_the_story(&run(&[
            "demo",
            "--json",
            "--rpc-url",
            &node.url,
            "--private-key",
            KEY,
        ]));
    }
}

#[test]
fn the_demo_prints_a_table_for_people() {
    let run = run(&["demo"]);
    assert!(run.success, "{}", run.stderr);
    assert!(run.stdout.contains("transfer, signed by the passkey"));
    assert!(run.stdout.contains("refused: SessionNotActive"));
}
