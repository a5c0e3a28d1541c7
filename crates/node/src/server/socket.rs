//! WebSocket connections.
//!
//! One task per connection reads, answers and writes in turn, so that nothing piles up: while a client does not take its answers,
//! none of its further requests are read, and announcements wait in the ring that all clients share. A client that does not read for
//! too long, or falls behind that ring, is disconnected.

use std::{borrow::Cow, sync::Arc, time::Instant};

use futures::{SinkExt, StreamExt};
use hyper::{
    HeaderMap, Request, StatusCode,
    body::Incoming,
    header::{
        CONNECTION, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
        SEC_WEBSOCKET_VERSION, UPGRADE,
    },
    upgrade::Upgraded,
};
use hyper_util::rt::TokioIo;
use tokio::time::{interval, timeout};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        error::CapacityError,
        handshake::derive_accept_key,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};

use super::{
    Admission, GRACE, Shared,
    http::{self, Reply},
    session::Session,
};
use crate::{Missed, RpcError, message};

type Stream = WebSocketStream<TokioIo<Upgraded>>;

/// Pings within the time that a client may be silent.
const PINGS: u32 = 3;

/// Whether a request asks for a WebSocket.
pub(super) fn is_handshake(headers: &HeaderMap) -> bool {
    has_token(headers, &CONNECTION, "upgrade") && has_token(headers, &UPGRADE, "websocket")
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).into_iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(token))
}

/// Agrees to a handshake and serves the connection once it has become a WebSocket.
pub(super) fn accept(
    mut request: Request<Incoming>,
    admission: Arc<Admission>,
    shared: Arc<Shared>,
) -> Reply {
    let reply = match agree(request.headers()) {
        Ok(reply) => reply,
        Err(reply) => return *reply,
    };
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        match upgrade.await {
            Ok(upgraded) => serve(upgraded, &shared).await,
            Err(error) => tracing::debug!(%error, "a connection did not become a WebSocket"),
        }
        drop(admission);
    });
    reply
}

fn agree(headers: &HeaderMap) -> Result<Reply, Box<Reply>> {
    if !has_token(headers, &SEC_WEBSOCKET_VERSION, "13") {
        let error = RpcError::invalid_request("only version 13 of WebSockets is served");
        let mut reply = http::error(StatusCode::UPGRADE_REQUIRED, &error);
        let version = HeaderValue::from_static("13");
        reply.headers_mut().insert(SEC_WEBSOCKET_VERSION, version);
        return Err(Box::new(reply));
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).ok_or_else(|| {
        let error = RpcError::invalid_request("the WebSocket handshake has no key");
        Box::new(http::error(StatusCode::BAD_REQUEST, &error))
    })?;
    let mut reply = http::plain(StatusCode::SWITCHING_PROTOCOLS);
    let headers = reply.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    Ok(reply)
}

/// Why a connection ends.
enum End {
    /// The client has left or is out of reach.
    Gone,
    /// The node has a reason, which it tells.
    Told(CloseCode, Cow<'static, str>),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        match error {
            Error::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
                let reason = http::too_large_message(max_size);
                Self::Told(CloseCode::Size, reason.into())
            }
            error => {
                tracing::debug!(%error, "a WebSocket connection failed");
                Self::Gone
            }
        }
    }
}

impl From<Missed> for End {
    fn from(missed: Missed) -> Self {
        Self::Told(CloseCode::Again, missed.to_string().into())
    }
}

async fn serve(upgraded: Upgraded, shared: &Shared) {
    let limit = Some(shared.config.max_body);
    let config = WebSocketConfig::default()
        .max_message_size(limit)
        .max_frame_size(limit);
    let io = TokioIo::new(upgraded);
    let stream = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
    let mut connection = Connection {
        stream,
        session: Session::new(shared.node.clone()),
        heard: Instant::now(),
        shared,
    };
    let end = tokio::select! {
        end = connection.run() => end,
        () = shared.out_of_grace() => End::Gone,
    };
    if let End::Told(code, reason) = end {
        connection.close(code, reason).await;
    }
}

struct Connection<'a> {
    stream: Stream,
    session: Session,
    /// When the client last sent anything.
    heard: Instant,
    shared: &'a Shared,
}

impl Connection<'_> {
    async fn run(&mut self) -> End {
        let mut pings = interval(self.shared.config.idle_timeout / PINGS);
        // The first tick of an interval is at once.
        pings.reset();
        loop {
            let done = tokio::select! {
                message = self.stream.next() => self.receive(message).await,
                news = self.session.news() => match news {
                    Ok(news) => {
                        let messages = self.session.tell(news).await;
                        self.send(messages.into_iter().map(Message::text)).await
                    }
                    Err(missed) => Err(missed.into()),
                },
                _ = pings.tick() => self.ping().await,
                () = self.shared.stopping() => {
                    Err(End::Told(CloseCode::Away, "the node stops".into()))
                }
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    async fn receive(&mut self, message: Option<Result<Message, Error>>) -> Result<(), End> {
        let message = message.ok_or(End::Gone)??;
        self.heard = Instant::now();
        let bytes = match message {
            Message::Text(text) => text.into(),
            Message::Binary(bytes) => bytes,
            // The stream answers pings and the closing handshake itself.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {
                return Ok(());
            }
        };
        let limits = self.shared.limits();
        let answer = message::answer(&mut self.session, &bytes, limits).await;
        self.send(answer.into_iter().map(Message::text)).await
    }

    async fn ping(&mut self) -> Result<(), End> {
        let time = self.shared.config.idle_timeout;
        if self.heard.elapsed() > time {
            let reason = format!("nothing was heard for {} s", time.as_secs());
            return Err(End::Told(CloseCode::Policy, reason.into()));
        }
        let ping = Message::Ping(Default::default());
        self.send([ping].into_iter()).await
    }

    /// Sends messages; fails when the client does not take them.
    async fn send(&mut self, messages: impl Iterator<Item = Message>) -> Result<(), End> {
        for message in messages {
            self.stream.send(message).await?;
        }
        Ok(())
    }

    /// Says why the connection ends, if the client still listens.
    async fn close(&mut self, code: CloseCode, reason: Cow<'static, str>) {
        let frame = CloseFrame {
            code,
            reason: reason.as_ref().into(),
        };
        let goodbye = async {
            self.stream.close(Some(frame)).await.ok()?;
            // The client's own farewell ends the stream.
            while self.stream.next().await?.is_ok() {}
            Some(())
        };
        let _ = timeout(GRACE / 2, goodbye).await;
    }
}
