//! Finds a solc to compile with.
//!
//! Searched in this order, and the first that fits is taken: the path in `foundry.toml`, `$SOLC`, svm's folder, `$PATH`,
//! and the npm package `solc` of the project, which runs on Node.js. Nothing is ever downloaded but what
//! `package-lock.json` pins.

mod discovery;
mod npm;
mod shim;

pub(crate) use discovery::{Candidate, candidates, discover};
pub use discovery::{SUPPORTED_SOLC, SolcLocation, SolcOrigin};
pub(crate) use npm::install_missing_packages;

use std::path::{Path, PathBuf};

use foundry_compilers::solc::Solc;

/// A solc that is ready to run, and where it came from.
#[derive(Clone, Debug)]
pub(crate) struct FoundSolc {
    /// Where it came from.
    pub(crate) location: SolcLocation,
    /// Program to start.
    program: PathBuf,
    /// Arguments that come before solc's own.
    arguments: Vec<String>,
    /// Its version as it prints it, with build metadata where that is known.
    long_version: String,
}

impl FoundSolc {
    /// Returns its version, short and as it prints it.
    pub(crate) fn versions(&self) -> (String, &str) {
        (self.location.version.to_string(), &self.long_version)
    }

    /// Returns the program and the arguments that come before solc's own.
    pub(crate) fn command_line(&self) -> (&Path, &[String]) {
        (&self.program, &self.arguments)
    }

    /// Returns the command line in the form that foundry-compilers runs.
    pub(crate) fn command(&self) -> Solc {
        Solc {
            solc: self.program.clone(),
            version: self.location.version.clone(),
            base_path: None,
            allow_paths: Default::default(),
            include_paths: Default::default(),
            extra_args: self.arguments.clone(),
        }
    }
}
