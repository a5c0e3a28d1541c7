//! The contracts by which the node and the traces name things.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eyre::WrapErr;
use zksso_compiler::Project;
use zksso_trace::Contracts;

/// The artifacts of the project at `root`, else of the nearest one above the current folder, and those in `folders`. Without a project,
/// or before its first build, only the latter.
pub(crate) fn contracts(root: Option<&Path>, folders: &[PathBuf]) -> eyre::Result<Arc<Contracts>> {
    let mut contracts = Contracts::default();
    if let Some(artifacts) = project_artifacts(root)?.filter(|folder| folder.is_dir()) {
        contracts.load(&artifacts)?;
    }
    for folder in folders {
        let loaded = contracts.load(folder);
        loaded.wrap_err_with(|| format!("--abi {}", folder.display()))?;
    }
    Ok(Arc::new(contracts))
}

fn project_artifacts(root: Option<&Path>) -> eyre::Result<Option<PathBuf>> {
    let root = match root {
        Some(root) => root.to_owned(),
        None => match nearest(&std::env::current_dir()?) {
            Some(root) => root,
            None => return Ok(None),
        },
    };
    let project = Project::open(root)?;
    Ok(Some(project.config().era.artifacts.clone()))
}

fn nearest(start: &Path) -> Option<PathBuf> {
    let mut folders = start.ancestors();
    folders
        .find(|folder| folder.join("foundry.toml").is_file())
        .map(Path::to_owned)
}
