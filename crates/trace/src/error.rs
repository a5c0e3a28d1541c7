//! What can go wrong while artifacts are read.

use std::path::PathBuf;

/// A folder of artifacts that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder or a file in it cannot be read.
    #[error("cannot read {}", .path.display())]
    Read {
        /// Folder or file.
        path: PathBuf,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// Nothing below the folder is an artifact.
    #[error("there is no artifact with an ABI in {}", .0.display())]
    Empty(PathBuf),
}

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
