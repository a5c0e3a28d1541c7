//! All sources of a project: the contracts that are built and everything that they import.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use foundry_compilers::{
    Graph, ProjectPathsConfig,
    artifacts::{
        SolcLanguage,
        sources::{Source, Sources},
    },
    resolver::parse::SolParser,
};

use crate::error::{Error, Result};

/// The whole source set, keyed by the names that solc sees: paths relative to the project's root.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourceSet {
    /// All sources.
    pub(crate) sources: Sources,
    /// Bytes of each file with all that it imports: an estimate of the work of compiling it.
    weights: BTreeMap<PathBuf, usize>,
}

impl SourceSet {
    /// Follows the imports of `files`.
    pub(crate) fn resolve(
        paths: &ProjectPathsConfig<SolcLanguage>,
        files: &[PathBuf],
    ) -> Result<Self> {
        let failed = |error: &dyn std::fmt::Display| Error::SolcFailed {
            message: error.to_string(),
        };
        let inputs = Source::read_all(files).map_err(|error| failed(&error))?;
        let graph =
            Graph::<SolParser>::resolve_sources(paths, inputs).map_err(|error| failed(&error))?;
        let (sources, edges) = graph.into_sources();
        let size = |path: &Path| sources.get(path).map_or(0, |source| source.content.len());
        let weight =
            |path: &Path| size(path) + edges.imports(path).into_iter().map(size).sum::<usize>();
        let relative = |path: &Path| path.strip_prefix(&paths.root).unwrap_or(path).to_path_buf();
        let weights = sources
            .keys()
            .map(|path| (relative(path), weight(path)))
            .collect();
        let sources = sources
            .iter()
            .map(|(path, source)| (relative(path), source.clone()))
            .collect();
        Ok(Self { sources, weights })
    }

    /// Returns the estimated work of compiling a file.
    pub(crate) fn weight(&self, path: &Path) -> usize {
        self.weights.get(path).copied().unwrap_or(0)
    }
}
