//! The Node.js script that gives the npm package `solc` the command line of the native compiler.

use std::path::Path;

use crate::{error::Result, files::write_if_changed};

const SCRIPT: &str = include_str!("shim.js");

/// Writes the script to the cache folder and returns the arguments that start it on `package`.
pub(super) fn arguments(cache: &Path, package: &Path) -> Result<Vec<String>> {
    let script = cache.join("solc.js");
    write_if_changed(&script, SCRIPT.as_bytes())?;
    Ok([&script, package]
        .map(|path| path.to_string_lossy().into_owned())
        .to_vec())
}
