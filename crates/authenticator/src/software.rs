//! The authenticator itself.

use coset::iana;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::pkcs8::DecodePublicKey;
use passkey::authenticator::{Authenticator, MemoryStore, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData, WebauthnError};
use passkey::types::ctap2::{Aaguid, Ctap2Error};
use passkey::types::webauthn::{
    AttestationConveyancePreference, CredentialCreationOptions, CredentialRequestOptions,
    PublicKeyCredentialCreationOptions, PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters, PublicKeyCredentialRequestOptions, PublicKeyCredentialRpEntity,
    PublicKeyCredentialType, PublicKeyCredentialUserEntity, UserVerificationRequirement,
};
use passkey::types::{Passkey, rand::random_vec};
use public_suffix::PublicSuffixList;
use tokio::sync::Mutex;
use url::Url;

use crate::{Error, Result};

/// A device with one passkey for one origin.
///
/// It answers every request at once, as a user does who always touches the sensor and is always recognised: user
/// presence (UP) and user verification (UV) are both set.
pub struct SoftwareAuthenticator {
    client: Mutex<WebauthnClient>,
    origin: Url,
    credential_id: Vec<u8>,
    public_key: [[u8; 32]; 2],
}

type WebauthnClient = Client<MemoryStore, ConsentingUser, PublicSuffixList, ()>;

/// What an authentication ceremony gives: the input of a WebAuthn signature check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// `authenticatorData`, at least 37 bytes (WebAuthn §6.1).
    pub authenticator_data: Vec<u8>,
    /// `clientDataJSON` exactly as hashed (WebAuthn §5.8.1).
    pub client_data_json: String,
    /// ECDSA signature over P-256, ASN.1 DER.
    pub signature_der: Vec<u8>,
}

impl SoftwareAuthenticator {
    /// Registers a new passkey for `origin`, for example `https://sso.example.com`.
    ///
    /// # Errors
    /// [`Error::Origin`] if `origin` is not a URL, [`Error::Ceremony`] if WebAuthn refuses it (no registrable domain, not
    /// `https`).
    pub async fn register(origin: &str, user_name: &str) -> Result<Self> {
        let url = parse_origin(origin)?;
        let authenticator =
            Authenticator::new(Aaguid::new_empty(), MemoryStore::new(), ConsentingUser);
        let mut client = Client::new(authenticator);
        let created = client
            .register(&url, creation_options(user_name), DefaultClientData)
            .await
            .map_err(ceremony("registration"))?;
        let der = created.response.public_key.as_ref();
        let der =
            der.ok_or_else(|| Error::Answer("the registration carries no public key".into()))?;
        Ok(Self {
            client: Mutex::new(client),
            origin: url,
            public_key: coordinates(der)?,
            credential_id: created.raw_id.to_vec(),
        })
    }

    /// The origin as browsers write it in `clientDataJSON`: scheme, host and port without a trailing slash.
    pub fn origin(&self) -> String {
        self.origin.origin().ascii_serialization()
    }

    /// The credential's identifier, as given at registration.
    pub fn credential_id(&self) -> &[u8] {
        &self.credential_id
    }

    /// Affine coordinates `(x, y)` of the P-256 public key, big-endian.
    pub fn public_key(&self) -> [[u8; 32]; 2] {
        self.public_key
    }

    /// Signs `challenge` in an authentication ceremony.
    ///
    /// # Errors
    /// [`Error::Ceremony`] if the authenticator refuses, [`Error::Answer`] if its client data is not UTF-8.
    pub async fn assert(&self, challenge: &[u8]) -> Result<Assertion> {
        let options = request_options(challenge, &self.credential_id);
        let credential = self
            .client
            .lock()
            .await
            .authenticate(&self.origin, options, DefaultClientData)
            .await
            .map_err(ceremony("authentication"))?;
        let response = credential.response;
        Ok(Assertion {
            authenticator_data: response.authenticator_data.to_vec(),
            client_data_json: String::from_utf8(response.client_data_json.to_vec())
                .map_err(|error| Error::Answer(format!("clientDataJSON is not UTF-8: {error}")))?,
            signature_der: response.signature.to_vec(),
        })
    }
}

/// Who sits in front of the device.
struct ConsentingUser;

#[async_trait::async_trait]
impl UserValidationMethod for ConsentingUser {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _hint: UiHint<'a, Passkey>,
        _presence: bool,
        _verification: bool,
    ) -> std::result::Result<UserCheck, Ctap2Error> {
        Ok(UserCheck {
            presence: true,
            verification: true,
        })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

fn parse_origin(origin: &str) -> Result<Url> {
    let refuse = |reason: String| Error::Origin {
        origin: origin.into(),
        reason,
    };
    let url = Url::parse(origin).map_err(|error| refuse(error.to_string()))?;
    match url.domain() {
        Some(_) => Ok(url),
        None => Err(refuse("it has no domain name".into())),
    }
}

fn ceremony(name: &'static str) -> impl Fn(WebauthnError) -> Error {
    move |cause| Error::Ceremony {
        ceremony: name,
        cause,
    }
}

fn creation_options(user_name: &str) -> CredentialCreationOptions {
    CredentialCreationOptions {
        public_key: PublicKeyCredentialCreationOptions {
            rp: PublicKeyCredentialRpEntity {
                id: None,
                name: "zksso".into(),
            },
            user: PublicKeyCredentialUserEntity {
                id: random_vec(32).into(),
                display_name: user_name.into(),
                name: user_name.into(),
            },
            challenge: random_vec(32).into(),
            pub_key_cred_params: vec![PublicKeyCredentialParameters {
                ty: PublicKeyCredentialType::PublicKey,
                alg: iana::Algorithm::ES256,
            }],
            timeout: None,
            exclude_credentials: None,
            authenticator_selection: None,
            hints: None,
            attestation: AttestationConveyancePreference::None,
            attestation_formats: None,
            extensions: None,
        },
    }
}

fn request_options(challenge: &[u8], credential_id: &[u8]) -> CredentialRequestOptions {
    CredentialRequestOptions {
        public_key: PublicKeyCredentialRequestOptions {
            challenge: challenge.to_vec().into(),
            timeout: None,
            rp_id: None,
            allow_credentials: Some(vec![PublicKeyCredentialDescriptor {
                ty: PublicKeyCredentialType::PublicKey,
                id: credential_id.to_vec().into(),
                transports: None,
            }]),
            user_verification: UserVerificationRequirement::Required,
            hints: None,
            attestation: AttestationConveyancePreference::None,
            attestation_formats: None,
            extensions: None,
        },
    }
}

/// Reads `(x, y)` out of a DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
fn coordinates(der: &[u8]) -> Result<[[u8; 32]; 2]> {
    let key = p256::PublicKey::from_public_key_der(der)
        .map_err(|error| Error::Answer(format!("the public key is not a P-256 key: {error}")))?;
    let point = key.to_encoded_point(false);
    let (Some(x), Some(y)) = (point.x(), point.y()) else {
        return Err(Error::Answer(
            "the public key is the point at infinity".into(),
        ));
    };
    Ok([(*x).into(), (*y).into()])
}
