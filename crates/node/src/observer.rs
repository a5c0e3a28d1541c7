//! What a node tells while it runs, for a log.

use std::{fmt, sync::Arc};

use serde::Serialize;

use crate::{RefusalReport, RequestReport, TransactionReport};

/// Something that happened in a node.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "camelCase")]
#[non_exhaustive]
pub enum NodeEvent {
    /// A request was answered.
    Request(RequestReport),
    /// A transaction is in a block. Tells after the transaction's answer was given.
    Transaction(Box<TransactionReport>),
    /// A transaction was refused. Tells after the answer was given.
    Refusal(Box<RefusalReport>),
}

/// Receives what happens. Transactions are told from the node's own thread, which waits until the observer returns; requests from
/// whatever thread waited for their answer.
pub trait NodeObserver: Send + Sync {
    /// Called for each event.
    fn event(&self, event: &NodeEvent);
}

impl<F: Fn(&NodeEvent) + Send + Sync> NodeObserver for F {
    fn event(&self, event: &NodeEvent) {
        self(event);
    }
}

/// An observer, or none.
#[derive(Clone, Default)]
pub(crate) struct Observer(pub(crate) Option<Arc<dyn NodeObserver>>);

impl Observer {
    pub(crate) const fn listens(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn tell(&self, event: impl FnOnce() -> NodeEvent) {
        if let Some(observer) = &self.0 {
            observer.event(&event());
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observer").field(&self.listens()).finish()
    }
}
