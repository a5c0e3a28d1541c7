//! What a WebSocket connection adds to the node's methods: subscriptions.

use std::sync::Arc;

use serde_json::value::to_raw_value;

use crate::{
    Missed, Node, RpcError,
    chain::Announcements,
    message::{Answerer, Outcome},
    notifications::{News, hear},
    rpc::{self, Params, Subscription},
};

/// Most subscriptions of one connection.
const MAX_SUBSCRIPTIONS: usize = 1_000;

/// A client of the node with its subscriptions.
#[derive(Debug)]
pub(super) struct Session {
    node: Node,
    subscriptions: Arc<Vec<Subscription>>,
    /// Open while there are subscriptions.
    announcements: Option<Announcements>,
}

impl Session {
    pub(super) fn new(node: Node) -> Self {
        Self {
            node,
            subscriptions: Arc::default(),
            announcements: None,
        }
    }

    /// Waits for something to happen and takes what else has happened, without losing any when it is dropped while it waits.
    pub(super) async fn news(&mut self) -> Result<News, Missed> {
        let Some(announcements) = &mut self.announcements else {
            return std::future::pending().await;
        };
        match hear(announcements).await {
            Some(heard) => heard.missed.map_or(Ok(heard.news), Err),
            // The node has stopped; the connection ends by itself.
            None => std::future::pending().await,
        }
    }

    /// Messages that tell the client.
    pub(super) async fn tell(&self, news: News) -> Vec<String> {
        let subscriptions = self.subscriptions.clone();
        let messages = self
            .node
            .run(move |chain| rpc::notifications(chain, &subscriptions, &news));
        messages.await.unwrap_or_default()
    }

    async fn subscribe(&mut self, params: Option<&str>) -> Outcome {
        if self.subscriptions.len() >= MAX_SUBSCRIPTIONS {
            return Err(RpcError::refused(format!(
                "too many subscriptions: a connection has {MAX_SUBSCRIPTIONS} at most"
            )));
        }
        let params = Params::parse(params)?;
        let is_first = self.announcements.is_none();
        let subscribed = self.node.run(move |chain| {
            let subscription = Subscription::new(chain, params)?;
            Ok::<_, RpcError>((subscription, is_first.then(|| chain.listen())))
        });
        let (subscription, announcements) = subscribed.await.ok_or_else(Node::failed)??;
        let id = subscription.id;
        if is_first {
            self.announcements = announcements;
        }
        Arc::make_mut(&mut self.subscriptions).push(subscription);
        write(id)
    }

    fn unsubscribe(&mut self, params: Option<&str>) -> Outcome {
        let id = Subscription::id(Params::parse(params)?)?;
        let subscriptions = Arc::make_mut(&mut self.subscriptions);
        let before = subscriptions.len();
        subscriptions.retain(|subscription| subscription.id != id);
        let found = subscriptions.len() < before;
        if subscriptions.is_empty() {
            self.announcements = None;
        }
        write(found)
    }
}

fn write(result: impl serde::Serialize) -> Outcome {
    to_raw_value(&result).map_err(|error| RpcError::internal(error.to_string()))
}

impl Answerer for Session {
    async fn call(&mut self, method: &str, params: Option<&str>) -> Outcome {
        match method {
            rpc::SUBSCRIBE => self.subscribe(params).await,
            rpc::UNSUBSCRIBE => self.unsubscribe(params),
            _ => self.node.request(method, params).await,
        }
    }
}
