//! Ceremonies of a real software authenticator, and malformed imitations.

use alloy::{
    primitives::{B256, Bytes, hex, keccak256},
    sol_types::SolValue,
};
use p256::ecdsa::{Signature, SigningKey, signature::hazmat::PrehashSigner};
use proptest::prelude::*;
use zksso_authenticator::SoftwareAuthenticator;
use zksso_client::PasskeyAuthenticator;
use zksso_core::{Assertion, AuthenticatorData, Credential, Error, P256Signature, PublicKey};

const ORIGIN: &str = "https://sso.example.com";

async fn ceremony(challenge: B256) -> (Credential, Assertion) {
    let device = SoftwareAuthenticator::register(ORIGIN, "alice")
        .await
        .unwrap();
    let assertion = device.assert(challenge).await.unwrap();
    (device.credential().clone(), assertion)
}

#[tokio::test]
async fn a_real_assertion_verifies() {
    let challenge = keccak256("challenge");
    let (credential, assertion) = ceremony(challenge).await;
    assertion.verify(&credential, challenge).unwrap();
}

#[tokio::test]
async fn every_altered_part_of_an_assertion_is_noticed() {
    let challenge = keccak256("challenge");
    let (credential, good) = ceremony(challenge).await;
    let refused = |alter: fn(&mut Assertion)| {
        let mut assertion = good.clone();
        alter(&mut assertion);
        assertion.verify(&credential, challenge).unwrap_err()
    };
    assert_eq!(
        good.verify(&credential, B256::ZERO),
        Err(Error::Assertion("the challenge is another one"))
    );
    let unverified = refused(|assertion| {
        let mut data = assertion.authenticator_data.to_vec();
        data[32] &= !0x04;
        assertion.authenticator_data = data.into();
    });
    assert_eq!(unverified, Error::Assertion("the user was not verified"));
    let counter = refused(|assertion| {
        let mut data = assertion.authenticator_data.to_vec();
        data[36] ^= 1;
        assertion.authenticator_data = data.into();
    });
    assert_eq!(counter, Error::Assertion("the signature does not verify"));
    let origin = refused(|assertion| {
        assertion.client_data_json = assertion
            .client_data_json
            .replace("sso.example", "evil.example");
    });
    assert_eq!(origin, Error::Assertion("the origin is another one"));
    let ceremony = refused(|assertion| {
        assertion.client_data_json = assertion.client_data_json.replace(".get", ".create");
    });
    assert_eq!(
        ceremony,
        Error::Assertion("the ceremony is not an authentication")
    );
    let short = refused(|assertion| assertion.authenticator_data = Bytes::from_static(&[0; 36]));
    assert!(matches!(short, Error::AuthenticatorData(_)));
}

#[tokio::test]
async fn a_placeholder_is_as_long_as_the_real_thing() {
    let (credential, assertion) = ceremony(keccak256("challenge")).await;
    let placeholder = Assertion::placeholder(&credential);
    assert_eq!(placeholder.encode().len(), assertion.encode().len());
    assert_eq!(
        placeholder.client_data_json.len(),
        assertion.client_data_json.len()
    );
}

#[tokio::test]
async fn the_encoding_is_the_validators() {
    let (_, assertion) = ceremony(keccak256("challenge")).await;
    type Fat = (Bytes, String, [B256; 2], Bytes);
    let (data, json, rs, id) = Fat::abi_decode_params(&assertion.encode()).unwrap();
    assert_eq!(
        (data, json),
        (assertion.authenticator_data, assertion.client_data_json)
    );
    assert_eq!(rs, [assertion.signature.r(), assertion.signature.s()]);
    assert_eq!(id, assertion.credential_id);
}

/// A P-256 key's COSE map in canonical order.
fn cose(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&hex!("a5010203262001215820")[..], x, &hex!("225820"), y].concat()
}

fn key_coordinates(key: &SigningKey) -> ([u8; 32], [u8; 32]) {
    let point = key.verifying_key().to_encoded_point(false);
    ((*point.x().unwrap()).into(), (*point.y().unwrap()).into())
}

fn registration(flags: u8, id: &[u8], key: &[u8]) -> Vec<u8> {
    let length = u16::try_from(id.len()).unwrap().to_be_bytes();
    [
        &[7; 32][..],
        &[flags],
        &[0, 0, 0, 9],
        &[5; 16],
        &length,
        id,
        key,
    ]
    .concat()
}

