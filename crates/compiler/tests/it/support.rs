//! Temporary projects.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock},
};

use tempfile::TempDir;
use zksso_compiler::{
    BuildEvent, BuildObserver, BuildOutput, Environment, Error, Project, ProjectConfig,
};

/// A project in a temporary folder.
pub(crate) struct TempProject {
    dir: TempDir,
    pub(crate) env: Environment,
}

impl TempProject {
    /// A folder without any file, in an environment without any program.
    pub(crate) fn empty() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
            env: Environment::default(),
        }
    }

    /// A project with the npm packages of this repository and this process's environment, without `$SOLC`.
    pub(crate) fn with_solc() -> Self {
        let project = Self {
            env: Environment {
                solc: None,
                ..Environment::from_process()
            },
            ..Self::empty()
        };
        #[cfg(unix)]
        std::os::unix::fs::symlink(node_modules(), project.path("node_modules")).unwrap();
        #[cfg(windows)]
        std::os::windows::fs::symlink_dir(node_modules(), project.path("node_modules")).unwrap();
        project.configure("");
        project
    }

    /// Writes `foundry.toml` with the usual folders, further lines of the profile, and whatever follows it.
    pub(crate) fn configure(&self, more: &str) {
        let toml = "[profile.default]\nsrc = \"contracts\"\nlibs = [\"node_modules\"]\nsolc = \"0.8.28\"\n";
        self.write("foundry.toml", &format!("{toml}{more}"));
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes `contracts/<name>.sol` with licence and version in front.
    pub(crate) fn contract(&self, name: &str, code: &str) {
        let head = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n";
        self.write(&format!("contracts/{name}.sol"), &format!("{head}{code}\n"));
    }

    pub(crate) fn open(&self) -> Result<Project, Error> {
        Ok(Project::new(
            ProjectConfig::load(self.dir.path())?,
            self.env.clone(),
        ))
    }

    pub(crate) fn build(&self) -> Result<BuildOutput, Error> {
        self.open()?.build(&())
    }

    /// The error of a build that must fail, as text.
    pub(crate) fn failure(&self) -> String {
        self.build().expect_err("the build should fail").to_string()
    }
}

/// Root of this repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_path_buf()
}

/// The npm packages of this repository, installed on first use.
fn node_modules() -> &'static Path {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        Project::open(repository()).unwrap().prepare(&()).unwrap();
        repository().join("node_modules")
    })
}

/// Names of the contracts that a build compiled.
pub(crate) fn compiled(output: &BuildOutput) -> Vec<&str> {
    output
        .compiled
        .iter()
        .map(|contract| contract.name.as_str())
        .collect()
}

/// Names and bytecode hashes of all contracts.
pub(crate) fn hashes(output: &BuildOutput) -> Vec<(String, alloy_primitives::B256)> {
    let names = output.sizes.iter().map(|contract| contract.name.clone());
    names
        .map(|name| (name.clone(), output.artifacts.bytecode(&name).unwrap().hash))
        .collect()
}

/// Keeps the names of the events it receives.
#[derive(Default)]
pub(crate) struct Recorder(Mutex<Vec<String>>);

impl BuildObserver for Recorder {
    fn event(&self, event: BuildEvent<'_>) {
        let text = format!("{event:?}");
        let name = text.split([' ', '{']).next().unwrap_or_default();
        self.0.lock().unwrap().push(name.to_owned());
    }
}

impl Recorder {
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}
