//! The fingerprint of the last build, checked before anything else runs.
//!
//! A build is up to date if the configuration, the compilers that could be chosen, the code generator, the list of
//! contract files, the content of every source, and the presence of every artifact are as they were. Checking this takes
//! milliseconds; parsing the sources and reading the cache as foundry-compilers does takes a few hundred.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use alloy_primitives::{B256, keccak256};
use serde::{Deserialize, Serialize};

use crate::{
    artifacts::Artifacts,
    backend::BACKEND,
    config::{Backend, ProjectConfig},
    environment::Environment,
    error::Result,
    files::{solidity_files, write_atomically},
    solc::{Candidate, SolcLocation, candidates},
    zksolc,
};

/// Name of the file in the cache folder.
const FILE: &str = "state.json";

/// What the last build saw and made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BuildState {
    /// Hash of everything but the sources.
    inputs: B256,
    /// Content hash of each source, library sources included.
    sources: BTreeMap<PathBuf, B256>,
    /// solc that was used.
    pub(crate) solc: SolcLocation,
    /// Warnings of the build.
    pub(crate) warnings: Vec<String>,
}

impl BuildState {
    /// Records a build. `sources` are relative to the root.
    pub(crate) fn new<'a>(
        config: &ProjectConfig,
        env: &Environment,
        sources: impl Iterator<Item = (&'a Path, &'a str)>,
        solc: SolcLocation,
        warnings: Vec<String>,
    ) -> Self {
        let sources = sources
            .map(|(path, content)| (path.to_path_buf(), keccak256(content)))
            .collect();
        Self {
            inputs: inputs(config, env),
            sources,
            solc,
            warnings,
        }
    }

    /// Writes the state to the cache folder.
    pub(crate) fn save(&self, config: &ProjectConfig) -> Result<()> {
        // A map of paths and hashes always has a JSON form; if it had none, the next build would run again.
        let text = serde_json::to_vec(self).unwrap_or_default();
        write_atomically(&config.era.cache.join(FILE), &text)
    }

    /// Reads the state of the last build.
    pub(crate) fn load(config: &ProjectConfig) -> Option<Self> {
        serde_json::from_slice(&fs::read(config.era.cache.join(FILE)).ok()?).ok()
    }

    /// Returns the artifacts if a build now would change nothing.
    pub(crate) fn up_to_date(
        &self,
        config: &ProjectConfig,
        env: &Environment,
    ) -> Option<Artifacts> {
        let unchanged = self.inputs == inputs(config, env)
            && self.same_files(config)
            && self.same_contents(config);
        if !unchanged {
            return None;
        }
        let artifacts = Artifacts::load(&config.era.artifacts).ok()?;
        artifacts
            .files()
            .iter()
            .all(|file| file.is_file())
            .then_some(artifacts)
    }

    fn same_files(&self, config: &ProjectConfig) -> bool {
        let files = config.source_dirs().map(|(_, dir)| solidity_files(dir));
        let Ok(files) = files.collect::<Result<Vec<_>>>() else {
            return false;
        };
        let known = |file: &PathBuf| {
            self.sources
                .contains_key(file.strip_prefix(&config.root).unwrap_or(file))
        };
        // A file that was removed is noticed when its content is compared.
        files.iter().flatten().all(known)
    }

    fn same_contents(&self, config: &ProjectConfig) -> bool {
        let same = |(path, hash): (&PathBuf, &B256)| {
            fs::read_to_string(config.root.join(path))
                .is_ok_and(|text| keccak256(normalized(&text).as_bytes()) == *hash)
        };
        self.sources.iter().all(same)
    }
}

/// foundry-compilers replaces the line ends of Windows when it reads a source.
fn normalized(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\r') {
        text.replace("\r\n", "\n").into()
    } else {
        text.into()
    }
}

fn inputs(config: &ProjectConfig, env: &Environment) -> B256 {
    let compilers: Vec<_> = candidates(config, env).iter().map(identity).collect();
    let zksolc = match config.era.backend {
        Backend::Zksso => None,
        Backend::Zksolc => zksolc::candidate(config, env).map(|path| stamp(&path)),
    };
    keccak256(format!("{BACKEND}\n{config:?}\n{compilers:?}\n{zksolc:?}"))
}

/// Identifies a compiler without running it: place, size and time, or the manifest of the npm package.
fn identity(candidate: &Candidate) -> String {
    let manifest = candidate.path.join("package.json");
    let file = if candidate.path.is_dir() {
        &manifest
    } else {
        &candidate.path
    };
    format!("{candidate:?} {}", stamp(file))
}

/// A file with its size and time.
fn stamp(file: &Path) -> String {
    let meta = file.metadata().ok();
    let time = meta
        .as_ref()
        .and_then(|meta| meta.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    let size = meta.map(|meta| meta.len());
    format!("{} {size:?} {time:?}", file.display())
}
