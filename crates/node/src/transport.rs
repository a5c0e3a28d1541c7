//! An alloy transport that reaches the node without a socket.

use std::task::{Context, Poll};

use alloy::{
    rpc::json_rpc::{RequestPacket, Response, ResponsePacket, ResponsePayload, SerializedRequest},
    transports::{TransportError, TransportFut},
};
use tower::Service;

use crate::Node;

/// Connects alloy's `RpcClient` with a node of the same process. Its batches are answered in order, one request at a time.
#[derive(Clone, Debug)]
pub struct NodeTransport {
    node: Node,
}

impl NodeTransport {
    pub(crate) const fn new(node: Node) -> Self {
        Self { node }
    }
}

impl Service<RequestPacket> for NodeTransport {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, packet: RequestPacket) -> Self::Future {
        let node = self.node.clone();
        Box::pin(async move {
            Ok(match packet {
                RequestPacket::Single(request) => {
                    ResponsePacket::Single(answer(&node, request).await)
                }
                RequestPacket::Batch(requests) => {
                    let mut responses = Vec::with_capacity(requests.len());
                    for request in requests {
                        responses.push(answer(&node, request).await);
                    }
                    ResponsePacket::Batch(responses)
                }
            })
        })
    }
}

async fn answer(node: &Node, request: SerializedRequest) -> Response {
    let params = request.params().map(|params| params.get());
    let payload = match node.request(request.method(), params).await {
        Ok(result) => ResponsePayload::Success(result),
        Err(error) => ResponsePayload::Failure(error.into()),
    };
    Response {
        id: request.id().clone(),
        payload,
    }
}
