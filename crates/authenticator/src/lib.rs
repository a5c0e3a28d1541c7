//! Software WebAuthn authenticator: passkeys without hardware, for demos and tests.
//!
//! [`SoftwareAuthenticator`] plays both the browser and the security key: it runs the WebAuthn client of the `passkey`
//! crate over that crate's CTAP2 authenticator, so `authenticatorData` and `clientDataJSON` are the ones a real ceremony
//! produces and the signature is a real P-256 signature. The private keys live in memory and die with the value.

mod error;
mod software;

pub use error::{Error, Result};
pub use software::SoftwareAuthenticator;
