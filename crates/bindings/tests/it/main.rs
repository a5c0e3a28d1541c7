//! The bindings against selectors and topics published for the `zksync-sso` SDK, which indexers and web clients rely on.

#![allow(
    clippy::unwrap_used,
    reason = "what a test helper cannot do fails its test"
)]

use alloy::sol_types::{SolCall, SolEvent};
use zksso_bindings::{
    AAFactory, ContractDeployer, ERC7579Account as Account, SessionKeyValidator as Session,
    TimestampAsserter, WebAuthValidator as WebAuth, error_abis,
};

#[test]
fn account_selectors_are_the_ones_of_the_wire_format() {
    assert_eq!(
        Account::validateTransactionCall::SELECTOR,
        [0x20, 0x2b, 0xcc, 0xe7]
    );
    assert_eq!(
        Account::executeTransactionCall::SELECTOR,
        [0xdf, 0x9c, 0x15, 0x89]
    );
    assert_eq!(
        Account::payForTransactionCall::SELECTOR,
        [0xe2, 0xf3, 0x18, 0xe3]
    );
    assert_eq!(
        Account::prepareForPaymasterCall::SELECTOR,
        [0xa2, 0x8c, 0x1a, 0xee]
    );
    assert_eq!(Account::initializeCall::SELECTOR, [0xb9, 0x09, 0x49, 0x97]);
    assert_eq!(Account::batchCallCall::SELECTOR, [0x8f, 0x02, 0x73, 0xa9]);
    assert_eq!(
        Account::isValidSignatureCall::SELECTOR,
        [0x16, 0x26, 0xba, 0x7e]
    );
}

#[test]
fn factory_selectors_and_topics_are_the_ones_of_the_wire_format() {
    assert_eq!(
        AAFactory::deployProxySsoAccountCall::SELECTOR,
        [0x0b, 0x8a, 0x4e, 0xd4]
    );
    assert_eq!(
        AAFactory::accountMappingsCall::SELECTOR,
        [0x08, 0x61, 0x4c, 0x35]
    );
    let created = "0x8fe66a5d954d6d3e0306797e31e226812a9916895165c96c367ef52807631951";
    assert_eq!(
        AAFactory::AccountCreated::SIGNATURE_HASH.to_string(),
        created
    );
}

#[test]
fn session_selectors_and_topics_are_the_ones_of_the_wire_format() {
    assert_eq!(
        Session::validateTransactionCall::SELECTOR,
        [0xbf, 0x17, 0x33, 0xf9]
    );
    assert_eq!(
        Session::createSessionCall::SELECTOR,
        [0x5a, 0x06, 0x94, 0xd2]
    );
    assert_eq!(Session::revokeKeyCall::SELECTOR, [0x57, 0x2f, 0x22, 0x10]);
    assert_eq!(Session::revokeKeysCall::SELECTOR, [0x3e, 0xc5, 0x92, 0x79]);
    assert_eq!(
        Session::sessionStatusCall::SELECTOR,
        [0x59, 0x13, 0x07, 0x08]
    );
    assert_eq!(
        Session::sessionStateCall::SELECTOR,
        [0xb6, 0xd7, 0x50, 0x19]
    );
    let created = "0x225b7c57a9711566a3a2dabe5ba5d2c5965272461cd8af89883376ecb2f69ac4";
    assert_eq!(Session::SessionCreated::SIGNATURE_HASH.to_string(), created);
    let revoked = "0x006be5f629d8df9f032986474cfc3bfc82c9b1cd74dcb2fcb5b3d48f98a50024";
    assert_eq!(Session::SessionRevoked::SIGNATURE_HASH.to_string(), revoked);
}

#[test]
fn passkey_selectors_and_topics_are_the_ones_of_the_wire_format() {
    assert_eq!(
        WebAuth::addValidationKeyCall::SELECTOR,
        [0x8f, 0x5b, 0xc2, 0xaf]
    );
    assert_eq!(
        WebAuth::removeValidationKeyCall::SELECTOR,
        [0x59, 0xbe, 0x37, 0x5f]
    );
    assert_eq!(
        WebAuth::getAccountKeyCall::SELECTOR,
        [0x80, 0xc9, 0x04, 0xd6]
    );
    assert_eq!(
        WebAuth::registeredAddressCall::SELECTOR,
        [0x90, 0xc0, 0xaf, 0x30]
    );
    assert_eq!(WebAuth::onInstallCall::SELECTOR, [0x6d, 0x61, 0xfe, 0x70]);
    let created = "0x3c6e30f99b4a1e8aae9cdcfbc2d6683bf8347bb160ae280eb95513567c07b473";
    assert_eq!(WebAuth::PasskeyCreated::SIGNATURE_HASH.to_string(), created);
    let removed = "0x60a29a47798fec901f6df6fe2a86177130b82aecf219f6c7960182b8a0627636";
    assert_eq!(WebAuth::PasskeyRemoved::SIGNATURE_HASH.to_string(), removed);
}

#[test]
fn system_selectors_are_the_chains() {
    assert_eq!(
        ContractDeployer::create2Call::SELECTOR,
        [0x3c, 0xda, 0x33, 0x51]
    );
    assert_eq!(
        ContractDeployer::createCall::SELECTOR,
        [0x9c, 0x4d, 0x53, 0x5b]
    );
    assert_eq!(
        TimestampAsserter::assertTimestampInRangeCall::SELECTOR,
        [0x5b, 0x1a, 0x0c, 0x91]
    );
}

#[test]
fn errors_of_the_suite_have_distinct_selectors() {
    let errors = error_abis();
    let mut seen = std::collections::BTreeMap::new();
    for error in &errors {
        let signature = error.signature();
        let previous = seen.insert(error.selector(), signature.clone());
        assert!(
            previous.is_none_or(|previous| previous == signature),
            "{signature}"
        );
    }
    assert!(
        errors
            .iter()
            .any(|error| error.name == "SessionTransferNotAllowed")
    );
}
