//! WebSockets: subscriptions, and clients that do not behave.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use alloy::primitives::{B256, Bytes};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;
use zksso_node::{RpcServer, ServerConfig};

use crate::{
    support::{Bench, Draft, eth_transfer, fresh, method, signer},
    wire::{PATIENCE, Socket, http, post},
};

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

async fn served(config: ServerConfig) -> (Bench, RpcServer) {
    let bench = Bench::start();
    let server = bench.node.serve_with(ANY, config).await.unwrap();
    (bench, server)
}

async fn connected() -> (Bench, RpcServer, Socket) {
    let (bench, server) = served(ServerConfig::default()).await;
    let socket = Socket::open(&server).await;
    (bench, server, socket)
}

#[tokio::test]
async fn http_and_websockets_share_a_port_and_a_chain() {
    let (bench, server, mut socket) = connected().await;
    let raw = eth_transfer(2, &signer(1), 0, fresh("a"));
    let hash = socket.ask("eth_sendRawTransaction", json!([raw])).await;
    let receipt = bench.receipt(serde_json::from_value(hash).unwrap()).await;
    assert_eq!(receipt["status"], "0x1");
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber" });
    let reply = post(&server, body.to_string().as_bytes()).await;
    assert_eq!(
        reply.json(),
        json!({ "jsonrpc": "2.0", "id": 1, "result": "0x1" })
    );
    let binary = Message::binary(body.to_string().into_bytes());
    assert_eq!(socket.answer(binary).await["result"], "0x1");
}

#[tokio::test]
async fn calls_on_one_socket_are_answered_in_their_order() {
    let (_bench, _server, mut socket) = connected().await;
    // Transactions of one account, none of which waits for the answer to the one before.
    for nonce in 0..20 {
        let raw = eth_transfer(2, &signer(1), nonce, fresh("a"));
        let call = json!({ "jsonrpc": "2.0", "id": nonce, "method": "eth_sendRawTransaction", "params": [raw] });
        socket.say(Message::text(call.to_string())).await;
    }
    for nonce in 0..20 {
        let Message::Text(text) = socket.hear().await else {
            panic!("not a text");
        };
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["id"], nonce);
        assert!(answer["result"].is_string(), "{answer}");
    }
}

#[tokio::test]
async fn new_heads_are_the_headers_of_blocks() {
    let (bench, _server, mut socket) = connected().await;
    let id = socket.ask("eth_subscribe", json!(["newHeads"])).await;
    assert!(id.as_str().unwrap().starts_with("0x"));
    bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    for number in ["0x1", "0x2"] {
        let (subscription, head) = socket.news().await;
        assert_eq!(subscription, id);
        let mut block: Value = bench
            .ask("eth_getBlockByNumber", json!([number, false]))
            .await
            .unwrap();
        let fields = block.as_object_mut().unwrap();
        for name in ["transactions", "uncles"] {
            assert!(fields.shift_remove(name).is_some());
        }
        assert_eq!(head, block);
    }
    assert!(socket.is_quiet().await);
}

#[tokio::test]
async fn pending_transactions_are_hashes_or_whole_ones() {
    let (bench, _server, mut socket) = connected().await;
    let kind = "newPendingTransactions";
    let hashes = socket.ask("eth_subscribe", json!([kind])).await;
    let whole = socket.ask("eth_subscribe", json!([kind, true])).await;
    assert_ne!(hashes, whole);
    let receipt = bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    let hash = &receipt["transactionHash"];
    assert_eq!(socket.news().await, (hashes, hash.clone()));
    let (subscription, transaction) = socket.news().await;
    assert_eq!(subscription, whole);
    assert_eq!(&transaction["hash"], hash);
    assert_eq!(transaction["nonce"], "0x0");
    // Refused transactions are not announced.
    let again = eth_transfer(2, &signer(1), 0, fresh("a"));
    assert!(bench.send(&again).await.is_err());
    assert!(socket.is_quiet().await);
}

