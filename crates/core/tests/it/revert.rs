//! Decoding of revert data.

use alloy::{
    primitives::{Address, FixedBytes, U256, hex},
    sol_types::{Panic, PanicKind, Revert, SolError},
};
use proptest::prelude::*;
use zksso_bindings::{SessionKeyValidator as Session, WebAuthValidator as WebAuth};
use zksso_core::DecodedError;

#[test]
fn custom_errors_are_named_with_their_arguments() {
    let error = Session::SessionCallNotAllowed {
        target: Address::repeat_byte(0x11),
        selector: FixedBytes([0xa9, 0x05, 0x9c, 0xbb]),
    };
    let decoded = DecodedError::decode(&error.abi_encode());
    let text = "SessionCallNotAllowed(target: 0x1111111111111111111111111111111111111111, selector: 0xa9059cbb)";
    assert_eq!(decoded.to_string(), text);
    assert!(decoded.is::<Session::SessionCallNotAllowed>());
    assert_eq!(
        decoded.downcast::<Session::SessionCallNotAllowed>(),
        Some(error)
    );
    assert_eq!(decoded.arg("selector"), Some("0xa9059cbb"));
}

#[test]
fn numbers_and_texts_are_printed_as_such() {
    let limit = Session::SessionLifetimeLimitExceeded {
        used: U256::from(1),
        amount: U256::from(2),
        limit: U256::from(2),
    };
    let decoded = DecodedError::decode(&limit.abi_encode());
    assert_eq!(
        decoded.to_string(),
        "SessionLifetimeLimitExceeded(used: 1, amount: 2, limit: 2)"
    );
    let origin = WebAuth::WebAuthnInvalidOrigin {
        originDomain: "a b".to_owned(),
    };
    let decoded = DecodedError::decode(&origin.abi_encode());
    assert_eq!(
        decoded.to_string(),
        r#"WebAuthnInvalidOrigin(originDomain: "a b")"#
    );
}

#[test]
fn builtin_errors_are_named() {
    let revert = DecodedError::decode(&Revert::from("no").abi_encode());
    assert_eq!(revert.to_string(), r#"Error(message: "no")"#);
    let panic = DecodedError::decode(&Panic::from(PanicKind::UnderOverflow).abi_encode());
    assert_eq!(panic.name, "Panic");
    assert!(panic.to_string().contains("overflow"), "{panic}");
}

#[test]
fn other_data_is_kept() {
    assert_eq!(DecodedError::decode(&[]).to_string(), "EmptyRevert()");
    let unknown = DecodedError::decode(&hex!("01020304ff"));
    assert_eq!(unknown.to_string(), "UnknownError(0x01020304ff)");
    // A known selector followed by too little is not that error.
    let short = DecodedError::decode(&Session::SessionCallNotAllowed::SELECTOR);
    assert_eq!(short.name, "UnknownError");
}

proptest! {
    #[test]
    fn any_data_decodes_to_something(data: Vec<u8>, known in any::<bool>()) {
        let mut data = data;
        if known {
            data.splice(0..0, Session::SessionConditionFailed::SELECTOR);
        }
        let decoded = DecodedError::decode(&data);
        prop_assert!(!decoded.name.is_empty());
        prop_assert_eq!(decoded.data.as_ref(), data.as_slice());
    }
}
