//! A passkey as the contracts know it.

use alloy::{
    primitives::{B256, Bytes},
    sol_types::SolValue,
};

use super::{AuthenticatorData, PublicKey};
use crate::{Error, Result};

/// Shortest credential id the validator registers, in bytes.
pub const MIN_CREDENTIAL_ID_LENGTH: usize = 16;
/// Longest credential id the validator registers, in bytes.
pub const MAX_CREDENTIAL_ID_LENGTH: usize = 1023;
/// Longest origin the validator registers, in bytes.
pub const MAX_ORIGIN_LENGTH: usize = 253;

/// The public half of a passkey: what registration returns and what the chain stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    id: Bytes,
    public_key: PublicKey,
    origin: String,
}

impl Credential {
    /// Puts a credential together and checks the bounds the validator enforces.
    ///
    /// `origin` is the full origin of the page that holds the passkey, such as `https://auth.example:8443`.
    ///
    /// # Errors
    ///
    /// [`Error::CredentialId`] outside [`MIN_CREDENTIAL_ID_LENGTH`] to [`MAX_CREDENTIAL_ID_LENGTH`] bytes, [`Error::Origin`] unless the
    /// origin is `scheme://host`, optionally with a port, of at most [`MAX_ORIGIN_LENGTH`] printable ASCII characters.
    pub fn new(
        id: impl Into<Bytes>,
        public_key: PublicKey,
        origin: impl Into<String>,
    ) -> Result<Self> {
        let (id, origin) = (id.into(), origin.into());
        if !(MIN_CREDENTIAL_ID_LENGTH..=MAX_CREDENTIAL_ID_LENGTH).contains(&id.len()) {
            return Err(Error::CredentialId { length: id.len() });
        }
        if !is_origin(&origin) {
            return Err(Error::Origin(origin));
        }
        Ok(Self {
            id,
            public_key,
            origin,
        })
    }

    /// Takes the credential out of the authenticator data of a registration.
    ///
    /// # Errors
    ///
    /// [`Error::AuthenticatorData`] when the record holds no credential, and whatever [`Credential::new`] refuses.
    pub fn from_registration(authenticator_data: &[u8], origin: impl Into<String>) -> Result<Self> {
        let parsed = AuthenticatorData::parse(authenticator_data)?;
        let attested = parsed
            .attested_credential
            .ok_or_else(|| Error::AuthenticatorData("no attested credential".to_owned()))?;
        Self::new(attested.credential_id, attested.public_key, origin)
    }

    /// Identifier chosen by the authenticator.
    pub const fn id(&self) -> &Bytes {
        &self.id
    }

    /// P-256 public key.
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Full origin of the page that holds the passkey.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Install data of the `WebAuthValidator`: `abi.encode(bytes credentialId, bytes32[2] key, string origin)`.
    pub fn init_data(&self) -> Bytes {
        let coordinates: [B256; 2] = self.public_key.coordinates();
        (self.id.clone(), coordinates, self.origin.clone())
            .abi_encode_params()
            .into()
    }
}

fn is_origin(origin: &str) -> bool {
    // Quotes and backslashes would be escaped in client data, where the contract looks for the origin as it is.
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    let printable = origin.bytes().all(plain);
    let host = origin.split_once("://").map(|(_, host)| host);
    let host_ok = host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@']));
    printable && host_ok && origin.len() <= MAX_ORIGIN_LENGTH
}
