//! Finding and building the project that a command works on.

use std::path::{Path, PathBuf};

use eyre::{WrapErr, bail};
use zksso_compiler::{BuildEvent, BuildOutput, Project};

use crate::args::ProjectArgs;
use crate::progress::Progress;
use crate::report::grouped;

/// Opens the project named by the arguments, or the nearest one above the current folder.
pub(crate) fn open(arguments: &ProjectArgs) -> eyre::Result<Project> {
    let root = match &arguments.root {
        Some(root) => root.clone(),
        None => nearest(&std::env::current_dir().wrap_err("the current folder cannot be read")?)?,
    };
    Ok(Project::open(root)?)
}

fn nearest(start: &Path) -> eyre::Result<PathBuf> {
    let found = start
        .ancestors()
        .find(|folder| folder.join("foundry.toml").is_file());
    match found {
        Some(root) => Ok(root.to_owned()),
        None => bail!(
            "no foundry.toml in {} or above it; run zksso inside a project, or name one with --root DIR",
            start.display()
        ),
    }
}

/// Builds the project off the async threads, drawing what happens.
pub(crate) async fn build(project: &Project, progress: &Progress) -> eyre::Result<BuildOutput> {
    let project = project.clone();
    let progress = progress.clone();
    let build = move || project.build(&|event: BuildEvent<'_>| show(&progress, &event));
    let output = tokio::task::spawn_blocking(build)
        .await
        .wrap_err("the build stopped unexpectedly")??;
    Ok(output)
}

fn show(progress: &Progress, event: &BuildEvent<'_>) {
    match event {
        BuildEvent::Waiting => progress.now("waiting for another build of this project"),
        BuildEvent::InstallingPackages { packages } => {
            progress.now(format!("fetching npm packages: {}", packages.join(", ")));
        }
        BuildEvent::PackagesInstalled { elapsed } => {
            progress.done(format!(
                "fetched the npm packages in {:.1} s",
                elapsed.as_secs_f32()
            ));
        }
        BuildEvent::Resolving => progress.now("reading sources"),
        BuildEvent::SolcStarted {
            sources, processes, ..
        } => {
            progress.now(format!(
                "solc compiles {sources} files in {processes} processes"
            ));
        }
        BuildEvent::CodegenStarted { name } => {
            progress.now(format!("generating EraVM code of {name}"))
        }
        BuildEvent::CodegenFinished { name, size, .. } => {
            progress.done(format!("compiled {name}, {} bytes", grouped(*size as u64)));
        }
        _ => {}
    }
}
