//! Programs in another language that tests start and judge. Each reports its steps, one line of JSON for each; `test/sdk/report.mjs`
//! writes them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use alloy::hex;
use alloy::sol_types::SolError;
use eyre::{ContextCompat, WrapErr, ensure};
use serde_json::Value;
use zksso_core::DecodedError;
use zksso_testkit::NpmPackage;

/// What a program reported, by step.
#[derive(Debug)]
pub(crate) struct Reports {
    steps: BTreeMap<String, Value>,
    judged: RefCell<BTreeSet<String>>,
}

impl Reports {
    /// Runs a program of an npm package in the repository; `settings` become environment variables.
    pub(crate) fn of_program(
        folder: &str,
        program: &str,
        settings: &[(&str, String)],
    ) -> eyre::Result<Self> {
        let lock = format!("npm-{}.lock", folder.replace('/', "-"));
        let lock = Path::new(env!("CARGO_TARGET_TMPDIR")).join(lock);
        let package = NpmPackage::install(folder, &lock)?;
        let output = Command::new(&package.node)
            .arg(program)
            .current_dir(&package.folder)
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        ensure!(
            output.status.success(),
            "{program} ended early\n{text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let reports = text.lines().map(|line| {
            let report: Value = serde_json::from_str(line)?;
            let step = report["step"].as_str().wrap_err("a report has no step")?;
            Ok((step.to_owned(), report))
        });
        Ok(Self {
            steps: reports.collect::<eyre::Result<_>>()?,
            judged: RefCell::default(),
        })
    }

    /// The report of a step.
    pub(crate) fn step(&self, step: &str) -> eyre::Result<&Value> {
        self.judged.borrow_mut().insert(step.to_owned());
        let report = self.steps.get(step);
        report.wrap_err_with(|| format!("{step} was not reported"))
    }

    /// The report of a step that succeeded.
    pub(crate) fn done(&self, step: &str) -> eyre::Result<&Value> {
        let report = self.step(step)?;
        ensure!(report["outcome"] == "done", "{report}");
        Ok(report)
    }

    /// Insists that a step was refused with a message that contains a text.
    pub(crate) fn refused_because(&self, step: &str, reason: &str) -> eyre::Result<()> {
        let report = self.step(step)?;
        let message = report["error"]["message"].as_str().unwrap_or_default();
        ensure!(
            report["outcome"] == "refused" && message.contains(reason),
            "{report}"
        );
        Ok(())
    }

    /// Insists that the contracts refused a step with the error `E`, and returns it.
    pub(crate) fn refused_with<E: SolError>(&self, step: &str) -> eyre::Result<E> {
        let report = self.step(step)?;
        let data = report["error"]["data"].as_str();
        let data = hex::decode(data.wrap_err_with(|| format!("no contract refused: {report}"))?)?;
        E::abi_decode(&data).wrap_err_with(|| {
            let decoded = DecodedError::decode(&data);
            format!("expected {}, got {decoded}: {report}", E::SIGNATURE)
        })
    }

    /// Insists that nothing was reported that the test did not look at.
    pub(crate) fn all_judged(&self) -> eyre::Result<()> {
        let judged = self.judged.borrow();
        let mut steps = self.steps.keys();
        let forgotten = steps.find(|step| !judged.contains(*step));
        ensure!(forgotten.is_none(), "nobody judged {forgotten:?}");
        Ok(())
    }
}