#[tokio::test]
async fn logs_are_filtered_by_address_and_topic() {
    let (bench, _server, mut socket) = connected().await;
    let counter = bench.deploy_counter().await;
    let mine = socket.ask("eth_subscribe", json!(["logs", { "address": counter }]));
    let mine = mine.await;
    let nobody = json!(["logs", { "address": fresh("nobody") }]);
    socket.ask("eth_subscribe", nobody).await;
    let topic = json!(["logs", { "address": counter, "topics": [B256::ZERO] }]);
    socket.ask("eth_subscribe", topic).await;
    let set = Draft::new(signer(1).address(), counter).data(method(1, 9));
    let receipt = bench.mined(&set.sign(&signer(1))).await;
    let (subscription, log) = socket.news().await;
    assert_eq!(subscription, mine);
    let logs = receipt["logs"].as_array().unwrap();
    let expected: Vec<_> = logs
        .iter()
        .filter(|log| log["address"] == json!(counter))
        .collect();
    assert_eq!(expected, [&log]);
    assert_eq!(log["removed"], false);
    assert!(socket.is_quiet().await);
}

#[tokio::test]
async fn blocks_taken_back_give_their_logs_back_and_are_followed_by_others() {
    let (bench, _server, mut socket) = connected().await;
    let heads = socket.ask("eth_subscribe", json!(["newHeads"])).await;
    let logs = socket.ask("eth_subscribe", json!(["logs"])).await;
    let snapshot: Value = bench.ask("evm_snapshot", json!([])).await.unwrap();
    let first = bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    let count = first["logs"].as_array().unwrap().len();
    let mut told = Vec::new();
    assert_eq!(socket.news().await.0, heads);
    for _ in 0..count {
        let (subscription, log) = socket.news().await;
        assert_eq!(subscription, logs);
        told.push(log);
    }
    bench
        .ask::<bool>("evm_revert", json!([snapshot]))
        .await
        .unwrap();
    for log in &mut told {
        let (subscription, removed) = socket.news().await;
        assert_eq!(subscription, logs);
        log["removed"] = json!(true);
        assert_eq!(&removed, log);
    }
    let second = bench
        .mined(&eth_transfer(2, &signer(2), 0, fresh("b")))
        .await;
    let (subscription, head) = socket.news().await;
    assert_eq!(subscription, heads);
    assert_eq!(head["number"], "0x1");
    assert_eq!(head["hash"], second["blockHash"]);
    assert_ne!(head["hash"], first["blockHash"]);
}

#[tokio::test]
async fn a_chain_that_takes_the_place_of_another_is_reported_where_they_differ() {
    let (bench, _server, mut socket) = connected().await;
    let transfer = |nonce| eth_transfer(2, &signer(1), nonce, fresh("a"));
    let first = bench.mined(&transfer(0)).await;
    let second = bench.mined(&transfer(1)).await;
    let state: Bytes = bench.ask("anvil_dumpState", json!([])).await.unwrap();
    let heads = socket.ask("eth_subscribe", json!(["newHeads"])).await;
    let logs = socket.ask("eth_subscribe", json!(["logs"])).await;
    let mut hear = async |receipt: &Value, removed: bool| {
        if !removed {
            let (subscription, head) = socket.news().await;
            assert_eq!(subscription, heads);
            assert_eq!(head["hash"], receipt["blockHash"]);
        }
        for log in receipt["logs"].as_array().unwrap() {
            let mut log = log.clone();
            log["removed"] = json!(removed);
            assert_eq!(socket.news().await, (logs.clone(), log));
        }
    };
    assert!(bench.ask::<bool>("anvil_reset", json!([])).await.unwrap());
    hear(&first, true).await;
    hear(&second, true).await;
    // The same block as before, and another one than before.
    bench.mined(&transfer(0)).await;
    hear(&first, false).await;
    let other = bench
        .mined(&eth_transfer(2, &signer(2), 0, fresh("b")))
        .await;
    hear(&other, false).await;
    let loaded = bench.ask::<bool>("anvil_loadState", json!([state]));
    assert!(loaded.await.unwrap());
    hear(&other, true).await;
    hear(&second, false).await;
    assert!(socket.is_quiet().await);
}

