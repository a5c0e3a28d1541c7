//! Running the binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a run printed, and whether it succeeded.
pub(crate) struct Run {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The one line of standard error that starts with `error:`.
    ///
    /// # Panics
    /// Unless the run failed with exactly one such line at the end, and without a panic.
    pub(crate) fn error_line(&self) -> &str {
        assert!(!self.success, "should have failed:\n{}", self.stdout);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        let lines: Vec<&str> = self
            .stderr
            .lines()
            .filter(|line| line.starts_with("error: "))
            .collect();
        assert_eq!(lines.len(), 1, "not one clear line:\n{}", self.stderr);
        assert_eq!(
            self.stderr.trim_end().lines().last(),
            lines.last().copied(),
            "{}",
            self.stderr
        );
        lines[0]
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            success: output.status.success(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The binary with these arguments, in the repository's root.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zksso"));
    command
        .args(arguments)
        .current_dir(root())
        .env_remove("RUST_LOG")
        .env_remove("ZKSSO_PRIVATE_KEY");
    command
}

/// Runs the binary with these arguments, in the repository's root.
pub(crate) fn run(arguments: &[&str]) -> Run {
    command(arguments).output().unwrap().into()
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}

/// A project of its own with one contract.
pub(crate) fn project(foundry_toml: &str, contract: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    std::fs::write(folder.path().join("foundry.toml"), foundry_toml).unwrap();
    std::fs::write(folder.path().join("src/Vault.sol"), contract).unwrap();
    folder
}
