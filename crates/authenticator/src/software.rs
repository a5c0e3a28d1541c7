//! The authenticator itself.

use alloy_primitives::B256;
use coset::iana;
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
use zksso_client::{BoxError, PasskeyAuthenticator};
use zksso_core::{Assertion, Credential, P256Signature};

use crate::{Error, Result};

/// A device with one passkey for one origin.
///
/// It answers every request at once, as a user does who always touches the sensor and is always recognised: user
/// presence (UP) and user verification (UV) are both set.
pub struct SoftwareAuthenticator {
    client: Mutex<WebauthnClient>,
    origin: Url,
    credential: Credential,
}

type WebauthnClient = Client<MemoryStore, ConsentingUser, PublicSuffixList, ()>;

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
        let data = created.response.authenticator_data.to_vec();
        let credential = Credential::from_registration(&data, url.origin().ascii_serialization())?;
        Ok(Self {
            client: Mutex::new(client),
            origin: url,
            credential,
        })
    }

    async fn authenticate(&self, challenge: B256) -> Result<Assertion> {
        let options = request_options(challenge, self.credential.id());
        let answer = self
            .client
            .lock()
            .await
            .authenticate(&self.origin, options, DefaultClientData)
            .await
            .map_err(ceremony("authentication"))?;
        let response = answer.response;
        let not_text = |error| Error::Answer(format!("clientDataJSON is not UTF-8: {error}"));
        Ok(Assertion {
            authenticator_data: response.authenticator_data.to_vec().into(),
            client_data_json: String::from_utf8(response.client_data_json.to_vec())
                .map_err(not_text)?,
            signature: P256Signature::from_der(&response.signature)?,
            credential_id: answer.raw_id.to_vec().into(),
        })
    }
}

#[async_trait::async_trait]
impl PasskeyAuthenticator for SoftwareAuthenticator {
    fn credential(&self) -> &Credential {
        &self.credential
    }

    async fn assert(&self, challenge: B256) -> std::result::Result<Assertion, BoxError> {
        Ok(self.authenticate(challenge).await?)
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

fn request_options(challenge: B256, credential_id: &[u8]) -> CredentialRequestOptions {
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
