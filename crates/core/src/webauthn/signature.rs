//! P-256 keys and signatures in the form the chain's precompile takes them.

use alloy::primitives::{B256, U256, uint};
use p256::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
use p256::elliptic_curve::sec1::FromEncodedPoint;

use crate::{Error, Result};

/// Half of the P-256 group order, rounded down: the largest `s` the validator accepts.
const HALF_ORDER: U256 =
    uint!(0x7FFFFFFF800000007FFFFFFFFFFFFFFFDE737D56D38BCF4279DCE5617E3192A8_U256);

/// A P-256 public key that is known to lie on the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey {
    x: B256,
    y: B256,
}

impl PublicKey {
    /// Builds a key from big-endian affine coordinates.
    ///
    /// # Errors
    ///
    /// [`Error::PublicKey`] when the coordinates are not a point of the curve.
    pub fn new(x: [u8; 32], y: [u8; 32]) -> Result<Self> {
        let point = p256::EncodedPoint::from_affine_coordinates(&x.into(), &y.into(), false);
        let (x, y) = (B256::from(x), B256::from(y));
        let on_curve: Option<p256::PublicKey> = p256::PublicKey::from_encoded_point(&point).into();
        on_curve
            .map(|_| Self { x, y })
            .ok_or(Error::PublicKey { x, y })
    }

    /// Reads the key inside a COSE map.
    ///
    /// # Errors
    ///
    /// [`Error::CoseKey`] unless the bytes are exactly one EC2 P-256 ES256 key; [`Error::PublicKey`] for a point off the curve.
    pub fn from_cose(mut bytes: &[u8]) -> Result<Self> {
        let key = super::cose::read_p256_key(&mut bytes)?;
        match bytes.len() {
            0 => Ok(key),
            left => Err(Error::CoseKey(format!("{left} bytes follow the key"))),
        }
    }

    /// The affine x coordinate, big-endian.
    pub const fn x(&self) -> B256 {
        self.x
    }

    /// The affine y coordinate, big-endian.
    pub const fn y(&self) -> B256 {
        self.y
    }

    /// Both coordinates, as the contracts' `bytes32[2]`.
    pub const fn coordinates(&self) -> [B256; 2] {
        [self.x, self.y]
    }

    /// Whether `signature` signs `digest` (32 bytes, already hashed) under this key.
    pub fn verifies(&self, digest: B256, signature: &P256Signature) -> bool {
        let point =
            p256::EncodedPoint::from_affine_coordinates(&self.x.0.into(), &self.y.0.into(), false);
        let Ok(key) = VerifyingKey::from_encoded_point(&point) else {
            return false;
        };
        let Ok(signature) = Signature::from_scalars(signature.r.0, signature.s.0) else {
            return false;
        };
        key.verify_prehash(digest.as_slice(), &signature).is_ok()
    }
}

/// An ECDSA signature over P-256 with `s` in the lower half, the only form the validator accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct P256Signature {
    r: B256,
    s: B256,
}

impl P256Signature {
    /// Parses an ASN.1 DER signature, the form authenticators return, and normalises `s`.
    ///
    /// # Errors
    ///
    /// [`Error::Signature`] when the bytes are not a DER signature with both scalars in `1..n`.
    pub fn from_der(bytes: &[u8]) -> Result<Self> {
        Signature::from_der(bytes)
            .map(Self::normalised)
            .map_err(|_| Error::Signature {
                length: bytes.len(),
            })
    }

    /// Parses `r ‖ s`, 64 bytes, and normalises `s`.
    ///
    /// # Errors
    ///
    /// [`Error::Signature`] for another length or a scalar outside `1..n`.
    pub fn from_raw(bytes: &[u8]) -> Result<Self> {
        Signature::from_slice(bytes)
            .map(Self::normalised)
            .map_err(|_| Error::Signature {
                length: bytes.len(),
            })
    }

    /// A well-formed signature that verifies nothing; its encoding has the size of a real one, so a fee can be estimated with it.
    pub fn placeholder() -> Self {
        Self {
            r: HALF_ORDER.into(),
            s: HALF_ORDER.into(),
        }
    }

    /// `r`, big-endian.
    pub const fn r(&self) -> B256 {
        self.r
    }

    /// `s`, big-endian, at most half the group order.
    pub const fn s(&self) -> B256 {
        self.s
    }

    fn normalised(signature: Signature) -> Self {
        let signature = signature.normalize_s().unwrap_or(signature);
        let (r, s) = signature.split_bytes();
        Self {
            r: B256::from_slice(&r),
            s: B256::from_slice(&s),
        }
    }
}
