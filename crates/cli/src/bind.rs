//! `zksso bind`: Rust bindings from the artifacts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use eyre::{WrapErr, bail};
use zksso_compiler::bindings;

use crate::args::BindArgs;
use crate::progress::Progress;
use crate::project;

/// Contracts that get bindings unless the command line names others.
const SUITE: [&str; 12] = [
    "AAFactory",
    "AccountProxy",
    "DeadManSwitch",
    "ERC7579Account",
    "GuardianRecovery",
    "P256Verifier",
    "RegistryHook",
    "SessionKeyValidator",
    "SpendingLimitHook",
    "SponsorPaymaster",
    "WebAuthValidator",
    "WebAuthnVerifier",
];

pub(crate) async fn run(arguments: &BindArgs) -> eyre::Result<()> {
    let project = project::open(&arguments.project)?;
    let progress = Progress::new(false);
    let output = project::build(&project, &progress).await?;
    drop(progress);
    let files = if arguments.contracts.is_empty() {
        bindings::generate(&output.artifacts, &SUITE)?
    } else {
        bindings::generate(&output.artifacts, &arguments.contracts)?
    };
    let folder = project.config().root.join(&arguments.out);
    if arguments.check {
        check(&folder, &files)
    } else {
        write(&folder, &files)
    }
}

fn check(folder: &Path, files: &BTreeMap<PathBuf, String>) -> eyre::Result<()> {
    let differs =
        |name: &&PathBuf| fs::read_to_string(folder.join(name)).ok().as_ref() != files.get(*name);
    let stale: Vec<String> = files
        .keys()
        .filter(differs)
        .map(|name| name.display().to_string())
        .collect();
    if stale.is_empty() {
        println!(
            "{} files in {} are up to date",
            files.len(),
            folder.display()
        );
        return Ok(());
    }
    bail!(
        "stale in {}: {}; run `zksso bind` and commit the result",
        folder.display(),
        stale.join(", ")
    )
}

fn write(folder: &Path, files: &BTreeMap<PathBuf, String>) -> eyre::Result<()> {
    fs::create_dir_all(folder).wrap_err_with(|| format!("cannot create {}", folder.display()))?;
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).wrap_err_with(|| format!("cannot write {}", path.display()))?;
        println!("wrote {}", path.display());
    }
    Ok(())
}
