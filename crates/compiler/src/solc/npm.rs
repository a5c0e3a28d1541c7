//! npm packages of the project: the JavaScript build of solc and the Solidity libraries.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use alloy_primitives::{hex, keccak256};
use semver::Version;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    config::ProjectConfig,
    environment::Environment,
    error::{Error, Result},
    lock::FileLock,
    observer::{BuildEvent, BuildObserver},
};

/// Oldest major version of Node.js that runs the shim and the package.
const MIN_NODE: u64 = 18;

/// The part of `package-lock.json` that names the project's own dependencies. Keys are folders; the root's is empty.
#[derive(Deserialize)]
struct LockFile {
    packages: BTreeMap<String, LockedPackage>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LockedPackage {
    version: Option<String>,
    dependencies: BTreeMap<String, String>,
    dev_dependencies: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Manifest {
    version: String,
}

/// Returns the folder of the npm package `solc`, if it is installed.
pub(super) fn package_dir(config: &ProjectConfig) -> Option<PathBuf> {
    let dir = config.root.join("node_modules/solc");
    dir.join("package.json").is_file().then_some(dir)
}

/// Reads the version of an installed package.
pub(super) fn package_version(package: &Path) -> Result<Version> {
    let path = package.join("package.json");
    let manifest: Manifest = read_json(&path)?;
    Version::parse(&manifest.version).map_err(|error| Error::LockFile {
        path,
        message: error.to_string(),
    })
}

/// Refuses a Node.js that is too old.
pub(super) fn check_node(env: &Environment, node: &Path) -> Result<()> {
    let output = env
        .command(node)
        .arg("--version")
        .output()
        .map_err(Error::io("run", node))?;
    let found = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let major = found
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u64>().ok());
    if major.is_some_and(|major| major >= MIN_NODE) {
        return Ok(());
    }
    Err(Error::NodeTooOld {
        found,
        path: node.to_path_buf(),
    })
}

/// Runs `npm ci` if the lock file pins packages that are not installed. Safe to call from several processes at once.
///
/// # Errors
///
/// [`Error::NpmMissing`] without npm, [`Error::NpmFailed`] if it fails, [`Error::LockFile`] for an unreadable lock file.
pub(crate) fn install_missing_packages(
    config: &ProjectConfig,
    env: &Environment,
    observer: &dyn BuildObserver,
) -> Result<()> {
    if missing_packages(&config.root)?.is_empty() {
        return Ok(());
    }
    let _lock = FileLock::acquire(&lock_file(&config.root), observer)?;
    // Another process may have installed them while this one waited.
    let packages = missing_packages(&config.root)?;
    if packages.is_empty() {
        return Ok(());
    }
    let start = Instant::now();
    observer.event(BuildEvent::InstallingPackages {
        packages: &packages,
    });
    npm_ci(config, env, packages)?;
    observer.event(BuildEvent::PackagesInstalled {
        elapsed: start.elapsed(),
    });
    Ok(())
}

/// Returns the file that serialises `npm ci`: outside of the project, where npm and `git clean` do not remove it.
fn lock_file(root: &Path) -> PathBuf {
    let name = hex::encode(&keccak256(root.to_string_lossy().as_bytes())[..8]);
    std::env::temp_dir().join(format!("zksso-npm-{name}.lock"))
}

/// Lists the direct dependencies of the lock file that are not installed in the pinned version.
fn missing_packages(root: &Path) -> Result<Vec<String>> {
    let path = root.join("package-lock.json");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let lock: LockFile = read_json(&path)?;
    let Some(project) = lock.packages.get("") else {
        return Ok(Vec::new());
    };
    let names = project
        .dependencies
        .keys()
        .chain(project.dev_dependencies.keys());
    Ok(names
        .filter(|name| !is_installed(root, &lock, name))
        .cloned()
        .collect())
}

fn is_installed(root: &Path, lock: &LockFile, name: &str) -> bool {
    let dir = format!("node_modules/{name}");
    let pinned = lock
        .packages
        .get(&dir)
        .and_then(|package| package.version.as_deref());
    let installed = read_json::<Manifest>(&root.join(&dir).join("package.json"));
    installed.is_ok_and(|manifest| pinned.is_none_or(|pinned| pinned == manifest.version))
}

fn npm_ci(config: &ProjectConfig, env: &Environment, packages: Vec<String>) -> Result<()> {
    let (Some(node), Some(npm)) = (env.find("node"), env.find("npm")) else {
        return Err(Error::NpmMissing { packages });
    };
    check_node(env, &node)?;
    let mut command = env.command(&npm);
    command
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&config.root);
    let output = command.output().map_err(Error::io("run", &npm))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let tail: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let tail = tail[tail.len().saturating_sub(4)..].join("; ");
    Err(Error::NpmFailed {
        root: config.root.clone(),
        output: tail,
    })
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
    serde_json::from_str(&text).map_err(|error| Error::LockFile {
        path: path.to_path_buf(),
        message: error.to_string(),
    })
}
