//! Ceremonies, checked against the signature algorithm itself.

use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
use sha2::{Digest, Sha256};
use zksso_authenticator::{Error, SoftwareAuthenticator};

const ORIGIN: &str = "https://sso.example.com";

fn verifying_key([x, y]: [[u8; 32]; 2]) -> VerifyingKey {
    let point = p256::EncodedPoint::from_affine_coordinates(&x.into(), &y.into(), false);
    VerifyingKey::from_encoded_point(&point).unwrap()
}

#[tokio::test]
async fn assertion_verifies_under_the_registered_key() {
    let device = SoftwareAuthenticator::register(ORIGIN, "alice")
        .await
        .unwrap();
    let assertion = device.assert(&[7; 32]).await.unwrap();

    let mut message = assertion.authenticator_data.clone();
    message.extend(Sha256::digest(assertion.client_data_json.as_bytes()));
    let signature = Signature::from_der(&assertion.signature_der).unwrap();
    verifying_key(device.public_key())
        .verify(&message, &signature)
        .unwrap();
}

#[tokio::test]
async fn client_data_names_type_challenge_and_origin_in_the_order_of_the_specification() {
    let device = SoftwareAuthenticator::register(ORIGIN, "alice")
        .await
        .unwrap();
    let json = device.assert(&[0; 32]).await.unwrap().client_data_json;
    let challenge = "A".repeat(43);
    let prefix = format!(
        r#"{{"type":"webauthn.get","challenge":"{challenge}","origin":"{ORIGIN}","crossOrigin":false"#
    );
    assert!(json.starts_with(&prefix), "{json}");
}

#[tokio::test]
async fn authenticator_data_commits_to_the_relying_party_and_reports_presence_and_verification() {
    let device = SoftwareAuthenticator::register(ORIGIN, "alice")
        .await
        .unwrap();
    let data = device.assert(&[0; 32]).await.unwrap().authenticator_data;
    assert_eq!(data[..32], Sha256::digest("sso.example.com")[..]);
    assert_eq!(data[32] & 0x05, 0x05);
}

#[tokio::test]
async fn two_devices_hold_different_passkeys() {
    let first = SoftwareAuthenticator::register(ORIGIN, "alice")
        .await
        .unwrap();
    let second = SoftwareAuthenticator::register(ORIGIN, "alice")
        .await
        .unwrap();
    assert_ne!(first.credential_id(), second.credential_id());
    assert_ne!(first.public_key(), second.public_key());
}

#[tokio::test]
async fn origins_without_a_domain_are_refused() {
    for origin in ["", "not a url", "https://127.0.0.1"] {
        let refused = SoftwareAuthenticator::register(origin, "alice").await;
        assert!(matches!(refused, Err(Error::Origin { .. })), "{origin}");
    }
    let refused = SoftwareAuthenticator::register("http://sso.example.com", "alice").await;
    assert!(matches!(refused, Err(Error::Ceremony { .. })));
}
