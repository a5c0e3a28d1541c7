//! Errors of this crate.

use std::{io, path::PathBuf};

use alloy::primitives::{Address, B256};

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a deployment did not happen or cannot be trusted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytecode cannot be an EraVM contract.
    #[error("contract {contract} cannot be deployed")]
    Bytecode {
        /// Name of the contract.
        contract: String,
        /// What is wrong with it.
        #[source]
        source: zksso_client::core::Error,
    },
    /// Two steps of a plan have the same name.
    #[error("contract {0} is in the plan twice")]
    DuplicateContract(String),
    /// The owner of a contract that needs one is zero: nobody could withdraw its funds.
    #[error("{0} needs an owner")]
    NoOwner(String),
    /// The wallet is not the one whose addresses the plan predicts.
    #[error("the plan is for deployer {planned}, the wallet is {wallet}")]
    WrongDeployer {
        /// Deployer of the plan.
        planned: Address,
        /// Address of the wallet.
        wallet: Address,
    },
    /// The chain said no, or did not answer.
    #[error("deploying {contract} at {address} failed")]
    Chain {
        /// Name of the contract.
        contract: String,
        /// Its predicted address.
        address: Address,
        /// The client's error.
        #[source]
        source: Box<zksso_client::Error>,
    },
    /// Another contract is at the predicted address.
    #[error("{address} should hold {contract} with bytecode hash {expected}, it holds {actual}")]
    WrongCode {
        /// Name of the contract.
        contract: String,
        /// Where it should be.
        address: Address,
        /// Bytecode hash it should have.
        expected: B256,
        /// Bytecode hash that is there; zero for none.
        actual: B256,
    },
    /// A contract that is needed is not part of the deployment.
    #[error("the deployment on chain {chain_id} has no {contract}")]
    MissingContract {
        /// Name of the contract.
        contract: String,
        /// Chain of the deployment.
        chain_id: u64,
    },
    /// The record is of another chain than its place says.
    #[error("{} is a deployment on chain {actual}, expected {expected}", .path.display())]
    WrongChain {
        /// The file.
        path: PathBuf,
        /// Chain asked for.
        expected: u64,
        /// Chain recorded.
        actual: u64,
    },
    /// The record cannot be read or written.
    #[error("cannot {action} {}", .path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: io::Error,
    },
    /// The record is not one.
    #[error("{} is not a deployment record", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}
