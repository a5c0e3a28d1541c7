//! Connecting, and what is said when it fails.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use zksso_client::{Chain, Error};

/// Answers every HTTP request with `answer(body)`; returns its URL.
async fn serve(status: &'static str, answer: fn(&str) -> String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..length]);
            let body = answer(request.split("\r\n\r\n").nth(1).unwrap_or_default());
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            stream.write_all((head + &body).as_bytes()).await.unwrap();
        }
    });
    url
}

#[tokio::test]
async fn text_that_is_no_http_url_is_refused() {
    for url in [
        "",
        "localhost",
        "127.0.0.1:8011",
        "ftp://example.com",
        "ws://example.com",
    ] {
        let error = Chain::connect(url).await.unwrap_err();
        assert!(matches!(error, Error::Url { .. }), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_port_nobody_listens_on_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = Chain::connect(&url).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains(&url), "{error}");
}

#[tokio::test]
async fn a_server_that_is_no_node_is_unreachable() {
    let missing = serve("404 Not Found", |_| "not here".to_owned()).await;
    let page = serve("200 OK", |_| "<html></html>".to_owned()).await;
    for url in [missing, page] {
        let error = Chain::connect(&url).await.unwrap_err();
        assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_node_of_another_kind_is_named_as_such() {
    let url = serve("200 OK", |request| {
        let request: serde_json::Value = serde_json::from_str(request).unwrap();
        let id = &request["id"];
        match request["method"].as_str() {
            Some("eth_chainId") => format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"0x1"}}"#),
            _ => format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32601,"message":"no such method"}}}}"#),
        }
    })
    .await;
    let error = Chain::connect(&url).await.unwrap_err();
    assert!(
        matches!(error, Error::NotZksync { chain_id: 1, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_embedded_node_answers_over_both_transports() {
    let (node, chain) = super::chain().await;
    assert_eq!(chain.chain_id(), 260);
    assert!(chain.time().await.unwrap() > 0);
    let server = node.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let over_http = Chain::connect(&server.url().to_string()).await.unwrap();
    assert_eq!(over_http.chain_id(), 260);
}
