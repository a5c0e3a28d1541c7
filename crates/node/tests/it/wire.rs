//! Clients that can be as rude as a test needs: HTTP by hand, and WebSockets.

use std::{collections::VecDeque, time::Duration};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, protocol::CloseFrame},
};
use zksso_node::RpcServer;

/// Longer than anything should take: a test that waits for it hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What came back over HTTP.
#[derive(Debug)]
pub(crate) struct HttpReply {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl HttpReply {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// Sends one request with the headers given and reads until the server closes.
pub(crate) async fn http(
    server: &RpcServer,
    method: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> HttpReply {
    let mut head = format!("{method} / HTTP/1.1\r\nconnection: close\r\n");
    let has_host = headers.iter().any(|(name, _)| *name == "host");
    if !has_host {
        head.push_str("host: localhost\r\n");
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let request = [head.as_bytes(), body].concat();
    let sending = tokio::spawn(async move { writer.write_all(&request).await.map(|()| writer) });
    let mut bytes = Vec::new();
    let read = timeout(PATIENCE, reader.read_to_end(&mut bytes)).await;
    read.unwrap().unwrap();
    let _ = sending.await;
    split(&bytes)
}

/// Posts a message as programs do.
pub(crate) async fn post(server: &RpcServer, body: &[u8]) -> HttpReply {
    http(
        server,
        "POST",
        &[("content-type", "application/json")],
        body,
    )
    .await
}

fn split(bytes: &[u8]) -> HttpReply {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no HTTP: {:?}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    HttpReply {
        status,
        head,
        body: bytes[end + 4..].to_vec(),
    }
}

/// A connection that is kept for one request after the other.
pub(crate) struct HttpClient {
    stream: BufReader<TcpStream>,
    asked: u64,
}

impl HttpClient {
    pub(crate) async fn open(server: &RpcServer) -> Self {
        let stream = TcpStream::connect(server.address()).await.unwrap();
        Self {
            stream: BufReader::new(stream),
            asked: 0,
        }
    }

    /// The result of a call that must succeed.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let body = call.to_string();
        let length = body.len();
        let request =
            format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}");
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let answer = timeout(PATIENCE, self.read()).await.expect("no answer");
        assert_eq!(answer["id"], id, "{answer}");
        answer
            .get("result")
            .cloned()
            .unwrap_or_else(|| panic!("{answer}"))
    }

    async fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.unwrap();
            let line = line.trim().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

/// A WebSocket to a server.
pub(crate) struct Socket {
    stream: WebSocketStream<TcpStream>,
    notifications: VecDeque<Value>,
    asked: u64,
}

impl Socket {
    pub(crate) async fn open(server: &RpcServer) -> Self {
        let tcp = TcpStream::connect(server.address()).await.unwrap();
        let (stream, _) = client_async(server.ws_url(), tcp).await.unwrap();
        Self {
            stream,
            notifications: VecDeque::new(),
            asked: 0,
        }
    }

    pub(crate) async fn say(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// The next message, whatever it is.
    pub(crate) async fn hear(&mut self) -> Message {
        let message = timeout(PATIENCE, self.stream.next()).await;
        message.expect("nothing came").unwrap().unwrap()
    }

    async fn hear_json(&mut self) -> Value {
        loop {
            match self.hear().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    /// The answer to a message, while notifications are kept for later.
    pub(crate) async fn answer(&mut self, message: Message) -> Value {
        self.say(message).await;
        loop {
            let heard = self.hear_json().await;
            if heard["method"] == "eth_subscription" {
                self.notifications.push_back(heard);
            } else {
                return heard;
            }
        }
    }

    /// The whole answer to a call.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let answer = self.answer(Message::text(call.to_string())).await;
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// The result of a call that must succeed.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.call(method, params).await;
        answer
            .get("result")
            .cloned()
            .unwrap_or_else(|| panic!("{answer}"))
    }

    /// The next notification: subscription and result.
    pub(crate) async fn news(&mut self) -> (Value, Value) {
        let news = match self.notifications.pop_front() {
            Some(news) => news,
            None => self.hear_json().await,
        };
        assert_eq!(news["jsonrpc"], "2.0");
        assert_eq!(news["method"], "eth_subscription");
        assert!(news.get("id").is_none());
        let params = &news["params"];
        (params["subscription"].clone(), params["result"].clone())
    }

    /// Whether no notification has come by the time another call is answered.
    pub(crate) async fn is_quiet(&mut self) -> bool {
        // The connection chooses by chance between what is asked and what is announced, so it is asked often.
        for _ in 0..32 {
            self.ask("eth_chainId", json!([])).await;
        }
        self.notifications.is_empty()
    }

    /// Reads until the server closes; the farewell, if there was one.
    pub(crate) async fn end(mut self) -> Option<CloseFrame> {
        let last = async {
            while let Some(Ok(message)) = self.stream.next().await {
                if let Message::Close(frame) = message {
                    return frame;
                }
            }
            None
        };
        timeout(PATIENCE, last)
            .await
            .expect("the server does not close")
    }
}
