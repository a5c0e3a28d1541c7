//! What the node's thread does.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use zksso_vm::panic_message;

use crate::chain::Chain;

/// Something to do with the chain.
pub(crate) type Job = Box<dyn FnOnce(&mut Chain) + Send>;

/// Pause between requests after which what may wait is done; longer than a client takes from an answer to its next request.
const QUIET: Duration = Duration::from_millis(5);
/// How long it waits for such a pause. After that, a part of it is done after each request, until nothing is left.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long the end of the node may take for it.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A chain, and when what happened to it.
struct Worker {
    chain: Chain,
    latest_block: Instant,
    latest_job: Instant,
    /// Since when something waits to be done.
    behind_since: Option<Instant>,
}

/// Runs jobs until every sender is gone.
pub(crate) fn work(chain: Chain, queue: &Receiver<Job>) {
    let now = Instant::now();
    let mut worker = Worker {
        chain,
        latest_block: now,
        latest_job: now,
        behind_since: None,
    };
    loop {
        let job = match worker.pause() {
            None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(pause) => queue.recv_timeout(pause),
        };
        match job {
            Ok(job) => worker.carry_out(job),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return worker.finish(),
        }
        worker.mine_if_due();
        worker.work_off_if_due();
    }
}

impl Worker {
    /// How long to wait for a job before something else is due; forever when nothing is.
    fn pause(&self) -> Option<Duration> {
        let interval = self.chain.mining().interval();
        let block = interval.map(|interval| interval.saturating_sub(self.latest_block.elapsed()));
        let is_behind = self.behind_since.is_some();
        let quiet = is_behind.then(|| QUIET.saturating_sub(self.latest_job.elapsed()));
        block.into_iter().chain(quiet).min()
    }

    fn carry_out(&mut self, job: Job) {
        let before = self.chain.mining();
        self.chain.begin_request();
        contain(&mut self.chain, job);
        self.latest_job = Instant::now();
        if self.chain.mining() != before {
            self.latest_block = self.latest_job;
        }
    }

    /// Requests that come without pause must not keep a block from being made.
    fn mine_if_due(&mut self) {
        let is_due = |interval| self.latest_block.elapsed() >= interval;
        if self.chain.mining().interval().is_some_and(is_due) {
            self.latest_block = Instant::now();
            self.chain.begin_request();
            contain(&mut self.chain, |chain| drop(chain.mine()));
        }
    }

    /// Nor must they keep the log from going on.
    fn work_off_if_due(&mut self) {
        if !self.chain.has_backlog() {
            self.behind_since = None;
            return;
        }
        let since = *self.behind_since.get_or_insert_with(Instant::now);
        if self.latest_job.elapsed() >= QUIET || since.elapsed() >= PATIENCE {
            self.chain.work_off();
        }
    }

    fn finish(mut self) {
        let end = Instant::now();
        while self.chain.has_backlog() {
            if end.elapsed() >= LAST_WORDS {
                tracing::warn!("the node ends before its log is complete");
                return;
            }
            self.chain.work_off();
        }
    }
}

/// Runs a job. A panic in it is its own failure: the chain changes only at the very end of a transaction, so its state is as before.
fn contain(chain: &mut Chain, job: impl FnOnce(&mut Chain)) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| job(chain))) {
        tracing::error!(cause = panic_message(&*payload), "a request panicked");
    }
}
