//! What can go wrong while files are read.

use std::path::PathBuf;

/// A folder of artifacts or a file that cannot be used.
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
    /// A line that does not belong in a tracefile of lcov.
    #[error("line {line} of the tracefile, `{text}`, is malformed")]
    Tracefile {
        /// Number of the line, from 1.
        line: usize,
        /// The line.
        text: String,
    },
}

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
