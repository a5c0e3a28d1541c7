//! Why a node or its server could not start or answer.

use std::{net::SocketAddr, path::PathBuf};

/// Result of the crate's own operations.
pub type Result<T> = std::result::Result<T, Error>;

/// Failure to start, reach or serve a node. What a node answers to a request is an [`RpcError`](crate::RpcError) instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The chain id is zero or larger than EIP-155 signatures can carry.
    #[error("chain id {0} is out of range: it must be between 1 and {max}", max = (u64::MAX - 35) / 2)]
    ChainId(u64),
    /// The operating system refused the node's thread.
    #[error("cannot start the node's thread")]
    Thread(#[source] std::io::Error),
    /// The embedded bytecode of a genesis contract is malformed.
    #[error("the embedded bytecode of {name} is malformed: {reason}")]
    Genesis {
        /// Contract whose bytecode is at fault.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The state file cannot be read or written.
    #[error("cannot use the state file {}", .path.display())]
    StateFile {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// Another node has the state file.
    #[error("the state file {} is in use by another node: stop it, or choose another file", .0.display())]
    StateInUse(PathBuf),
    /// The state file does not fit; it was left as it is.
    #[error(
        "the state file {} cannot be used: {reason}. It was left as it is: move it away to start anew, or restore a copy",
        .path.display()
    )]
    StateDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The node's thread has ended.
    #[error("the node has stopped")]
    Stopped,
    /// Another program listens on the port.
    #[error(
        "port {} on {} is in use: stop the program that listens there, or choose another port (0 picks a free one)",
        .0.port(),
        .0.ip()
    )]
    PortInUse(SocketAddr),
    /// The server cannot listen for a reason other than a taken port.
    #[error("cannot listen on {address}")]
    Listen {
        /// Address asked for.
        address: SocketAddr,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    /// Whether another program holds the port.
    pub const fn is_port_in_use(&self) -> bool {
        matches!(self, Self::PortInUse(_))
    }
}
