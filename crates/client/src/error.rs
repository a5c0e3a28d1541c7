//! Errors of this crate.

use std::fmt;

use alloy::{
    primitives::{Address, B256, Bytes},
    transports::TransportError,
};
use zksso_core::{DecodedError, Refusal};

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of somebody else's code, such as an authenticator's.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why something could not be done on the chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not an HTTP URL.
    #[error("{url:?} is not an http or https URL: {reason}")]
    Url {
        /// The text.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing that speaks JSON-RPC answers.
    #[error(
        "no JSON-RPC node answers at {endpoint}; check the address and that the node is running"
    )]
    Unreachable {
        /// URL, or what the transport calls itself.
        endpoint: String,
        /// The transport's error.
        #[source]
        source: TransportError,
    },
    /// The node answers, but knows no ZKsync methods.
    #[error(
        "the node at {endpoint} (chain {chain_id}) is not a ZKsync Era node: it does not know {method}"
    )]
    NotZksync {
        /// URL, or what the transport calls itself.
        endpoint: String,
        /// Its chain id.
        chain_id: u64,
        /// The method it does not know.
        method: &'static str,
    },
    /// The text is not a secp256k1 private key. The text itself is a secret and not repeated.
    #[error("not a private key: expected 32 bytes as 64 hexadecimal digits")]
    PrivateKey,
    /// The node failed, or answered what cannot be read.
    #[error("the node failed")]
    Rpc(#[source] TransportError),
    /// The node answered with something unexpected.
    #[error("unexpected answer of the node: {0}")]
    Answer(String),
    /// The transaction or call was refused before it got into a block.
    #[error("rejected: {0}")]
    Rejected(Rejection),
    /// The transaction is in a block and failed.
    #[error("transaction {hash} reverted{}", reason_suffix(.reason.as_ref()))]
    Reverted {
        /// Hash of the transaction.
        hash: B256,
        /// Gas charged.
        gas_used: u64,
        /// Why, if a repetition of the call tells.
        reason: Option<DecodedError>,
    },
    /// The transaction was accepted by the node but did not get into a block in time.
    #[error("transaction {hash} is not in a block after {seconds} seconds")]
    Pending {
        /// Hash of the transaction.
        hash: B256,
        /// How long was waited.
        seconds: u64,
    },
    /// The session's own rules forbid the call.
    #[error("the session forbids this: {0}")]
    Session(#[from] Refusal),
    /// The session belongs to another key.
    #[error("the session's signer is {expected}, the key's address is {actual}")]
    SessionKey {
        /// Signer of the session.
        expected: Address,
        /// Address that stands for the key given.
        actual: Address,
    },
    /// The authenticator failed.
    #[error("the passkey did not sign")]
    Passkey(#[source] BoxError),
    /// The session's key failed.
    #[error("the session key did not sign")]
    SessionSigning(#[source] BoxError),
    /// No account uses the credential.
    #[error("no account is registered for credential {credential_id} at {origin}")]
    AccountNotFound {
        /// The credential's id.
        credential_id: Bytes,
        /// The credential's origin.
        origin: String,
    },
    /// Input that cannot be encoded.
    #[error(transparent)]
    Input(#[from] zksso_core::Error),
    /// A transaction could not be signed with a private key.
    #[error("signing failed")]
    Signing(#[from] alloy::signers::Error),
}

impl Error {
    /// The decoded revert, when the chain refused or reverted with one.
    pub const fn decoded(&self) -> Option<&DecodedError> {
        match self {
            Self::Rejected(rejection) => rejection.error.as_ref(),
            Self::Reverted { reason, .. } => reason.as_ref(),
            _ => None,
        }
    }

    /// Whether the chain or the session's rules said no, as opposed to something going wrong on the way there.
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Rejected(_) | Self::Reverted { .. } | Self::Session(_)
        )
    }
}

fn reason_suffix(reason: Option<&DecodedError>) -> String {
    reason.map_or_else(String::new, |reason| format!(": {reason}"))
}

/// Why a node refused a transaction or call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The node's words.
    pub message: String,
    /// The contract's error, when the node passed revert data on.
    pub error: Option<DecodedError>,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error {
            Some(error) => error.fmt(f),
            None => f.write_str(&self.message),
        }
    }
}
