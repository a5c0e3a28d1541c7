//! Subscriptions without a socket: what `eth_subscribe` reports over a WebSocket, as a stream in the same process.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use alloy::rpc::types::Filter;
use futures::{Stream, StreamExt, stream, stream::BoxStream};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::{
    Node, RpcError,
    chain::{Announcement, Announcements},
    node::WeakNode,
    rpc::{Params, Subscription},
};

/// Most announcements that are looked at together.
const BLOCK_OF_NEWS: usize = 64;

/// What to hear of.
#[derive(Clone, Debug)]
pub enum Topic {
    /// Headers of new blocks, as `eth_subscribe` reports `newHeads`.
    NewHeads,
    /// Events that a filter selects, those of the past excluded. Events of blocks that are taken back come again, with `removed` set.
    Logs(Box<Filter>),
    /// Transactions as they are accepted.
    NewPendingTransactions {
        /// Whether to report whole transactions instead of their hashes.
        full: bool,
    },
}

impl Topic {
    fn params(&self) -> Result<Params, RpcError> {
        let params = match self {
            Self::NewHeads => json!(["newHeads"]),
            Self::Logs(filter) => json!(["logs", filter]),
            Self::NewPendingTransactions { full } => json!(["newPendingTransactions", full]),
        };
        Params::parse(Some(&params.to_string()))
    }
}

impl From<Filter> for Topic {
    fn from(filter: Filter) -> Self {
        Self::Logs(Box::new(filter))
    }
}

/// A receiver was too slow: so many blocks and transactions were lost to it, whether it would have heard of them or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too slow: {0} announcements were lost")]
pub struct Missed(pub u64);

/// A stream of what a node reports on a topic, in the JSON of `eth_subscribe`. Dropping it ends the subscription.
///
/// It does not keep the node alive, and ends with it. The node never waits for it: it remembers the latest 16,384 blocks and
/// transactions for all receivers together, and one that is further behind gets [`Missed`] once and goes on after the gap.
pub struct Notifications(BoxStream<'static, Result<Value, Missed>>);

impl Stream for Notifications {
    type Item = Result<Value, Missed>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(context)
    }
}

impl fmt::Debug for Notifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifications").finish_non_exhaustive()
    }
}

impl Node {
    /// Reports what happens from now on, as `eth_subscribe` does over a WebSocket: a [`Topic`], or a [`Filter`] for events.
    ///
    /// ```no_run
    /// # async fn example(node: zksso_node::Node) -> Result<(), Box<dyn std::error::Error>> {
    /// use alloy::rpc::types::{Filter, Header, Log};
    /// use futures::StreamExt;
    /// use zksso_node::Topic;
    ///
    /// let mut heads = node.subscribe(Topic::NewHeads).await?;
    /// let mut logs = node.subscribe(Filter::new().event("Transfer(address,address,uint256)")).await?;
    /// node.request("evm_mine", None).await?;
    /// while let Some(head) = heads.next().await {
    ///     let head: Header = serde_json::from_value(head?)?;
    ///     println!("block {}", head.number);
    /// }
    /// while let Some(log) = logs.next().await {
    ///     let log: Log = serde_json::from_value(log?)?;
    ///     println!("{} {}", log.address(), if log.removed { "takes back" } else { "emits" });
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As of `eth_subscribe`: a filter by block hash, or one whose range ends before it begins.
    pub async fn subscribe(&self, topic: impl Into<Topic>) -> Result<Notifications, RpcError> {
        let params = topic.into().params()?;
        let subscribed = self.run(move |chain| {
            let subscription = Subscription::new(chain, params)?;
            Ok::<_, RpcError>((subscription, chain.listen()))
        });
        let (subscription, announcements) = subscribed.await.ok_or_else(Self::failed)??;
        let listener = Listener {
            node: self.downgrade(),
            subscription: Arc::new(subscription),
            announcements,
            ready: VecDeque::new(),
        };
        Ok(Notifications(
            stream::unfold(listener, Listener::next).boxed(),
        ))
    }
}

/// What a stream of notifications knows.
struct Listener {
    node: WeakNode,
    subscription: Arc<Subscription>,
    announcements: Announcements,
    /// What is known and was not asked for yet.
    ready: VecDeque<Result<Value, Missed>>,
}

impl Listener {
    async fn next(mut self) -> Option<(Result<Value, Missed>, Self)> {
        loop {
            if let Some(next) = self.ready.pop_front() {
                return Some((next, self));
            }
            let Heard { news, missed } = hear(&mut self.announcements).await?;
            let subscription = self.subscription.clone();
            let node = self.node.upgrade()?;
            let results = node.run(move |chain| subscription.results_of(chain, &news));
            self.ready.extend(results.await?.into_iter().map(Ok));
            self.ready.extend(missed.map(Err));
        }
    }
}

/// Announcements with their numbers.
pub(crate) type News = Vec<(u64, Announcement)>;

/// What a receiver heard.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) news: News,
    /// What it lost after that.
    pub(crate) missed: Option<Missed>,
}

/// Waits for something to happen and takes what else has happened, without losing any when it is dropped while it waits. `None` when
/// the node has ended.
pub(crate) async fn hear(announcements: &mut Announcements) -> Option<Heard> {
    let mut news = Vec::new();
    let lost = |news, count| {
        let missed = Some(Missed(count));
        Some(Heard { news, missed })
    };
    match announcements.recv().await {
        Ok(first) => news.push(first),
        Err(RecvError::Lagged(count)) => return lost(news, count),
        Err(RecvError::Closed) => return None,
    }
    while news.len() < BLOCK_OF_NEWS {
        match announcements.try_recv() {
            Ok(next) => news.push(next),
            Err(TryRecvError::Lagged(count)) => return lost(news, count),
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    Some(Heard { news, missed: None })
}
