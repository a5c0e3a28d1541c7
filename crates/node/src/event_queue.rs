//! Events on their way to the observer, which has a thread of its own: a slow one holds nothing up.

use std::{
    collections::VecDeque,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
    time::Duration,
};

use tokio::sync::watch;
use zksso_vm::panic_message;

use crate::{Error, NodeEvent, NodeObserver, Result, node::STACK};

/// Most events that wait.
const MAX_EVENTS: usize = 1_024;
/// Bytes of events from which on no further one waits.
const MAX_BYTES: usize = 64 << 20;
/// How long the end of a node waits until the observer has seen what is left.
const GRACE: Duration = Duration::from_secs(1);

/// A way to tell an observer, or nobody.
#[derive(Clone, Default)]
pub(crate) struct Observer(Option<Arc<EventQueue>>);

struct EventQueue {
    waiting: Mutex<Waiting>,
    /// Signals changes of what waits.
    changed: Condvar,
    /// How many events the observer has returned from.
    seen: watch::Sender<u64>,
    takes_requests: bool,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<NodeEvent>,
    bytes: usize,
    /// Events that waited at some time.
    added: u64,
    /// Events that were dropped after all that wait. There are none unless the queue is full.
    lost: u64,
    is_closed: bool,
    /// Thread of the observer, as long as it runs.
    thread: Option<ThreadId>,
}

impl Waiting {
    fn is_full(&self) -> bool {
        self.events.len() >= MAX_EVENTS || self.bytes >= MAX_BYTES
    }

    /// Counts an event as lost if there is no room for it.
    fn has_room(&mut self) -> bool {
        let is_full = self.is_full();
        self.lost += u64::from(is_full && !self.is_closed);
        !is_full && !self.is_closed
    }

    fn add(&mut self, event: NodeEvent) {
        self.bytes += event.weight();
        self.events.push_back(event);
        self.added += 1;
    }

    fn take(&mut self) -> Option<NodeEvent> {
        let event = self.events.pop_front()?;
        self.bytes -= event.weight();
        if self.lost > 0 && !self.is_full() {
            let events = std::mem::take(&mut self.lost);
            self.add(NodeEvent::Lost { events });
        }
        Some(event)
    }
}

impl Observer {
    /// A queue for an observer, which gets nothing before [`serve`](Self::serve).
    pub(crate) fn new(observer: &impl NodeObserver) -> Self {
        Self(Some(Arc::new(EventQueue {
            waiting: Mutex::default(),
            changed: Condvar::new(),
            seen: watch::Sender::new(0),
            takes_requests: observer.listens_to_requests(),
        })))
    }

    /// Starts the observer's thread.
    pub(crate) fn serve(&self, observer: impl NodeObserver + 'static) -> Result<()> {
        let Some(queue) = self.0.clone() else {
            return Ok(());
        };
        // The lock keeps the queue from being closed before it is known that somebody empties it.
        let mut waiting = queue.lock();
        let handle = thread::Builder::new()
            .name("zksso-observer".to_owned())
            .stack_size(STACK)
            .spawn({
                let queue = queue.clone();
                move || queue.empty_into(&observer)
            })
            .map_err(Error::Thread)?;
        waiting.thread = Some(handle.thread().id());
        Ok(())
    }

    pub(crate) const fn listens(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn listens_to_requests(&self) -> bool {
        self.0.as_ref().is_some_and(|queue| queue.takes_requests)
    }

    /// Queues an event, which is made only if there is room for it.
    pub(crate) fn tell(&self, event: impl FnOnce() -> NodeEvent) {
        if let Some(queue) = &self.0
            && queue.lock().has_room()
        {
            // Made without the lock, as others want to tell something, too.
            let event = event();
            let mut waiting = queue.lock();
            if waiting.has_room() {
                waiting.add(event);
                queue.changed.notify_all();
            }
        }
    }

    /// Waits until the observer has returned from all events that were told so far.
    pub(crate) async fn caught_up(&self) {
        if let Some(queue) = &self.0 {
            let mut seen = queue.seen.subscribe();
            let all = {
                let waiting = queue.lock();
                waiting.added + u64::from(waiting.lost > 0)
            };
            // The sender is in the queue, which is there.
            let _ = seen.wait_for(|seen| *seen >= all).await;
        }
    }

    /// Takes no more events, and gives the observer a bounded time for those that wait. One that closes its own queue goes on with
    /// them afterwards.
    pub(crate) fn close(&self) {
        let Some(queue) = &self.0 else {
            return;
        };
        let mut waiting = queue.lock();
        waiting.is_closed = true;
        queue.changed.notify_all();
        if waiting.thread == Some(thread::current().id()) {
            return;
        }
        let is_busy = |waiting: &mut Waiting| waiting.thread.is_some();
        let ended = queue.changed.wait_timeout_while(waiting, GRACE, is_busy);
        let (waiting, timeout) = ended.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            let events = waiting.events.len();
            tracing::warn!(events, "the observer is too slow: the node ends without it");
        }
    }
}

impl EventQueue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // No code that can panic runs under the lock.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn empty_into(&self, observer: &impl NodeObserver) {
        while let Some(event) = self.next() {
            let told = catch_unwind(AssertUnwindSafe(|| observer.event(&event)));
            if let Err(payload) = told {
                tracing::error!(cause = panic_message(&*payload), "the observer panicked");
            }
            self.seen.send_modify(|seen| *seen += 1);
        }
        self.lock().thread = None;
        self.changed.notify_all();
    }

    /// Waits for the next event; `None` after the last one.
    fn next(&self) -> Option<NodeEvent> {
        let mut waiting = self.lock();
        loop {
            if let Some(event) = waiting.take() {
                return Some(event);
            }
            if waiting.is_closed {
                return None;
            }
            let changed = self.changed.wait(waiting);
            waiting = changed.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observer").field(&self.listens()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, Observer};
    use crate::{NodeEvent, RequestReport};

    fn request(bytes: usize) -> NodeEvent {
        NodeEvent::Request(RequestReport {
            method: "web3_sha3".to_owned(),
            params: Some("0".repeat(bytes)),
            micros: 1,
            error: None,
        })
    }

    #[test]
    fn large_events_take_the_room_of_many() {
        let observer = Observer::new(&|_: &NodeEvent| {});
        for _ in 0..10 {
            observer.tell(|| request(MAX_BYTES / 4));
        }
        let queue = observer.0.unwrap();
        let mut waiting = queue.lock();
        assert_eq!((waiting.events.len(), waiting.lost), (4, 6));
        for _ in 0..4 {
            assert!(matches!(waiting.take(), Some(NodeEvent::Request(_))));
        }
        assert_eq!(waiting.take(), Some(NodeEvent::Lost { events: 6 }));
        assert_eq!((waiting.take(), waiting.bytes), (None, 0));
    }

    #[test]
    fn events_without_room_are_not_made() {
        let observer = Observer::new(&|_: &NodeEvent| {});
        observer.tell(|| request(MAX_BYTES));
        observer.tell(|| unreachable!());
    }
}
