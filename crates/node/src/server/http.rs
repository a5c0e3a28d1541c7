//! Answers to HTTP requests.

use std::{sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::{Body, Bytes, Incoming},
    header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue},
};
use tokio::time::timeout;

use super::{Admission, Shared, access, socket};
use crate::{RpcError, message};

pub(super) type Reply = Response<Full<Bytes>>;

/// Bytes of a body over the limit that are read and thrown away, so that the client gets to read why it was refused.
const DISCARDED: usize = 256 * 1024 * 1024;
/// How long that may take.
const DISCARD_TIME: Duration = Duration::from_secs(5);

/// Answers one request. It never fails: what is wrong is said in the response.
pub(super) async fn answer(
    request: Request<Incoming>,
    admission: Arc<Admission>,
    shared: Arc<Shared>,
) -> Reply {
    let headers = request.headers().clone();
    if let Err(denied) = access::check(&shared.config, &headers) {
        return error(
            StatusCode::FORBIDDEN,
            &RpcError::refused(denied.to_string()),
        );
    }
    let mut reply = if admission.served {
        admitted(request, admission, &shared).await
    } else {
        busy(&shared)
    };
    access::allow(&shared.config, &headers, reply.headers_mut());
    reply
}

async fn admitted(
    request: Request<Incoming>,
    admission: Arc<Admission>,
    shared: &Arc<Shared>,
) -> Reply {
    if socket::is_handshake(request.headers()) {
        return socket::accept(request, admission, shared.clone());
    }
    match *request.method() {
        Method::POST => post(request, shared).await,
        Method::OPTIONS => preflight(request.headers()),
        _ => {
            let message = "send JSON-RPC requests with POST, or open a WebSocket";
            let mut reply = error(
                StatusCode::METHOD_NOT_ALLOWED,
                &RpcError::invalid_request(message),
            );
            let methods = HeaderValue::from_static("POST, OPTIONS");
            reply.headers_mut().insert(ALLOW, methods);
            reply
        }
    }
}

fn busy(shared: &Shared) -> Reply {
    let max = shared.config.max_connections;
    let message = format!("too many connections: the node serves {max} at a time");
    let mut reply = error(StatusCode::SERVICE_UNAVAILABLE, &RpcError::refused(message));
    let headers = reply.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    reply
}

fn preflight(request: &HeaderMap) -> Reply {
    let mut reply = plain(StatusCode::NO_CONTENT);
    access::allow_preflight(request, reply.headers_mut());
    reply
}

/// The content type does not matter: whatever is sent is read as JSON.
async fn post(request: Request<Incoming>, shared: &Shared) -> Reply {
    let time = shared.config.idle_timeout;
    let body = match timeout(time, read(request.into_body(), shared.config.max_body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(reply)) => return *reply,
        Err(_) => {
            let message = "the body took too long to arrive";
            return error(
                StatusCode::REQUEST_TIMEOUT,
                &RpcError::invalid_request(message),
            );
        }
    };
    let mut node = shared.node.clone();
    match message::answer(&mut node, &body, shared.limits()).await {
        Some(text) => json(StatusCode::OK, text),
        None => plain(StatusCode::NO_CONTENT),
    }
}

/// The whole body, or the reply that says why not.
async fn read(mut body: Incoming, limit: usize) -> Result<Vec<u8>, Box<Reply>> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(announced.min(limit));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|cause| {
            let message = format!("the body cannot be read: {cause}");
            Box::new(error(
                StatusCode::BAD_REQUEST,
                &RpcError::invalid_request(message),
            ))
        })?;
        // Frames of another kind are trailers, which mean nothing here.
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > limit {
            drop(bytes);
            let _ = timeout(DISCARD_TIME, discard(body)).await;
            return Err(Box::new(too_large(limit)));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

async fn discard(mut body: Incoming) {
    let mut left = DISCARDED;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

fn too_large(limit: usize) -> Reply {
    error(
        StatusCode::PAYLOAD_TOO_LARGE,
        &RpcError::invalid_request(too_large_message(limit)),
    )
}

/// What a client is told whose message is too large.
pub(super) fn too_large_message(limit: usize) -> String {
    format!("the message is larger than {limit} bytes")
}

/// A reply with a JSON-RPC error that belongs to no request.
pub(super) fn error(status: StatusCode, error: &RpcError) -> Reply {
    json(status, message::failure(None, error))
}

fn json(status: StatusCode, text: String) -> Reply {
    let mut reply = Response::new(Full::from(text));
    *reply.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    reply.headers_mut().insert(CONTENT_TYPE, json);
    reply
}

pub(super) fn plain(status: StatusCode) -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = status;
    reply
}
