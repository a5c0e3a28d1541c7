//! Timing the steps of the demo and holding them to what they should do.

use std::time::Instant;

use alloy::primitives::B256;
use eyre::{WrapErr, bail};
use zksso_client::{Outcome as Fate, Receipt};

use crate::progress::Progress;
use crate::report::{Outcome, StepReport, grouped};

/// The steps so far.
pub(crate) struct Steps<'a> {
    progress: &'a Progress,
    reports: Vec<StepReport>,
}

/// What a step that is no single transaction reports.
pub(crate) struct Done {
    pub(crate) transaction: Option<B256>,
    pub(crate) gas: Option<u64>,
}

impl From<&Receipt> for Done {
    fn from(receipt: &Receipt) -> Self {
        Self {
            transaction: Some(receipt.hash),
            gas: Some(receipt.gas_used),
        }
    }
}

impl<'a> Steps<'a> {
    pub(crate) const fn new(progress: &'a Progress) -> Self {
        Self {
            progress,
            reports: Vec::new(),
        }
    }

    pub(crate) fn into_reports(self) -> Vec<StepReport> {
        self.reports
    }

    /// Runs a step that must succeed, and hands on what it made.
    pub(crate) async fn run<T>(
        &mut self,
        step: &str,
        work: impl Future<Output = eyre::Result<(T, Done)>>,
    ) -> eyre::Result<T> {
        self.progress.now(step);
        let started = Instant::now();
        let (made, done) = work
            .await
            .wrap_err_with(|| format!("the step {step:?} failed"))?;
        self.push(step, started, Outcome::Accepted, done, None);
        Ok(made)
    }

    /// Sends a transaction that the chain must accept.
    pub(crate) async fn accepted(
        &mut self,
        step: &str,
        send: impl Future<Output = zksso_client::Result<Receipt>>,
    ) -> eyre::Result<Receipt> {
        self.run(step, async {
            let receipt = send.await?;
            let done = Done::from(&receipt);
            Ok((receipt, done))
        })
        .await
    }

    /// Sends a transaction that the chain must refuse with the named contract error.
    pub(crate) async fn refused(
        &mut self,
        step: &str,
        error: &str,
        send: impl Future<Output = zksso_client::Result<Receipt>>,
    ) -> eyre::Result<()> {
        self.progress.now(step);
        let started = Instant::now();
        let fate = Fate::of(send.await).wrap_err_with(|| format!("the step {step:?} failed"))?;
        let Some(decoded) = fate.error else {
            let instead = fate.message.unwrap_or_else(|| "accepted".into());
            bail!("the step {step:?} should have been refused with {error}, but was: {instead}");
        };
        if decoded.name != error {
            bail!(
                "the step {step:?} should have been refused with {error}, but was with {decoded}"
            );
        }
        let gas = fate.hash.map(|_| fate.gas_used);
        let done = Done {
            transaction: fate.hash,
            gas,
        };
        self.push(
            step,
            started,
            Outcome::Refused,
            done,
            Some(decoded.to_string()),
        );
        Ok(())
    }

    fn push(
        &mut self,
        step: &str,
        started: Instant,
        outcome: Outcome,
        done: Done,
        error: Option<String>,
    ) {
        let report = StepReport {
            step: step.to_owned(),
            transaction: done.transaction.map(|hash| hash.to_string()),
            outcome,
            error,
            gas: done.gas,
            ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        self.progress.done(line(&report));
        self.reports.push(report);
    }
}

fn line(report: &StepReport) -> String {
    let mark = match report.outcome {
        Outcome::Accepted => console::style("✓").green(),
        Outcome::Refused => console::style("✗").yellow(),
    };
    let gas = report
        .gas
        .map_or_else(String::new, |gas| format!(", {} gas", grouped(gas)));
    let error = report
        .error
        .as_ref()
        .map_or_else(String::new, |error| format!(": refused, {error}"));
    format!("{mark} {}{error}{gas}", report.step)
}