#[test]
fn a_registration_yields_its_credential() {
    let (x, y) = key_coordinates(&SigningKey::from_slice(&[1; 32]).unwrap());
    let data = registration(0x45, &[3; 20], &cose(&x, &y));
    let credential = Credential::from_registration(&data, ORIGIN).unwrap();
    assert_eq!(credential.id().as_ref(), [3; 20]);
    assert_eq!(
        credential.public_key().coordinates(),
        [B256::from(x), B256::from(y)]
    );
    let parsed = AuthenticatorData::parse(&data).unwrap();
    assert_eq!(
        (parsed.rp_id_hash, parsed.sign_count),
        (B256::repeat_byte(7), 9)
    );
    type Install = (Bytes, [B256; 2], String);
    let (id, key, origin) = Install::abi_decode_params(&credential.init_data()).unwrap();
    assert_eq!(
        (id.as_ref(), key),
        (&[3; 20][..], credential.public_key().coordinates())
    );
    assert_eq!(origin, ORIGIN);
}

#[test]
fn keys_of_other_kinds_are_refused() {
    let (x, y) = key_coordinates(&SigningKey::from_slice(&[1; 32]).unwrap());
    let good = cose(&x, &y);
    assert!(PublicKey::from_cose(&good).is_ok());
    for (position, byte) in [(2, 0x03), (4, 0x27), (6, 0x02), (0, 0xa4), (0, 0x85)] {
        let mut other = good.clone();
        other[position] = byte;
        assert!(
            matches!(PublicKey::from_cose(&other), Err(Error::CoseKey(_))),
            "byte {position}"
        );
    }
    let mut off_curve = good.clone();
    off_curve[20] ^= 1;
    assert!(matches!(
        PublicKey::from_cose(&off_curve),
        Err(Error::PublicKey { .. })
    ));
    let trailing = [good.as_slice(), &[0]].concat();
    assert!(matches!(
        PublicKey::from_cose(&trailing),
        Err(Error::CoseKey(_))
    ));
    for length in 0..good.len() {
        assert!(
            PublicKey::from_cose(&good[..length]).is_err(),
            "{length} bytes"
        );
    }
}

#[test]
fn credentials_outside_the_validators_bounds_are_refused() {
    let (x, y) = key_coordinates(&SigningKey::from_slice(&[1; 32]).unwrap());
    let key = PublicKey::new(x, y).unwrap();
    for length in [0, 15, 1024] {
        let refused = Credential::new(vec![0; length], key, ORIGIN);
        assert_eq!(refused, Err(Error::CredentialId { length }));
    }
    for origin in [
        "",
        "example.com",
        "https://",
        "https://a/",
        "https://a b",
        "https://a\"b",
        "https://a\\b",
    ] {
        let refused = Credential::new(vec![0; 16], key, origin);
        assert_eq!(refused, Err(Error::Origin(origin.to_owned())));
    }
    for origin in ["http://localhost:8080", ORIGIN] {
        assert!(
            Credential::new(vec![0; 16], key, origin).is_ok(),
            "{origin}"
        );
    }
}

proptest! {
    #[test]
    fn signatures_come_out_low_and_still_verify(secret in 1u64.., digest: [u8; 32], flip: bool) {
        let mut scalar = [0; 32];
        scalar[24..].copy_from_slice(&secret.to_be_bytes());
        let key = SigningKey::from_slice(&scalar).unwrap();
        let signature: Signature = key.sign_prehash(&digest).unwrap();
        let (r, s) = signature.split_scalars();
        let s = if flip { -s } else { s };
        let signature = Signature::from_scalars(r, s).unwrap();

        let from_der = P256Signature::from_der(signature.to_der().as_bytes()).unwrap();
        let from_raw = P256Signature::from_raw(&signature.to_bytes()).unwrap();
        prop_assert_eq!(from_der, from_raw);
        let half = hex!("7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8");
        prop_assert!(from_der.s() <= B256::from(half));
        let (x, y) = key_coordinates(&key);
        prop_assert!(PublicKey::new(x, y).unwrap().verifies(digest.into(), &from_der));
    }

    #[test]
    fn parsers_survive_any_bytes(bytes: Vec<u8>) {
        let _ = AuthenticatorData::parse(&bytes);
        let _ = PublicKey::from_cose(&bytes);
        let _ = P256Signature::from_der(&bytes);
        let _ = P256Signature::from_raw(&bytes);
    }
}
