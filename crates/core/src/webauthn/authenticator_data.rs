//! Authenticator data, section 6.1: a packed binary record, not CBOR.

use alloy::primitives::{B256, Bytes};

use super::{PublicKey, cose};
use crate::{Error, Result};

const RP_ID_HASH: usize = 32;
const HEADER: usize = RP_ID_HASH + 1 + 4;
const AAGUID: usize = 16;

/// The flag byte of authenticator data, section 6.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthenticatorFlags(u8);

impl AuthenticatorFlags {
    /// Wraps the raw byte.
    pub const fn new(byte: u8) -> Self {
        Self(byte)
    }

    /// The raw byte.
    pub const fn byte(self) -> u8 {
        self.0
    }

    /// UP: the user touched or otherwise acknowledged the authenticator.
    pub const fn user_present(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// UV: the authenticator verified who the user is (PIN, finger, face).
    pub const fn user_verified(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// BE: the credential may be synchronised between devices.
    pub const fn backup_eligible(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// BS: the credential is synchronised at present; only legal together with BE.
    pub const fn backed_up(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// AT: attested credential data follows the header.
    pub const fn has_attested_credential(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// ED: an extension map ends the record.
    pub const fn has_extensions(self) -> bool {
        self.0 & 0x80 != 0
    }
}

/// The credential a registration ceremony created, section 6.5.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestedCredential {
    /// Model of the authenticator; zero when it does not say.
    pub aaguid: [u8; AAGUID],
    /// Identifier chosen by the authenticator.
    pub credential_id: Bytes,
    /// P-256 public key.
    pub public_key: PublicKey,
}

/// A parsed authenticator data record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorData {
    /// SHA-256 of the relying party id (the host name, without scheme and port).
    pub rp_id_hash: B256,
    /// What the authenticator says about the user and the record.
    pub flags: AuthenticatorFlags,
    /// Signature counter; zero for synchronised passkeys.
    pub sign_count: u32,
    /// Present in a registration only.
    pub attested_credential: Option<AttestedCredential>,
}

impl AuthenticatorData {
    /// Parses a record as returned by `navigator.credentials.create` (inside the attestation object) or `.get`.
    ///
    /// # Errors
    ///
    /// [`Error::AuthenticatorData`] when the record is shorter than its flags say, or carries a key that is not a P-256 point.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let (header, mut rest) = bytes
            .split_at_checked(HEADER)
            .ok_or_else(|| too_short(HEADER, bytes.len()))?;
        let flags = AuthenticatorFlags::new(header[RP_ID_HASH]);
        let counter = [header[33], header[34], header[35], header[36]];
        let attested_credential = match flags.has_attested_credential() {
            true => Some(parse_attested(&mut rest)?),
            false => None,
        };
        if !rest.is_empty() && !flags.has_extensions() {
            return Err(Error::AuthenticatorData(format!(
                "{} bytes follow the record without an extension flag",
                rest.len()
            )));
        }
        Ok(Self {
            rp_id_hash: B256::from_slice(&header[..RP_ID_HASH]),
            flags,
            sign_count: u32::from_be_bytes(counter),
            attested_credential,
        })
    }
}

fn parse_attested(rest: &mut &[u8]) -> Result<AttestedCredential> {
    let aaguid = take(rest, AAGUID)?;
    let length = take(rest, 2)?;
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    let credential_id = take(rest, length)?;
    let public_key = cose::read_p256_key(rest)?;
    Ok(AttestedCredential {
        aaguid: aaguid
            .try_into()
            .map_err(|_| too_short(AAGUID, aaguid.len()))?,
        credential_id: Bytes::copy_from_slice(credential_id),
        public_key,
    })
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8]> {
    let (head, tail) = rest
        .split_at_checked(length)
        .ok_or_else(|| too_short(length, rest.len()))?;
    *rest = tail;
    Ok(head)
}

fn too_short(wanted: usize, left: usize) -> Error {
    Error::AuthenticatorData(format!("{wanted} bytes wanted, {left} left"))
}
