//! The order in which compilers are searched, and the checks that a compiler must pass.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};

use super::{FoundSolc, npm, shim};
use crate::{
    config::{ProjectConfig, SolcRequest},
    environment::Environment,
    error::{Error, Result},
};

/// Versions of solc whose Yul the code generator understands.
pub const SUPPORTED_SOLC: &str = ">=0.8.24, <0.9.0";

/// Keeps the native solc from reading files that are not in its input, which the cache would not know of.
const NO_CALLBACK: &str = "--no-import-callback";

/// How a solc was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SolcOrigin {
    /// The path in `foundry.toml`.
    Setting,
    /// The environment variable `$SOLC`.
    Variable,
    /// The folder of the Solidity version manager, svm.
    Svm,
    /// An executable on `$PATH`.
    Path,
    /// The project's npm package, run by Node.js.
    Npm,
}

impl fmt::Display for SolcOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Setting => "foundry.toml",
            Self::Variable => "$SOLC",
            Self::Svm => "svm",
            Self::Path => "$PATH",
            Self::Npm => "npm",
        })
    }
}

/// The solc of a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SolcLocation {
    /// How it was found.
    pub origin: SolcOrigin,
    /// The executable, or the folder of the npm package.
    pub path: PathBuf,
    /// Its version, without build metadata.
    pub version: Version,
}

impl fmt::Display for SolcLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "solc {} from {} ({})",
            self.version,
            self.origin,
            self.path.display()
        )
    }
}

/// A file that may be the solc to use. A candidate's version is not known before it has run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) origin: SolcOrigin,
    pub(crate) path: PathBuf,
    /// Whether the user named this very file, so that another must not be taken in its place.
    explicit: bool,
}

impl Candidate {
    const fn new(origin: SolcOrigin, path: PathBuf) -> Self {
        let explicit = matches!(origin, SolcOrigin::Setting | SolcOrigin::Variable);
        Self {
            origin,
            path,
            explicit,
        }
    }
}

/// Lists the compilers that are there, best first, without running any.
pub(crate) fn candidates(config: &ProjectConfig, env: &Environment) -> Vec<Candidate> {
    if let SolcRequest::Path(path) = &config.solc {
        return vec![Candidate::new(SolcOrigin::Setting, path.clone())];
    }
    if let Some(path) = &env.solc {
        return vec![Candidate::new(SolcOrigin::Variable, path.clone())];
    }
    let wanted = config.solc.version();
    let svm = wanted
        .and_then(|version| svm_binary(env, version))
        .map(|path| Candidate::new(SolcOrigin::Svm, path));
    let named = wanted.and_then(|version| env.find(&format!("solc-{version}")));
    let on_path = named
        .into_iter()
        .chain(env.find("solc"))
        .map(|path| Candidate::new(SolcOrigin::Path, path));
    let npm = npm::package_dir(config).map(|path| Candidate::new(SolcOrigin::Npm, path));
    svm.into_iter().chain(on_path).chain(npm).collect()
}

/// Returns svm's binary of a version: `~/.svm` if that folder exists, else `svm` below the data folder.
fn svm_binary(env: &Environment, version: &Version) -> Option<PathBuf> {
    let home = env
        .home
        .as_ref()
        .map(|home| home.join(".svm"))
        .filter(|dir| dir.is_dir());
    let dir = home.or_else(|| env.data_home.as_ref().map(|dir| dir.join("svm")))?;
    Some(
        dir.join(version.to_string())
            .join(format!("solc-{version}")),
    )
    .filter(|file| file.is_file())
}

/// Takes the first candidate that runs and has the right version.
///
/// # Errors
///
/// An explicit candidate that does not fit, an unsupported version, or no candidate at all; each as its own variant.
pub(crate) fn discover(config: &ProjectConfig, env: &Environment) -> Result<FoundSolc> {
    if let SolcRequest::Version(version) = &config.solc {
        check_supported(version, &config.root.join("foundry.toml"))?;
    }
    for candidate in candidates(config, env) {
        if candidate.origin == SolcOrigin::Npm {
            return npm_solc(config, env, candidate.path);
        }
        if let Some(found) = native_solc(config, env, candidate)? {
            return Ok(found);
        }
    }
    let wanted = config.solc.version().cloned();
    Err(if env.find("node").is_none() {
        Error::NodeMissing { wanted }
    } else {
        Error::SolcMissing { wanted }
    })
}

fn native_solc(
    config: &ProjectConfig,
    env: &Environment,
    candidate: Candidate,
) -> Result<Option<FoundSolc>> {
    let Candidate {
        origin,
        path,
        explicit,
    } = candidate;
    let (version, long_version) = match native_version(env, &path) {
        Ok(versions) => versions,
        Err(error) if explicit => return Err(error),
        Err(error) => {
            tracing::debug!(%error, "skipping solc");
            return Ok(None);
        }
    };
    let location = SolcLocation {
        origin,
        path: path.clone(),
        version,
    };
    match check(config, &location) {
        Ok(()) => Ok(Some(FoundSolc {
            location,
            program: path,
            arguments: vec![NO_CALLBACK.to_owned()],
            long_version,
        })),
        Err(error) if explicit => Err(error),
        Err(error) => {
            tracing::debug!(%error, "skipping solc");
            Ok(None)
        }
    }
}

fn npm_solc(config: &ProjectConfig, env: &Environment, package: PathBuf) -> Result<FoundSolc> {
    let version = npm::package_version(&package)?;
    let location = SolcLocation {
        origin: SolcOrigin::Npm,
        path: package,
        version,
    };
    check(config, &location)?;
    let Some(node) = env.find("node") else {
        return Err(Error::NodeMissing {
            wanted: config.solc.version().cloned(),
        });
    };
    npm::check_node(env, &node)?;
    let arguments = shim::arguments(&config.era.cache, &location.path)?;
    Ok(FoundSolc {
        long_version: location.version.to_string(),
        location,
        program: node,
        arguments,
    })
}

fn check(config: &ProjectConfig, location: &SolcLocation) -> Result<()> {
    let SolcLocation { path, version, .. } = location;
    match config.solc.version() {
        Some(wanted) if wanted != version => Err(Error::SolcMismatch {
            wanted: wanted.clone(),
            found: version.clone(),
            path: path.clone(),
        }),
        _ => check_supported(version, path),
    }
}

fn check_supported(version: &Version, path: &Path) -> Result<()> {
    let supported = VersionReq::parse(SUPPORTED_SOLC).is_ok_and(|range| range.matches(version));
    if supported {
        return Ok(());
    }
    Err(Error::SolcUnsupported {
        found: version.clone(),
        path: path.to_path_buf(),
        supported: SUPPORTED_SOLC,
    })
}

/// Runs `solc --version` and reads its last line, short and whole, such as `Version: 0.8.28+commit.7893614a.Linux.g++`.
fn native_version(env: &Environment, path: &Path) -> Result<(Version, String)> {
    let unusable = |message: String| Error::SolcUnusable {
        path: path.to_path_buf(),
        message,
    };
    let output = env
        .command(path)
        .arg("--version")
        .output()
        .map_err(|error| unusable(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let long = text
        .lines()
        .rev()
        .find_map(|line| line.trim().strip_prefix("Version:"))
        .map(str::trim);
    // What follows the plus sign is often no valid build metadata.
    let versions = long.and_then(|long| {
        let version = Version::parse(long.split('+').next()?).ok()?;
        Some((version, long.to_owned()))
    });
    versions.ok_or_else(|| unusable("`--version` prints no version".to_owned()))
}
