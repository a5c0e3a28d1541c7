//! Who is served: browsers by their origin, hosts by their name, and how much at a time.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, client::IntoClientRequest},
};
use zksso_node::{Node, NodeConfig, RpcServer, ServerConfig};

use crate::{
    support::DEPLOYER,
    wire::{HttpReply, PATIENCE, Socket, http, post},
};

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const ASK: &[u8] = br#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#;
const PAGE: &str = "http://localhost:3000";

async fn served(config: ServerConfig) -> RpcServer {
    let node = Node::start(NodeConfig::default()).unwrap();
    node.serve_with(ANY, config).await.unwrap()
}

async fn from_page(server: &RpcServer, origin: &str) -> HttpReply {
    http(server, "POST", &[("origin", origin)], ASK).await
}

/// Status of a WebSocket handshake from a page.
async fn handshake(server: &RpcServer, origin: &str) -> u16 {
    let tcp = TcpStream::connect(server.address()).await.unwrap();
    let mut request = server.ws_url().into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("origin", origin.parse().unwrap());
    match client_async(request, tcp).await {
        Ok((_, reply)) => reply.status().as_u16(),
        Err(Error::Http(reply)) => reply.status().as_u16(),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn pages_of_any_origin_reach_a_node_by_default() {
    let server = served(ServerConfig::default()).await;
    let reply = from_page(&server, PAGE).await;
    assert_eq!(reply.json()["result"], "0x104");
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(handshake(&server, PAGE).await, 101);
    // Programs that are no browsers get no such header.
    let reply = post(&server, ASK).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn browsers_may_ask_beforehand() {
    let server = served(ServerConfig::default()).await;
    let headers = [
        ("origin", PAGE),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type, x-client"),
        ("access-control-request-private-network", "true"),
    ];
    let reply = http(&server, "OPTIONS", &headers, b"").await;
    assert_eq!(reply.status, 204);
    let expected = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "POST, GET, OPTIONS"),
        ("access-control-allow-headers", "content-type, x-client"),
        ("access-control-allow-private-network", "true"),
        ("access-control-max-age", "86400"),
    ];
    for (name, value) in expected {
        assert_eq!(reply.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_are_kept_away_when_some_are_listed() {
    let server = served(ServerConfig::default().with_origins([PAGE])).await;
    let reply = from_page(&server, PAGE).await;
    assert_eq!(reply.json()["result"], "0x104");
    assert_eq!(reply.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(reply.header("vary"), Some("origin"));
    let reply = from_page(&server, "http://elsewhere.example").await;
    assert_eq!(reply.status, 403);
    assert_eq!(reply.json()["error"]["code"], -32000);
    assert_eq!(reply.header("access-control-allow-origin"), None);
    assert_eq!(handshake(&server, PAGE).await, 101);
    assert_eq!(handshake(&server, "http://elsewhere.example").await, 403);
    // Programs send no origin.
    assert_eq!(post(&server, ASK).await.status, 200);
}

#[tokio::test]
async fn other_host_names_are_refused_when_some_are_listed() {
    let server = served(ServerConfig::default().with_hosts(["localhost", "127.0.0.1"])).await;
    for host in ["localhost", "LOCALHOST:8011", "127.0.0.1:1"] {
        let reply = http(&server, "POST", &[("host", host)], ASK).await;
        assert_eq!(reply.status, 200, "{host}");
    }
    for host in ["rebound.example", "localhost.example:8011", ""] {
        let reply = http(&server, "POST", &[("host", host)], ASK).await;
        assert_eq!(reply.status, 403, "{host}");
    }
}

#[tokio::test]
async fn only_posts_and_handshakes_are_served() {
    let server = served(ServerConfig::default()).await;
    for method in ["GET", "PUT", "DELETE", "HEAD"] {
        let reply = http(&server, method, &[], b"").await;
        assert_eq!(reply.status, 405, "{method}");
        assert_eq!(reply.header("allow"), Some("POST, OPTIONS"));
    }
    // Whatever it is said to be, it is read as JSON.
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let reply = http(&server, "POST", &[("content-type", kind)], ASK).await;
        assert_eq!(reply.json()["result"], "0x104", "{kind}");
    }
}

#[tokio::test]
async fn bodies_over_the_limit_are_refused_with_the_limit() {
    let limit = 1_000_000;
    let server = served(ServerConfig::default().with_max_body(limit)).await;
    let mut body = ASK.to_vec();
    body.resize(limit, b' ');
    assert_eq!(post(&server, &body).await.json()["result"], "0x104");
    for excess in [1, 10 * limit] {
        body.resize(limit + excess, b' ');
        let reply = post(&server, &body).await;
        assert_eq!(reply.status, 413);
        let error =
            json!({ "code": -32600, "message": "the message is larger than 1000000 bytes" });
        assert_eq!(reply.json()["error"], error);
    }
}

#[tokio::test]
async fn batches_over_the_limit_are_refused_as_a_whole() {
    let server = served(ServerConfig::default()).await;
    let mut socket = Socket::open(&server).await;
    let batch = |count: usize| {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "evm_mine" });
        vec![call; count]
    };
    for count in [1_001, 10_000] {
        let text = json!(batch(count)).to_string();
        let message = format!("the batch has {count} requests, and 1000 are the most");
        let expected = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32600, "message": message } });
        assert_eq!(post(&server, text.as_bytes()).await.json(), expected);
        let answer = socket.answer(text.into()).await;
        assert_eq!(answer, expected);
    }
    assert_eq!(socket.ask("eth_blockNumber", json!([])).await, "0x0");
    let text = json!(batch(1_000)).to_string();
    let answers = post(&server, text.as_bytes()).await.json();
    assert_eq!(answers.as_array().unwrap().len(), 1_000);
    assert_eq!(socket.ask("eth_blockNumber", json!([])).await, "0x3e8");
}

