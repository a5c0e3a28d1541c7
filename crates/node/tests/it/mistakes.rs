//! Messages that are wrong in every way we know: each gets the right code over every transport, and changes nothing.

use std::net::{Ipv4Addr, SocketAddr};

use alloy::{
    primitives::{Address, Bytes, U256},
    rlp::Header,
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use zksso_node::{RpcServer, ServerConfig};

use crate::{
    support::{Bench, DEPLOYER, Draft, GAS, eth_transfer, fresh, method, signer},
    wire::{Socket, post},
};

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// One node, reached in all ways.
struct Reached {
    bench: Bench,
    server: RpcServer,
    socket: Socket,
}

impl Reached {
    async fn start() -> Self {
        let bench = Bench::start();
        let server = bench.node.serve_with(ANY, ServerConfig::default()).await;
        let server = server.unwrap();
        let socket = Socket::open(&server).await;
        Self {
            bench,
            server,
            socket,
        }
    }

    /// The answers over HTTP, a WebSocket and in process.
    async fn answers(&mut self, message: &[u8]) -> Vec<Value> {
        let over_http = post(&self.server, message).await;
        assert_eq!(over_http.status, 200);
        let mut answers = vec![over_http.json()];
        match std::str::from_utf8(message) {
            Ok(text) => {
                answers.push(self.socket.answer(Message::text(text)).await);
                let in_process = self.bench.node.answer(text).await.unwrap();
                answers.push(serde_json::from_str(&in_process).unwrap());
            }
            // Only binary messages of a WebSocket may be something else.
            Err(_) => {
                let binary = Message::binary(message.to_vec());
                answers.push(self.socket.answer(binary).await);
            }
        }
        answers
    }

    /// Expects the error over every transport, and the chain as it was.
    async fn expect(&mut self, message: &[u8], id: Value, code: i64) {
        self.expect_one_of(message, id, &[code]).await;
    }

    async fn expect_one_of(&mut self, message: &[u8], id: Value, codes: &[i64]) {
        let shown = String::from_utf8_lossy(&message[..message.len().min(200)]).into_owned();
        let before = self.bench.digest().await;
        for answer in self.answers(message).await {
            assert_eq!(answer["jsonrpc"], "2.0", "{shown}");
            assert_eq!(answer["id"], id, "{shown}: {answer}");
            let code = answer["error"]["code"].as_i64().unwrap_or_default();
            assert!(codes.contains(&code), "{codes:?}: {answer}: {shown}");
            let text = answer["error"]["message"].as_str().unwrap();
            assert!(!text.is_empty() && text.len() < 2_000, "{shown}: {answer}");
        }
        assert_eq!(self.bench.digest().await, before, "{shown}");
    }

    async fn expect_call(&mut self, method: &str, params: Value, code: i64) {
        let call = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        self.expect(call.to_string().as_bytes(), json!(7), code)
            .await;
    }
}

#[tokio::test]
async fn what_is_no_json_is_a_parse_error() {
    let mut node = Reached::start().await;
    let cases: [&[u8]; 10] = [
        b"",
        b"   ",
        b"{",
        b"nonsense",
        b"[1, 2",
        br#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId""#,
        br#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"} trailing"#,
        br#"{"jsonrpc":"2.0","id":1,"method":"\x"}"#,
        b"\xff\xfe",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_\xc3\x28\"}",
    ];
    for message in cases {
        node.expect(message, Value::Null, -32700).await;
    }
    let unclosed = vec![b'['; 1_000_000];
    node.expect(&unclosed, Value::Null, -32700).await;
}

#[tokio::test]
async fn what_is_no_request_is_an_invalid_request() {
    let mut node = Reached::start().await;
    let cases = [
        ("1", Value::Null),
        ("null", Value::Null),
        ("\"eth_chainId\"", Value::Null),
        ("{}", Value::Null),
        ("[]", Value::Null),
        (r#"{"id":1,"method":"eth_chainId"}"#, json!(1)),
        (
            r#"{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}"#,
            json!(1),
        ),
        (r#"{"jsonrpc":2.0,"id":1,"method":"eth_chainId"}"#, json!(1)),
        (r#"{"jsonrpc":"2.0","id":"a"}"#, json!("a")),
        (r#"{"jsonrpc":"2.0","id":"a","method":1}"#, json!("a")),
        (r#"{"jsonrpc":"2.0","id":"a","method":null}"#, json!("a")),
        (
            r#"{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}"#,
            Value::Null,
        ),
        (
            r#"{"jsonrpc":"2.0","id":[1],"method":"eth_chainId"}"#,
            Value::Null,
        ),
        (
            r#"{"jsonrpc":"2.0","id":true,"method":"eth_chainId"}"#,
            Value::Null,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"eth_chainId"}"#,
            Value::Null,
        ),
    ];
    for (message, id) in cases {
        node.expect(message.as_bytes(), id, -32600).await;
    }
    let nested = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let batch = node.answers(&nested).await;
    for answer in batch {
        assert_eq!(answer[0]["error"]["code"], -32600);
    }
}

#[tokio::test]
async fn wrong_methods_and_parameters_have_their_codes() {
    let mut node = Reached::start().await;
    let unknown = [
        "",
        "eth_nonsense",
        "eth_chainid",
        "rpc_modules",
        "eth_getProof",
    ];
    for method in unknown {
        node.expect_call(method, json!([]), -32601).await;
    }
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let cases = [
        ("eth_chainId", json!({ "a": 1 })),
        ("eth_chainId", json!("0x1")),
        ("eth_chainId", json!(1)),
        ("eth_chainId", json!([1])),
        ("eth_getBalance", json!([])),
        ("eth_getBalance", json!(["0x12"])),
        ("eth_getBalance", json!([[], []])),
        ("eth_getBalance", json!([fresh("a"), -1])),
        ("eth_getBalance", json!([fresh("a"), 1.5])),
        ("eth_getBalance", json!([fresh("a"), "0x10000000000000000"])),
        ("eth_getStorageAt", json!([fresh("a"), "0x1g"])),
        ("eth_call", json!([])),
        ("eth_call", json!([{}])),
        (
            "eth_call",
            json!([{ "to": fresh("a"), "gas": "0x1ffffffffffffffff" }]),
        ),
        ("eth_call", json!([{ "to": fresh("a"), "data": "0x123" }])),
        ("eth_call", json!([{ "to": fresh("a"), "colour": "red" }])),
        ("eth_getLogs", json!([{ "topics": [[[]]] }])),
        ("evm_increaseTime", json!([-1])),
        ("evm_increaseTime", json!([1.0e30])),
        ("anvil_setNonce", json!([fresh("a"), "0x10000000000000000"])),
        ("eth_sendRawTransaction", json!([])),
        ("eth_sendRawTransaction", json!([7])),
        ("eth_sendRawTransaction", json!(["0xzz"])),
        ("eth_sendRawTransaction", json!(["0x"])),
        ("eth_sendRawTransaction", json!(["0x00"])),
        ("eth_sendRawTransaction", json!([[300]])),
    ];
    for (method, params) in cases {
        node.expect_call(method, params, -32602).await;
    }
    for params in [nested(120), nested(100_000), "[1e999999]".to_owned()] {
        let message =
            format!(r#"{{"jsonrpc":"2.0","id":7,"method":"eth_getBalance","params":{params}}}"#);
        node.expect(message.as_bytes(), json!(7), -32602).await;
    }
}

#[tokio::test]
async fn ids_come_back_as_they_were_written() {
    let mut node = Reached::start().await;
    let ids = [
        "0",
        "-1",
        "1.50",
        "1e3",
        "null",
        "\"\"",
        "\"\\u00e9 \\\"\"",
        "12345678901234567890123",
    ];
    for id in ids {
        let message = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"eth_chainId"}}"#);
        let reply = post(&node.server, message.as_bytes()).await;
        let expected = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"0x104"}}"#);
        assert_eq!(String::from_utf8(reply.body).unwrap(), expected);
        let answer = node.socket.answer(Message::text(message.clone())).await;
        assert_eq!(answer["result"], "0x104");
        assert_eq!(node.bench.node.answer(&message).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn notifications_are_carried_out_and_get_no_answer() {
    let mut node = Reached::start().await;
    let mine = r#"{"jsonrpc":"2.0","method":"evm_mine"}"#;
    let reply = post(&node.server, mine.as_bytes()).await;
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    assert_eq!(node.bench.node.answer(mine).await, None);
    node.socket.say(Message::text(mine)).await;
    let number = node.socket.ask("eth_blockNumber", json!([])).await;
    assert_eq!(number, "0x3");
    // In a batch, only the calls are answered.
    let batch =
        format!(r#"[{mine},{{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}},7,{mine}]"#);
    let answers = post(&node.server, batch.as_bytes()).await.json();
    assert_eq!(answers.as_array().unwrap().len(), 2);
    assert_eq!(answers[0]["result"], "0x4");
    assert_eq!(answers[1]["error"]["code"], -32600);
    let reply = post(&node.server, format!("[{mine},{mine}]").as_bytes()).await;
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    assert_eq!(node.bench.head().await["number"], "0x7");
}

#[tokio::test]
async fn truncated_transactions_of_every_type_are_refused() {
    let mut node = Reached::start().await;
    let sender = signer(1);
    let draft = Draft::new(sender.address(), fresh("a"));
    let mut raws = vec![
        draft
            .paymaster(fresh("b"))
            .dependency(&[0; 32])
            .sign(&sender),
    ];
    raws.extend([0, 1, 2].map(|tx_type| eth_transfer(tx_type, &sender, 0, fresh("a"))));
    for raw in raws {
        // Every prefix in process; over the other transports some.
        for length in 0..raw.len() {
            let prefix = Bytes::copy_from_slice(&raw[..length]);
            let error = node.bench.send(&prefix).await.unwrap_err();
            assert_eq!(error.code, -32602, "{length}: {error}");
            if length % 16 == 0 {
                node.expect_call("eth_sendRawTransaction", json!([prefix]), -32602)
                    .await;
            }
        }
    }
}

#[tokio::test]
async fn absurd_transactions_are_refused() {
    let mut node = Reached::start().await;
    let sender = signer(1);
    let draft = || Draft::new(sender.address(), fresh("a"));
    let malformed = [
        draft().chain(261),
        draft().nonce(u64::MAX),
        draft().max_fee(u128::MAX),
        draft().gas_per_pubdata(0),
    ];
    for draft in malformed {
        let raw = draft.sign(&sender);
        node.expect_call("eth_sendRawTransaction", json!([raw]), -32602)
            .await;
    }
    let refused = [
        draft().value(U256::MAX),
        draft().gas(u64::MAX),
        draft().gas_per_pubdata(u64::MAX).gas(0),
        draft().nonce(u64::from(u32::MAX)),
        draft().max_fee(1),
    ];
    let mut raws: Vec<_> = refused.map(|draft| draft.sign(&sender)).into();
    // Somebody else's signature, and one of the wrong length.
    raws.push(draft().sign(&signer(2)));
    raws.push(draft().behave(0, U256::ZERO, U256::ZERO));
    for raw in raws {
        // The chain's own checks, or the account's.
        let call = json!({ "jsonrpc": "2.0", "id": 7, "method": "eth_sendRawTransaction", "params": [raw] });
        node.expect_one_of(call.to_string().as_bytes(), json!(7), &[-32000, 3])
            .await;
    }
    let receipt = node.bench.mined(&draft().sign(&sender)).await;
    assert_eq!(receipt["status"], "0x1");
}

/// Fields of a transaction of type 113, each encoded, in their order.
fn fields(sender: Address) -> Vec<Vec<u8>> {
    let number = |number: u64| alloy::rlp::encode(number);
    let bytes = |bytes: &[u8]| alloy::rlp::encode(bytes);
    vec![
        number(0),
        number(0),
        number(100_000_000),
        number(GAS),
        bytes(fresh("a").as_slice()),
        number(0),
        bytes(&[]),
        number(260),
        bytes(&[]),
        bytes(&[]),
        number(260),
        bytes(sender.as_slice()),
        number(50_000),
        list(&[]),
        bytes(&[1; 65]),
        list(&[]),
    ]
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let payload = items.concat();
    let mut encoded = Vec::new();
    let header = Header {
        list: true,
        payload_length: payload.len(),
    };
    header.encode(&mut encoded);
    encoded.extend(payload);
    encoded
}

#[tokio::test]
async fn fields_of_wrong_lengths_are_refused() {
    let mut node = Reached::start().await;
    let bytes = |length: usize| alloy::rlp::encode(vec![7; length].as_slice());
    let nested = (0..1_000).fold(list(&[]), |inner, _| list(&[inner]));
    // Field by its position, and what stands there.
    let cases = [
        (0, bytes(33)),
        (2, bytes(33)),
        (4, bytes(0)),
        (4, bytes(19)),
        (4, list(&[])),
        (5, bytes(33)),
        (6, list(&[])),
        (10, bytes(8)),
        (10, bytes(9)),
        (11, bytes(19)),
        (11, bytes(0)),
        (12, bytes(33)),
        (13, list(&[bytes(31)])),
        (13, list(&[bytes(64)])),
        (13, list(&[bytes(32 * 65_537)])),
        (13, list(&[list(&[])])),
        (13, bytes(32)),
        (13, nested),
        (15, list(&[bytes(20)])),
        (15, list(&[bytes(19), bytes(4)])),
        (15, list(&[bytes(20), bytes(4), bytes(4)])),
    ];
    for (position, encoded) in cases {
        let mut fields = fields(signer(1).address());
        fields[position] = encoded;
        let raw = Bytes::from([vec![113], list(&fields)].concat());
        node.expect_call("eth_sendRawTransaction", json!([raw]), -32602)
            .await;
    }
    let mut absurd = fields(signer(1).address());
    absurd[3] = bytes(32);
    let raw = Bytes::from([vec![113], list(&absurd)].concat());
    node.expect_call("eth_sendRawTransaction", json!([raw]), -32000)
        .await;
    // As it is, only the signature is wrong.
    let raw = Bytes::from([vec![113], list(&fields(signer(1).address()))].concat());
    node.expect_call("eth_sendRawTransaction", json!([raw]), 3)
        .await;
    let meta = json!({ "factoryDeps": [Bytes::from(vec![0; 64])] });
    let call = json!([{ "to": fresh("a"), "eip712Meta": meta }]);
    node.expect_call("eth_call", call, -32602).await;
}

#[tokio::test]
async fn calls_that_burn_all_gas_or_break_the_machine_are_errors() {
    let mut node = Reached::start().await;
    let counter = node.bench.deploy_counter().await;
    let burn = json!([{ "to": counter, "data": method(5, 0) }]);
    node.expect_call("eth_call", burn.clone(), 3).await;
    node.expect_call("eth_estimateGas", burn, 3).await;
    // Arguments that point at themselves and beyond the end.
    let loops: Bytes = [
        &[0x9c, 0x4d, 0x53, 0x5b],
        [0x20; 32].as_slice(),
        &[0xff; 96],
    ]
    .concat()
    .into();
    let nested = json!([{ "to": DEPLOYER, "data": loops }]);
    node.expect_call("eth_call", nested, 3).await;
    // An account whose code is one that nobody has: the machine panics on it.
    let account = fresh("broken");
    let hash = format!("0x01000001{}", "ab".repeat(28));
    let slot = format!("{:#066x}", U256::from_be_slice(account.as_slice()));
    let codes = "0x0000000000000000000000000000000000008002";
    let set = json!([codes, slot, hash]);
    node.bench
        .ask::<bool>("anvil_setStorageAt", set)
        .await
        .unwrap();
    let call = json!([{ "to": account, "data": "0x12345678" }]);
    node.expect_call("eth_call", call, -32603).await;
    let sender = signer(1);
    let raw = Draft::new(sender.address(), account).sign(&sender);
    node.expect_call("eth_sendRawTransaction", json!([raw]), -32603)
        .await;
    let raw = Draft::new(sender.address(), fresh("a")).sign(&sender);
    assert_eq!(node.bench.mined(&raw).await["status"], "0x1");
}
