//! JSON-RPC over HTTP.

use std::net::{Ipv4Addr, SocketAddr};

use alloy::{primitives::U64, rpc::client::RpcClient};
use serde_json::{Value, json};
use zksso_node::{Node, NodeConfig};

use crate::support::{Bench, eth_transfer, fresh, signer};

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn client(url: &str) -> RpcClient {
    RpcClient::new_http(url.parse().unwrap())
}

#[tokio::test]
async fn http_and_the_in_process_transport_reach_the_same_chain() {
    let bench = Bench::start();
    let server = bench.node.serve(ANY).await.unwrap();
    let http = client(&server.url());
    bench
        .mined(&eth_transfer(2, &signer(1), 0, fresh("a")))
        .await;
    let number: U64 = http.request_noparams("eth_blockNumber").await.unwrap();
    assert_eq!(number, U64::from(1));
    let error = http
        .request::<_, Value>("eth_sendRawTransaction", json!(["0x1234"]))
        .await
        .unwrap_err();
    assert_eq!(error.as_error_resp().unwrap().code, -32602);
    let mut batch = http.new_batch();
    let id = batch.add_call::<_, U64>("eth_chainId", &json!([])).unwrap();
    let block = batch
        .add_call::<_, Value>("eth_getBlockByNumber", &json!(["0x1", true]))
        .unwrap();
    batch.send().await.unwrap();
    assert_eq!(id.await.unwrap(), U64::from(260));
    assert_eq!(block.await.unwrap()["transactions"][0]["nonce"], "0x0");
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let node = Node::start(NodeConfig::default()).unwrap();
    let server = node.serve(ANY).await.unwrap();
    let error = node.serve(server.address()).await.unwrap_err();
    assert!(error.is_port_in_use());
    let port = server.address().port();
    let start = format!("port {port} on 127.0.0.1 is in use: ");
    assert!(error.to_string().starts_with(&start), "{error}");
    server.stop().await;
    node.serve(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .await
        .unwrap();
}

#[tokio::test]
async fn bad_requests_get_the_right_codes() {
    let bench = Bench::start();
    let cases = [
        ("eth_nonsense", json!([]), -32601),
        ("eth_chainId", json!([1]), -32602),
        ("eth_chainId", json!({ "a": 1 }), -32602),
        ("eth_getBalance", json!([]), -32602),
        ("eth_getBalance", json!(["0x12"]), -32602),
        ("eth_getBalance", json!([fresh("a"), "yesterday"]), -32602),
        ("eth_getBalance", json!([fresh("a"), "0x99"]), -32000),
        ("eth_call", json!([{ "to": 5 }]), -32602),
        ("eth_feeHistory", json!(["0xffff", "latest", []]), -32602),
        ("evm_increaseTime", json!([-5]), -32602),
    ];
    let server = bench.node.serve(ANY).await.unwrap();
    let http = client(&server.url());
    for (method, params, code) in cases {
        let error = bench
            .ask::<Value>(method, params.clone())
            .await
            .unwrap_err();
        assert_eq!(error.code, code, "{method} {params}: {error}");
        let error = http.request::<_, Value>(method, params.clone()).await;
        let error = error.unwrap_err();
        assert_eq!(
            error.as_error_resp().unwrap().code,
            code,
            "{method} {params}"
        );
    }
}

#[tokio::test]
async fn a_node_ends_with_its_last_handle() {
    let node = Node::start(NodeConfig::default()).unwrap();
    let transport = node.transport();
    drop(node);
    let client = RpcClient::new(transport, true);
    let id: U64 = client.request_noparams("eth_chainId").await.unwrap();
    assert_eq!(id, U64::from(260));
}

#[test]
fn an_impossible_chain_id_is_refused() {
    for chain_id in [0, u64::MAX] {
        let config = NodeConfig {
            chain_id,
            ..NodeConfig::default()
        };
        let error = Node::start(config).unwrap_err();
        assert!(error.to_string().contains(&chain_id.to_string()), "{error}");
    }
}