#[tokio::test]
async fn answers_over_the_limit_are_refused_one_by_one() {
    let server = served(ServerConfig::default().with_max_answer(2_000)).await;
    let code = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_getCode", "params": ["0x0000000000000000000000000000000000008006"] });
    let short = json!({ "jsonrpc": "2.0", "id": 2, "method": "eth_chainId" });
    let reply = post(&server, json!([code, short]).to_string().as_bytes()).await;
    let answers = reply.json();
    assert_eq!(answers[0]["error"]["code"], -32000);
    assert_eq!(answers[1]["result"], "0x104");
    let reply = post(&server, code.to_string().as_bytes()).await.json();
    assert_eq!(reply["error"]["code"], -32000);
}

#[tokio::test]
async fn connections_over_the_limit_are_told_so() {
    let server = served(ServerConfig::default().with_max_connections(2)).await;
    let mut first = Socket::open(&server).await;
    let second = Socket::open(&server).await;
    let reply = post(&server, ASK).await;
    assert_eq!(reply.status, 503);
    let error =
        json!({ "code": -32000, "message": "too many connections: the node serves 2 at a time" });
    assert_eq!(reply.json()["error"], error);
    assert_eq!(first.ask("eth_chainId", json!([])).await, "0x104");
    // A place is free again as soon as the node has noticed.
    drop(second);
    while post(&server, ASK).await.status != 200 {
        tokio::task::yield_now().await;
    }
}

/// Asks for more than the buffers of a connection hold.
async fn ask_for_much(server: &RpcServer) -> TcpStream {
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_getCode", "params": [DEPLOYER] });
    let body = json!(vec![call; 1_000]).to_string();
    let length = body.len();
    let request = format!(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Bytes of an answer, its head included, and whether they were all of it.
async fn read_all(mut stream: TcpStream) -> (usize, bool) {
    let mut bytes = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    let ended = ended.expect("the connection does not end");
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.unwrap().parse().unwrap();
    (text.len(), ended.is_ok() && body.len() == length)
}

#[tokio::test(flavor = "multi_thread")]
async fn http_clients_that_do_not_read_make_room_for_others() {
    let config = ServerConfig::default()
        .with_max_connections(2)
        .with_write_timeout(Duration::from_millis(300));
    let server = served(config).await;
    let rude = [ask_for_much(&server).await, ask_for_much(&server).await];
    // Their answers have begun, and there is no place left.
    for stream in &rude {
        stream.readable().await.unwrap();
    }
    let served = async {
        while post(&server, ASK).await.status != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let served = timeout(PATIENCE, served).await;
    served.expect("their places do not become free");
    for stream in rude {
        let (_, is_whole) = read_all(stream).await;
        assert!(!is_whole);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http_clients_that_read_late_get_the_whole_answer() {
    let server = served(ServerConfig::default()).await;
    let stream = ask_for_much(&server).await;
    stream.readable().await.unwrap();
    // Meanwhile, the node does for others what they ask.
    assert_eq!(post(&server, ASK).await.json()["result"], "0x104");
    let (length, is_whole) = read_all(stream).await;
    assert!(is_whole && length > 10_000_000, "{length}");
}
