//! Ceremonies, checked against the signature algorithm itself.

#![allow(
    clippy::unwrap_used,
    reason = "what a test helper cannot do fails its test"
)]

use alloy_primitives::B256;
use sha2::{Digest, Sha256};
use zksso_authenticator::{Error, SoftwareAuthenticator};
use zksso_client::PasskeyAuthenticator;

const ORIGIN: &str = "https://sso.example.com";

#[tokio::test]
async fn assertion_verifies_under_the_registered_key() {
    let device = SoftwareAuthenticator::register(ORIGIN, "alice")
        .await
        .unwrap();
    let challenge = B256::repeat_byte(7);
    let assertion = device.assert(challenge).await.unwrap();
    assertion.verify(device.credential(), challenge).unwrap();
}

#[tokio::test]
async fn client_data_names_type_challenge_and_origin_in_the_order_of_the_specification() {
    let device = SoftwareAuthenticator::register(ORIGIN, "alice")
        .await
        .unwrap();
    let json = device.assert(B256::ZERO).await.unwrap().client_data_json;
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
    let data = device.assert(B256::ZERO).await.unwrap().authenticator_data;
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
    assert_ne!(first.credential().id(), second.credential().id());
    assert_ne!(
        first.credential().public_key(),
        second.credential().public_key()
    );
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