#[tokio::test]
async fn a_subscription_ends_when_asked() {
    let (bench, _server, mut socket) = connected().await;
    let id = socket.ask("eth_subscribe", json!(["newHeads"])).await;
    assert_eq!(socket.ask("eth_unsubscribe", json!([id])).await, true);
    assert_eq!(socket.ask("eth_unsubscribe", json!([id])).await, false);
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    assert!(socket.is_quiet().await);
    // A later one hears nothing of what was before it.
    let later = socket.ask("eth_subscribe", json!(["newHeads"])).await;
    assert_ne!(later, id);
    assert!(socket.is_quiet().await);
    bench.ask::<Value>("evm_mine", json!([])).await.unwrap();
    assert_eq!(socket.news().await.1["number"], "0x2");
}

#[tokio::test]
async fn impossible_subscriptions_are_refused() {
    let (bench, server, mut socket) = connected().await;
    let cases = [
        (json!([]), -32602),
        (json!(["syncing"]), -32602),
        (json!(["newHeads", {}]), -32602),
        (json!(["logs", { "blockHash": B256::ZERO }]), -32602),
        (json!(["logs", { "adress": fresh("a") }]), -32602),
        (json!(["logs", {}, 1]), -32602),
        (json!(["newPendingTransactions", "yes"]), -32602),
        (json!({ "kind": "newHeads" }), -32602),
    ];
    for (params, code) in cases {
        let answer = socket.call("eth_subscribe", params.clone()).await;
        assert_eq!(answer["error"]["code"], code, "{params}: {answer}");
    }
    let answer = socket.call("eth_unsubscribe", json!(["x"])).await;
    assert_eq!(answer["error"]["code"], -32602);
    for _ in 0..1_000 {
        socket.ask("eth_subscribe", json!(["newHeads"])).await;
    }
    let answer = socket.call("eth_subscribe", json!(["newHeads"])).await;
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.contains("1000"), "{message}");
    // Without a WebSocket, the answer says what is needed.
    let error = bench.ask::<Value>("eth_subscribe", json!(["newHeads"]));
    assert!(error.await.unwrap_err().message.contains("WebSocket"));
    let body =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"] });
    let reply = post(&server, body.to_string().as_bytes()).await.json();
    assert_eq!(reply["error"]["code"], -32000);
}

#[tokio::test]
async fn all_blocks_of_one_request_are_announced() {
    let (bench, _server, mut socket) = connected().await;
    socket.ask("eth_subscribe", json!(["newHeads"])).await;
    bench
        .ask::<Value>("anvil_mine", json!([10_000]))
        .await
        .unwrap();
    for number in 1..=10_000 {
        let (_, head) = socket.news().await;
        assert_eq!(head["number"], format!("{number:#x}"));
    }
}

/// A client that subscribes and asks for much, but never reads.
async fn rude(server: &RpcServer) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let handshake = "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(handshake.as_bytes()).await.unwrap();
    let mut reply = [0; 12];
    stream.read_exact(&mut reply).await.unwrap();
    assert_eq!(&reply, b"HTTP/1.1 101");
    let subscribe = r#"{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}"#;
    stream.write_all(&masked(subscribe)).await.unwrap();
    stream
}

