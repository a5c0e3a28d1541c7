//! Coverage of the contracts by tests.
//!
//! `ZKSSO_COVERAGE=FILE cargo test …` adds up which lines of the contracts run on embedded nodes, over all tests and test programs, in
//! a tracefile of lcov. A relative name counts from the repository's root. What the file has already is added to.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use eyre::{OptionExt, WrapErr};
use zksso_compiler::Project;
use zksso_node::{Node, NodeConfig};
use zksso_trace::{Contracts, Coverage};

use crate::{artifacts, project_root};

/// Names the tracefile.
const VARIABLE: &str = "ZKSSO_COVERAGE";

static CONTRACTS: LazyLock<Arc<Contracts>> = LazyLock::new(|| {
    // Builds what is not up to date.
    artifacts();
    let mut contracts = Contracts::default();
    let project = Project::open(project_root());
    let loaded = project.map(|project| contracts.load(&project.config().era.artifacts));
    match loaded {
        Ok(Ok(_)) => Arc::new(contracts),
        failed => panic!("the artifacts cannot be read: {failed:?}"),
    }
});

fn tracefile() -> Option<PathBuf> {
    let named = std::env::var_os(VARIABLE).filter(|name| !name.is_empty())?;
    Some(project_root().join(named))
}

/// The project's contracts by their artifacts, for tests of traces.
pub fn known_contracts() -> Arc<Contracts> {
    CONTRACTS.clone()
}

/// Lets a node count lines if that is wanted.
pub(crate) fn counting(config: NodeConfig) -> NodeConfig {
    match tracefile() {
        Some(_) => config.with_contracts(known_contracts()).with_coverage(true),
        None => config,
    }
}

/// Adds what ran on a node to the tracefile, if that is wanted.
pub(crate) fn add(node: &Node) {
    if let Some(file) = tracefile()
        && let Err(error) = add_to(&file, node)
    {
        eprintln!("coverage is not complete: {error:#}");
    }
}

fn add_to(file: &Path, node: &Node) -> eyre::Result<()> {
    let coverage = futures::executor::block_on(node.coverage())?;
    let coverage = coverage.ok_or_eyre("the node does not count")?;
    let mut coverage = coverage.filtered(|file| file.starts_with("contracts/"));
    // Other tests, and other test programs, end at the same time.
    let lock = File::create(file.with_extension("lock"))?;
    lock.lock()?;
    if file.exists() {
        let before = Coverage::from_lcov(&fs::read_to_string(file)?);
        coverage.add(before.wrap_err_with(|| format!("{} is no tracefile", file.display()))?);
    }
    fs::write(file, coverage.lcov()).wrap_err_with(|| format!("cannot write {}", file.display()))
}
