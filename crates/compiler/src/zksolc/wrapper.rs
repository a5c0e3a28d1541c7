//! zksolc wants one executable for solc, but the npm package runs on Node.js with arguments in front.

use std::path::{Path, PathBuf};

use crate::{error::Result, solc::FoundSolc};

/// An executable that does what the found solc does.
pub(super) fn executable(solc: &FoundSolc, cache: &Path) -> Result<PathBuf> {
    let (program, arguments) = solc.command_line();
    // A native solc has its own flags only, which zksolc chooses itself.
    if arguments.iter().all(|argument| argument.starts_with("--")) {
        return Ok(program.to_path_buf());
    }
    write(cache, program, arguments)
}

#[cfg(unix)]
fn write(cache: &Path, program: &Path, arguments: &[String]) -> Result<PathBuf> {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use crate::{error::Error, files::write_if_changed};

    let program = program.to_string_lossy();
    let words = std::iter::once(&*program).chain(arguments.iter().map(String::as_str));
    let words: Vec<_> = words.map(quoted).collect();
    let path = cache.join("solc.sh");
    let text = format!("#!/bin/sh\nexec {} \"$@\"\n", words.join(" "));
    write_if_changed(&path, text.as_bytes())?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
        .map_err(Error::io("make executable", &path))?;
    Ok(path)
}

#[cfg(unix)]
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(not(unix))]
fn write(_: &Path, program: &Path, _: &[String]) -> Result<PathBuf> {
    Err(crate::error::Error::SolcUnusable {
        path: program.to_path_buf(),
        message: "zksolc needs a solc executable here, not the npm package".to_owned(),
    })
}