/// A WebSocket text frame of a client, with a mask of zeros.
fn masked(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    let mut frame = vec![0x81, 0xfe];
    frame.extend(length.to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_do_not_read_are_cut_off_and_hold_up_nobody() {
    let config = ServerConfig::default()
        .with_max_connections(4)
        .with_write_timeout(Duration::from_millis(300));
    let (bench, server) = served(config).await;
    let mut rude = [rude(&server).await, rude(&server).await];
    // Wait until both subscriptions are there: their answers stay unread.
    for stream in &rude {
        stream.readable().await.unwrap();
    }
    let mut socket = Socket::open(&server).await;
    socket.ask("eth_subscribe", json!(["newHeads"])).await;
    // More than the buffers of a connection hold.
    for _ in 0..6 {
        bench
            .ask::<Value>("anvil_mine", json!([10_000]))
            .await
            .unwrap();
        for _ in 0..10_000 {
            socket.news().await;
        }
    }
    let receipt = bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    assert_eq!(socket.news().await.1["hash"], receipt["blockHash"]);
    // Both were cut off in the middle.
    for stream in &mut rude {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        let heads = bytes
            .windows(16)
            .filter(|part| part == b"eth_subscription")
            .count();
        assert!(heads < 60_000, "{heads}");
    }
}

#[tokio::test]
async fn a_server_stops_at_once_with_open_sockets() {
    let (_bench, server) = served(ServerConfig::default()).await;
    let mut sockets = Vec::new();
    for _ in 0..8 {
        let mut socket = Socket::open(&server).await;
        socket.ask("eth_subscribe", json!(["newHeads"])).await;
        sockets.push(socket);
    }
    let silent = rude(&server).await;
    let idle = TcpStream::connect(server.address()).await.unwrap();
    let address = server.address();
    timeout(PATIENCE, server.stop())
        .await
        .expect("it does not stop");
    for socket in sockets {
        let farewell = socket.end().await.unwrap();
        assert_eq!(u16::from(farewell.code), 1001);
    }
    assert!(TcpStream::connect(address).await.is_err());
    drop((silent, idle));
}

#[tokio::test]
async fn silent_clients_are_disconnected() {
    let config = ServerConfig::default().with_idle_timeout(Duration::from_millis(300));
    let (_bench, server) = served(config).await;
    // One that does not even answer pings, and one that does.
    let mut silent = rude(&server).await;
    let mut alive = Socket::open(&server).await;
    let mut idle = TcpStream::connect(server.address()).await.unwrap();
    let pings = async {
        for _ in 0..4 {
            assert!(matches!(alive.hear().await, Message::Ping(_)));
        }
    };
    let (mut from_silent, mut from_idle) = (Vec::new(), Vec::new());
    let (_, ended, closed) = tokio::join!(
        pings,
        silent.read_to_end(&mut from_silent),
        idle.read_to_end(&mut from_idle),
    );
    assert!(ended.is_ok() && closed.is_ok());
    assert_eq!(alive.ask("eth_chainId", json!([])).await, "0x104");
}

#[tokio::test]
async fn messages_over_the_limit_end_a_socket_with_the_reason() {
    let (_bench, server) = served(ServerConfig::default().with_max_body(10_000)).await;
    let mut socket = Socket::open(&server).await;
    let large = Bytes::from(vec![0; 10_000]);
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "web3_sha3", "params": [large] });
    socket.say(Message::text(call.to_string())).await;
    let farewell = socket.end().await.unwrap();
    assert_eq!(u16::from(farewell.code), 1009);
    assert_eq!(farewell.reason, "the message is larger than 10000 bytes");
}

#[tokio::test]
async fn incomplete_handshakes_are_refused() {
    let (_bench, server) = served(ServerConfig::default()).await;
    let upgrade = ("upgrade", "websocket");
    let key = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    let version = ("sec-websocket-version", "13");
    let connection = ("connection", "upgrade");
    let reply = http(&server, "GET", &[connection, upgrade, version], b"").await;
    assert_eq!(reply.status, 400);
    let old = ("sec-websocket-version", "8");
    let reply = http(&server, "GET", &[connection, upgrade, key, old], b"").await;
    assert_eq!(reply.status, 426);
    assert_eq!(reply.header("sec-websocket-version"), Some("13"));
}
