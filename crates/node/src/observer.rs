//! What a node tells while it runs, for a log.

use serde::Serialize;
use zksso_trace::Call;

use crate::{RefusalReport, RequestReport, TransactionReport};

/// Something that happened in a node.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "camelCase")]
#[non_exhaustive]
pub enum NodeEvent {
    /// A request was answered.
    Request(RequestReport),
    /// A transaction is in a block.
    Transaction(Box<TransactionReport>),
    /// A transaction was refused.
    Refusal(Box<RefusalReport>),
    /// Events were dropped here, because too many waited for the observer.
    Lost {
        /// How many.
        events: u64,
    },
}

/// Receives what happens, in order and on a thread of its own.
///
/// Events wait for the observer, and the node does not. When more than a thousand events wait, or more than 64 MiB of them, further
/// ones are dropped and [`NodeEvent::Lost`] tells how many. Transactions and refusals are told when the node has a moment, a tenth of
/// a second after their answers unless there is much to tell.
pub trait NodeObserver: Send + Sync {
    /// Called for each event.
    fn event(&self, event: &NodeEvent);

    /// Whether requests are told, too; asked once.
    fn listens_to_requests(&self) -> bool {
        true
    }
}

impl<F: Fn(&NodeEvent) + Send + Sync> NodeObserver for F {
    fn event(&self, event: &NodeEvent) {
        self(event);
    }
}

impl NodeEvent {
    /// About as many bytes as it takes in memory.
    pub(crate) fn weight(&self) -> usize {
        let rest = match self {
            Self::Request(report) => report.params.as_deref().map_or(0, str::len),
            Self::Transaction(report) => calls_weight(&report.calls),
            Self::Refusal(report) => calls_weight(&report.calls),
            Self::Lost { .. } => 0,
        };
        size_of::<Self>() + rest
    }
}

/// Decoded values repeat the calldata, as text of twice the length.
fn calls_weight(calls: &[Call]) -> usize {
    let weights = calls.iter().map(|call| {
        let data = call.input.len() + call.output.len();
        size_of::<Call>() + 3 * data + calls_weight(&call.calls)
    });
    weights.sum()
}
