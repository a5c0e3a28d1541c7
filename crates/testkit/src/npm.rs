//! npm packages that tests drive, installed from their lock files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use eyre::{ContextCompat, WrapErr, bail, ensure};
use serde_json::Value;
use zksso_compiler::Environment;

use crate::project_root;

/// A folder with a `package.json` whose dependencies are installed.
#[derive(Debug)]
pub struct NpmPackage {
    /// The folder.
    pub folder: PathBuf,
    /// Node.js.
    pub node: PathBuf,
}

impl NpmPackage {
    /// Opens the package in a folder of the repository, and runs `npm ci` unless what its lock file pins is installed. The
    /// file `lock` keeps other test processes from installing at the same time.
    ///
    /// # Errors
    /// If there is no Node.js or npm, or if the packages cannot be fetched.
    pub fn install(folder: &str, lock: &Path) -> eyre::Result<Self> {
        let folder = project_root().join(folder);
        let environment = Environment::from_process();
        let (Some(node), Some(npm)) = (environment.find("node"), environment.find("npm")) else {
            bail!(
                "npm packages are tested with Node.js: install Node.js 18 or newer with npm, and put both on PATH"
            );
        };
        let lock = File::create(lock)?;
        lock.lock()?;
        if !is_installed(&folder)? {
            npm_ci(&npm, &folder)?;
        }
        Ok(Self { folder, node })
    }
}

fn npm_ci(npm: &Path, folder: &Path) -> eyre::Result<()> {
    let output = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(folder)
        .output()
        .wrap_err_with(|| format!("cannot run {}", npm.display()))?;
    ensure!(
        output.status.success(),
        "`npm ci` failed in {}; it fetches the packages of its lock file from the npm registry, once:\n{}",
        folder.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// Whether npm has recorded, as it does when it is done, that it installed every package of the lock file.
fn is_installed(folder: &Path) -> eyre::Result<bool> {
    let locked = read_json(&folder.join("package-lock.json"))?;
    let locked = locked["packages"].as_object();
    let locked = locked.wrap_err("the lock file names no packages")?;
    let Ok(installed) = read_json(&folder.join("node_modules/.package-lock.json")) else {
        return Ok(false);
    };
    // Packages of the repository itself are linked, and optional ones are for other machines.
    let mut fetched = locked.iter().filter(|(path, package)| {
        path.starts_with("node_modules/") && package["link"] != true && package["optional"] != true
    });
    Ok(fetched.all(|(path, package)| {
        let integrity = &package["integrity"];
        integrity.is_string() && installed["packages"][path]["integrity"] == *integrity
    }))
}

fn read_json(path: &Path) -> eyre::Result<Value> {
    let text =
        fs::read_to_string(path).wrap_err_with(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).wrap_err_with(|| format!("{} is malformed", path.display()))
}
