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

/// How many times less work a file without contracts is than its size says.
const LIBRARY_SHARE: usize = 16;

/// The whole source set, keyed by the names that solc sees: paths relative to the project's root.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourceSet {
    /// All sources.
    pub(crate) sources: Sources,
    /// An estimate of the work of compiling each file.
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
        let code: BTreeMap<_, _> = sources
            .iter()
            .map(|(path, source)| (path.as_path(), code_of(source.as_ref())))
            .collect();
        let size = |path: &Path| code.get(path).map_or(0, String::len);
        let weight = |path: &Path| match code.get(path) {
            Some(text) if defines_contract(text) => {
                text.len() + edges.imports(path).into_iter().map(size).sum::<usize>()
            }
            // Libraries, interfaces and abstract contracts are compiled where they are used.
            _ => size(path) / LIBRARY_SHARE,
        };
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

/// Returns a source without comments and blanks at the beginning of lines. Comment signs in strings are not told apart,
/// which is good enough for an estimate.
fn code_of(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("/*") {
        code.push_str(&rest[..start]);
        let comment = &rest[start..];
        rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
    }
    code.push_str(rest);
    let lines = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or(line).trim());
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn defines_contract(code: &str) -> bool {
    code.lines().any(|line| line.starts_with("contract "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_do_not_count_as_work() {
        let code = code_of("// contract A\n/** contract B */\n  contract C {} // c\n");
        assert_eq!(code, "contract C {}");
        assert!(defines_contract(&code));
        assert!(!defines_contract(&code_of(
            "abstract contract A {}\nlibrary L {}"
        )));
    }
}
