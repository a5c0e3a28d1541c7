//! Progress on standard error while long work runs; silent where nobody watches.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A spinner with a message, drawn on standard error if that is a terminal. Clones share the display.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: Arc<Bar>,
    plain: bool,
}

/// Clears the line when the last user of the display is gone.
struct Bar(ProgressBar);

impl Progress {
    /// Starts the display. `quiet` keeps it silent (for `--json` and `--quiet`).
    pub(crate) fn new(quiet: bool) -> Self {
        let terminal = console::user_attended_stderr();
        let bar = if quiet || !terminal {
            ProgressBar::hidden()
        } else {
            ProgressBar::new_spinner()
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed:.dim}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self {
            bar: Arc::new(Bar(bar)),
            plain: !quiet && !terminal,
        }
    }

    /// Names the work under way.
    pub(crate) fn now(&self, message: impl Into<String>) {
        self.bar.0.reset_elapsed();
        self.bar.0.set_message(message.into());
    }

    /// Leaves a finished line behind; without a terminal it is a plain line of standard error.
    pub(crate) fn done(&self, line: impl AsRef<str>) {
        if self.plain {
            eprintln!("{}", line.as_ref());
        } else {
            self.bar.0.println(line);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
