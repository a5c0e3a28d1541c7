//! Client data, section 5.8.1: the JSON a browser signs over together with the authenticator data.

use alloy::primitives::B256;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::{Error, Result};

/// The `type` member of client data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Ceremony {
    /// A registration.
    #[serde(rename = "webauthn.create")]
    Create,
    /// An authentication.
    #[serde(rename = "webauthn.get")]
    Get,
}

/// A parsed client data record.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientData {
    /// Which ceremony produced the record.
    #[serde(rename = "type")]
    pub ceremony: Ceremony,
    /// The challenge, base64url without padding.
    pub challenge: String,
    /// Full origin of the page: scheme, host and, unless default, port.
    pub origin: String,
    /// Whether the page was embedded in a page of another origin.
    #[serde(default)]
    pub cross_origin: bool,
    /// Origin of the embedding page, if any.
    #[serde(default)]
    pub top_origin: Option<String>,
}

impl ClientData {
    /// Parses the JSON text.
    ///
    /// # Errors
    ///
    /// [`Error::ClientData`] for invalid JSON or a missing member.
    pub fn parse(json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(|error| Error::ClientData(error.to_string()))
    }

    /// The challenge as the 32-byte hash it stands for.
    ///
    /// # Errors
    ///
    /// [`Error::ClientData`] when it is not the base64url text of exactly 32 bytes.
    pub fn challenge_hash(&self) -> Result<B256> {
        let bytes = URL_SAFE_NO_PAD
            .decode(&self.challenge)
            .map_err(|error| Error::ClientData(format!("challenge: {error}")))?;
        B256::try_from(bytes.as_slice()).map_err(|_| {
            Error::ClientData(format!("challenge has {} bytes, wanted 32", bytes.len()))
        })
    }

    /// The text a browser produces for an assertion at `origin`, following the fixed member order of section 5.8.1.1.
    pub fn assertion_json(challenge: B256, origin: &str) -> String {
        Self::assertion_prefix(challenge, origin) + r#","crossOrigin":false}"#
    }

    /// How every such text begins: type, challenge and origin.
    pub(super) fn assertion_prefix(challenge: B256, origin: &str) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(challenge);
        let origin = serde_json::Value::from(origin);
        format!(r#"{{"type":"webauthn.get","challenge":"{challenge}","origin":{origin}"#)
    }
}
