//! Errors of the software authenticator.

use passkey::client::WebauthnError;

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a ceremony failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The origin is not a URL that WebAuthn admits (`https`, with a registrable domain).
    #[error("{origin:?} is not an origin that can hold passkeys: {reason}")]
    Origin {
        /// The text given as origin.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The ceremony ended with a WebAuthn error.
    #[error("the {ceremony} ceremony failed: {cause:?}")]
    Ceremony {
        /// `registration` or `authentication`.
        ceremony: &'static str,
        /// The client's error.
        cause: WebauthnError,
    },
    /// The authenticator answered with something that is not what the ceremony asked for.
    #[error("unexpected answer of the authenticator: {0}")]
    Answer(String),
    /// The authenticator's answer is not a passkey the contracts can use.
    #[error(transparent)]
    Unusable(#[from] zksso_core::Error),
}
