//! WebAuthn: what an authenticator returns, and how the `WebAuthValidator` wants to see it.
//!
//! Everything here follows [WebAuthn Level 2](https://www.w3.org/TR/webauthn-2/); section numbers in the items below are that document's.

mod assertion;
mod authenticator_data;
mod client_data;
mod cose;
mod credential;
mod signature;

pub use assertion::Assertion;
pub use authenticator_data::{AttestedCredential, AuthenticatorData, AuthenticatorFlags};
pub use client_data::{Ceremony, ClientData};
pub use credential::{
    Credential, MAX_CREDENTIAL_ID_LENGTH, MAX_ORIGIN_LENGTH, MIN_CREDENTIAL_ID_LENGTH,
};
pub use signature::{P256Signature, PublicKey};
