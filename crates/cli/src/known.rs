//! The contracts by which the node and the traces name things.

use std::future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eyre::WrapErr;
use tokio::sync::oneshot;
use zksso_compiler::Project;
use zksso_node::SharedContracts;
use zksso_trace::Contracts;

/// Tells how the loading of contracts ended.
pub(crate) struct Loading(oneshot::Receiver<eyre::Result<()>>);

impl Loading {
    /// Waits for the end.
    pub(crate) async fn ended(&mut self) -> eyre::Result<()> {
        if self.0.is_terminated() {
            return Ok(());
        }
        (&mut self.0).await?
    }

    /// Waits for an error, for ever if there is none.
    pub(crate) async fn failed(&mut self) -> eyre::Report {
        match self.ended().await {
            Ok(()) => future::pending().await,
            Err(error) => error,
        }
    }
}

/// Begins to load what [`contracts`] loads for the nearest project.
pub(crate) fn load(folders: &[PathBuf]) -> (SharedContracts, Loading) {
    let (end, loading) = oneshot::channel();
    let folders = folders.to_vec();
    let contracts = SharedContracts::loading(move || {
        let loaded = contracts(&folders);
        let (contracts, ending) = match loaded {
            Ok(contracts) => (contracts, Ok(())),
            Err(error) => (Contracts::default(), Err(error)),
        };
        // Whoever does not wait has ended.
        let _ = end.send(ending);
        Arc::new(contracts)
    });
    (contracts, Loading(loading))
}

/// The artifacts of the nearest project above the current folder, and those in `folders`. Without a project, or before its first
/// build, only the latter.
fn contracts(folders: &[PathBuf]) -> eyre::Result<Contracts> {
    let mut contracts = Contracts::default();
    if let Some(artifacts) = project_artifacts()?.filter(|folder| folder.is_dir()) {
        contracts.load(&artifacts)?;
    }
    for folder in folders {
        let loaded = contracts.load(folder);
        loaded.wrap_err_with(|| format!("--abi {}", folder.display()))?;
    }
    Ok(contracts)
}

fn project_artifacts() -> eyre::Result<Option<PathBuf>> {
    let Some(root) = nearest(&std::env::current_dir()?) else {
        return Ok(None);
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
