//! An authentication ceremony's result, and its on-chain encoding.

use alloy::{
    primitives::{B256, Bytes},
    sol_types::SolValue,
};
use sha2::{Digest, Sha256};

use super::{AuthenticatorData, Ceremony, ClientData, Credential, P256Signature};
use crate::{Error, Result};

/// Bytes of authenticator data in an assertion without extensions.
const PLAIN_AUTHENTICATOR_DATA: usize = 37;

/// What an authenticator returns when it signs a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Raw authenticator data.
    pub authenticator_data: Bytes,
    /// Raw client data JSON.
    pub client_data_json: String,
    /// Signature over `sha256(authenticator_data ‖ sha256(client_data_json))`.
    pub signature: P256Signature,
    /// The credential that signed.
    pub credential_id: Bytes,
}

impl Assertion {
    /// An assertion that verifies nothing but has the exact size of one made by `credential`, for fee estimation.
    pub fn placeholder(credential: &Credential) -> Self {
        let mut authenticator_data = vec![0; PLAIN_AUTHENTICATOR_DATA];
        authenticator_data[32] = 0x05;
        Self {
            authenticator_data: authenticator_data.into(),
            client_data_json: ClientData::assertion_json(B256::ZERO, credential.origin()),
            signature: P256Signature::placeholder(),
            credential_id: credential.id().clone(),
        }
    }

    /// The validator's `fatSignature`: `abi.encode(bytes authenticatorData, string clientDataJSON, bytes32[2] rs, bytes credentialId)`.
    pub fn encode(&self) -> Bytes {
        let rs = [self.signature.r(), self.signature.s()];
        (
            self.authenticator_data.clone(),
            self.client_data_json.clone(),
            rs,
            self.credential_id.clone(),
        )
            .abi_encode_params()
            .into()
    }

    /// The 32 bytes the signature signs.
    pub fn digest(&self) -> B256 {
        let client_data_hash = Sha256::digest(self.client_data_json.as_bytes());
        let digest = Sha256::new()
            .chain_update(&self.authenticator_data)
            .chain_update(client_data_hash)
            .finalize();
        B256::from_slice(&digest)
    }

    /// Checks off-chain what the validator will check on chain, so that a mistake costs no transaction.
    ///
    /// # Errors
    ///
    /// [`Error::Assertion`] naming the first check that failed; parse errors of either record.
    pub fn verify(&self, credential: &Credential, challenge: B256) -> Result<()> {
        let client = ClientData::parse(&self.client_data_json)?;
        let flags = AuthenticatorData::parse(&self.authenticator_data)?.flags;
        ensure(
            flags.user_present() && flags.user_verified(),
            "the user was not verified",
        )?;
        ensure(
            flags.backup_eligible() || !flags.backed_up(),
            "a credential that must not be backed up is",
        )?;
        ensure(
            client.ceremony == Ceremony::Get,
            "the ceremony is not an authentication",
        )?;
        ensure(
            client.challenge_hash()? == challenge,
            "the challenge is another one",
        )?;
        ensure(
            client.origin == credential.origin(),
            "the origin is another one",
        )?;
        let prefix = ClientData::assertion_prefix(challenge, credential.origin());
        let serialised = self.client_data_json.starts_with(&prefix);
        ensure(
            serialised,
            "the client data is not serialised as browsers do",
        )?;
        ensure(
            !client.cross_origin && client.top_origin.is_none(),
            "the page was embedded in another origin",
        )?;
        ensure(
            self.credential_id == *credential.id(),
            "another credential signed",
        )?;
        ensure(
            credential
                .public_key()
                .verifies(self.digest(), &self.signature),
            "the signature does not verify",
        )
    }
}

fn ensure(holds: bool, reason: &'static str) -> Result<()> {
    if holds {
        Ok(())
    } else {
        Err(Error::Assertion(reason))
    }
}
