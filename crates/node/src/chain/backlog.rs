//! Work that may wait until a request was answered: telling what happened, and counting what ran.

use std::panic::{AssertUnwindSafe, catch_unwind};

use zksso_vm::panic_message;

use super::Chain;

impl Chain {
    /// Whether something is left to do.
    pub(crate) fn has_backlog(&self) -> bool {
        self.is_uncounted() || self.has_news()
    }

    /// Does a part of it: counts what has not been counted, or tells one thing.
    pub(crate) fn work_off(&mut self) {
        let done = catch_unwind(AssertUnwindSafe(|| match self.is_uncounted() {
            true => self.count_blocks(),
            false => self.tell_next(),
        }));
        // What was begun is not begun again, so that the rest goes on.
        if let Err(payload) = done {
            tracing::error!(cause = panic_message(&*payload), "a report panicked");
        }
    }

    /// Does all of it, which has to be done before a part of the history is dropped.
    pub(crate) fn catch_up(&mut self) {
        while self.has_backlog() {
            self.work_off();
        }
    }

    fn is_uncounted(&self) -> bool {
        self.config.coverage && self.counting.borrow().next <= self.head().number
    }
}
