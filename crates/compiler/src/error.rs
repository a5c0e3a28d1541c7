//! What can go wrong in a build, and what to do about it.

use std::{io, path::PathBuf};

use semver::Version;

use crate::diagnostic::Diagnostic;

/// Result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A build, artifact or binding failure. Every message names what was wrong and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The project has no `foundry.toml`.
    #[error("no foundry.toml in {}: run from a project's root, or create one with `forge init`", root.display())]
    ConfigMissing {
        /// Folder that was searched.
        root: PathBuf,
    },
    /// `foundry.toml` is not TOML, or a field has a value that cannot be used.
    #[error("{}:{line}:{column}: {message}: correct foundry.toml and try again", path.display())]
    ConfigInvalid {
        /// The configuration file.
        path: PathBuf,
        /// Line of the offending text, from 1.
        line: usize,
        /// Column of the offending text, from 1.
        column: usize,
        /// What is wrong with it.
        message: String,
    },
    /// A folder of Solidity sources named by the configuration does not exist.
    #[error("source folder {} does not exist: create it or correct `{field}` in foundry.toml", path.display())]
    SourcesMissing {
        /// Field of `foundry.toml` that names the folder.
        field: &'static str,
        /// The missing folder.
        path: PathBuf,
    },
    /// The source folders hold no Solidity file.
    #[error("no .sol file below {}: write a contract or correct `src` in foundry.toml", path.display())]
    SourcesEmpty {
        /// The empty folder.
        path: PathBuf,
    },
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// Verb phrase, such as `read`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Neither a solc binary nor the npm package was found.
    #[error(
        "no solc{} found: set `solc` in foundry.toml or $SOLC to a solc binary, or add the npm package to the project \
         (`npm install --save-dev solc{}`)",
        wanted.as_ref().map(|v| format!(" {v}")).unwrap_or_default(),
        wanted.as_ref().map(|v| format!("@{v}")).unwrap_or_default()
    )]
    SolcMissing {
        /// Version asked for in `foundry.toml`.
        wanted: Option<Version>,
    },
    /// No solc binary was found, and the npm package cannot be used without Node.js.
    #[error(
        "no solc and no Node.js found: install Node.js 18 or newer, or set `solc` in foundry.toml or $SOLC to a solc \
         {} binary",
        wanted.as_ref().map_or_else(|| "0.8".to_owned(), ToString::to_string)
    )]
    NodeMissing {
        /// Version asked for in `foundry.toml`.
        wanted: Option<Version>,
    },
    /// Node.js is there, but too old for the npm package.
    #[error("Node.js {found} at {} is too old: install Node.js 18 or newer", path.display())]
    NodeTooOld {
        /// What `node --version` printed.
        found: String,
        /// The executable.
        path: PathBuf,
    },
    /// Packages of `package-lock.json` are missing and there is no npm to fetch them.
    #[error("npm packages are missing ({}) and npm was not found: install Node.js 18 or newer with npm", packages.join(", "))]
    NpmMissing {
        /// Packages that are not installed.
        packages: Vec<String>,
    },
    /// `npm ci` failed.
    #[error("npm ci failed in {}: {output}: repair package.json or the network and run `npm ci` there", root.display())]
    NpmFailed {
        /// Folder in which it ran.
        root: PathBuf,
        /// End of its error output, on one line.
        output: String,
    },
    /// `package.json` or `package-lock.json` cannot be used.
    #[error("cannot use {}: {message}: restore it with `npm install`", path.display())]
    LockFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A solc that was found does not run or prints no version.
    #[error("{} is not a working solc: {message}: correct `solc` in foundry.toml or $SOLC", path.display())]
    SolcUnusable {
        /// The executable or package.
        path: PathBuf,
        /// What happened.
        message: String,
    },
    /// The version of solc is outside of what the code generator understands.
    #[error("solc {found} at {} is not supported: use a version {supported}, such as 0.8.28", path.display())]
    SolcUnsupported {
        /// Version found or asked for.
        found: Version,
        /// The executable, package or configuration file.
        path: PathBuf,
        /// Supported range.
        supported: &'static str,
    },
    /// The solc that was chosen has another version than `foundry.toml` asks for.
    #[error("solc at {} is {found}, but foundry.toml asks for {wanted}: change one of them", path.display())]
    SolcMismatch {
        /// Version in `foundry.toml`.
        wanted: Version,
        /// Version found.
        found: Version,
        /// The executable or package.
        path: PathBuf,
    },
    /// solc itself failed, for instance by running out of memory.
    #[error("the compiler failed: {message}")]
    SolcFailed {
        /// What it, or the layer that calls it, reported.
        message: String,
    },
    /// zksolc is the back-end, but there is none.
    #[error(
        "no zksolc found: set `zksolc` in [external.zksso] of foundry.toml, $ZKSOLC or $PATH to the binary, or use the back-end \
         zksso"
    )]
    ZksolcMissing,
    /// The zksolc that was found does not run or prints no version.
    #[error("{} is not a working zksolc: {message}: correct `zksolc` in foundry.toml or $ZKSOLC", path.display())]
    ZksolcUnusable {
        /// The executable.
        path: PathBuf,
        /// What happened.
        message: String,
    },
    /// The version of zksolc speaks another protocol.
    #[error("zksolc {found} at {} is not supported: use a version {supported}", path.display())]
    ZksolcUnsupported {
        /// Version found.
        found: Version,
        /// The executable.
        path: PathBuf,
        /// Supported range.
        supported: &'static str,
    },
    /// The sources do not compile.
    #[error("compilation failed\n{}", join(diagnostics))]
    Compilation {
        /// Errors of solc and of the code generator, each with its place.
        diagnostics: Vec<Diagnostic>,
    },
    /// There are no artifacts in a folder.
    #[error("no artifacts in {}: run `zksso build` first", path.display())]
    ArtifactsMissing {
        /// The folder.
        path: PathBuf,
    },
    /// No artifact has this name.
    #[error("no artifact named {name}: known contracts are {}", known.join(", "))]
    ArtifactUnknown {
        /// Name that was asked for.
        name: String,
        /// Contract names that exist.
        known: Vec<String>,
    },
    /// Several contracts have this name.
    #[error("{name} is ambiguous: write one of {}", candidates.join(", "))]
    ArtifactAmbiguous {
        /// Name that was asked for.
        name: String,
        /// Fully qualified names to choose from.
        candidates: Vec<String>,
    },
    /// An artifact or its index does not have the documented format.
    #[error("{} is not a valid artifact: {message}: delete the folder and run `zksso build`", path.display())]
    ArtifactInvalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A contract uses libraries whose addresses are unknown.
    #[error("{name} is not linked: give the addresses of {} as `libraries` in foundry.toml", libraries.join(", "))]
    Unlinked {
        /// The contract.
        name: String,
        /// Fully qualified names of the libraries.
        libraries: Vec<String>,
    },
    /// An artifact names a factory dependency that no artifact holds.
    #[error(
        "factory dependency {hash} of {name} has no artifact: delete the folder of artifacts and run `zksso build`"
    )]
    DependencyMissing {
        /// The depending contract.
        name: String,
        /// Bytecode hash of the dependency.
        hash: alloy_primitives::B256,
    },
}

impl Error {
    /// Builds a `map_err` closure for a file operation.
    pub(crate) fn io<P: Into<PathBuf>>(
        action: &'static str,
        path: P,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }

    /// Returns whether the project's own text is at fault, rather than the machine's set-up.
    pub const fn is_compilation(&self) -> bool {
        matches!(self, Self::Compilation { .. })
    }
}

fn join(diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(|d| d.to_string().trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}
