//! `NonceHolder`.

use alloy_primitives::{B256, U256};
use alloy_sol_types::SolEvent;

use super::{
    Chain, FLAG, NONCES, OTHER, Refused, USER,
    interfaces::{Deployer, Nonces},
    word,
};
use crate::harness::era::DEPLOYER;

#[test]
fn minimal_nonces_grow_by_system_calls() {
    let mut chain = Chain::new();
    let increase = |value| Nonces::increaseMinNonceCall { value };
    assert_eq!(chain.ask(USER, NONCES, &increase(word(1))).refused(), FLAG);
    assert_eq!(
        chain.system(USER, NONCES, &increase(word(5))),
        Ok(U256::ZERO)
    );
    assert_eq!(
        chain.system(USER, NONCES, &increase(word(1 << 32))),
        Ok(word(5))
    );
    let large = chain.system(USER, NONCES, &increase(word((1 << 32) + 1)));
    assert_eq!(
        large.refused(),
        "The value for incrementing the nonce is too high"
    );
    let next = (1 << 32) + 5;
    let equal = |expected| Nonces::incrementMinNonceIfEqualsCall {
        expected: word(expected),
    };
    assert!(chain.system(USER, NONCES, &equal(next)).is_ok());
    assert_eq!(
        chain.system(USER, NONCES, &equal(next)).refused(),
        "Incorrect nonce"
    );
    let ask = Nonces::getMinNonceCall { account: USER };
    assert_eq!(chain.ask(OTHER, NONCES, &ask), Ok(word(next + 1)));
    let other = Nonces::getMinNonceCall { account: OTHER };
    assert_eq!(chain.ask(OTHER, NONCES, &other), Ok(U256::ZERO));
}

#[test]
fn deployment_nonces_are_the_deployers_and_share_a_word() {
    let mut chain = Chain::new();
    let count = Nonces::incrementDeploymentNonceCall { account: USER };
    assert_eq!(chain.system(USER, NONCES, &count).refused(), "");
    for number in 0..3 {
        assert_eq!(chain.ask(DEPLOYER, NONCES, &count), Ok(word(number)));
    }
    let increase = Nonces::increaseMinNonceCall { value: word(9) };
    chain.system(USER, NONCES, &increase).expect("grows");
    let raw = Nonces::getRawNonceCall { account: USER };
    assert_eq!(
        chain.ask(OTHER, NONCES, &raw),
        Ok((word(3) << 128usize) | word(9))
    );
    let deployments = Nonces::getDeploymentNonceCall { account: USER };
    assert_eq!(chain.ask(OTHER, NONCES, &deployments), Ok(word(3)));
}

#[test]
fn keyed_nonces_follow_the_accounts_ordering() {
    let mut chain = Chain::new();
    let set = |key, value| Nonces::setValueUnderNonceCall {
        key: word(key),
        value: word(value),
    };
    assert_eq!(
        chain.system(USER, NONCES, &set(0, 0)).refused(),
        "Nonce value cannot be set to 0"
    );
    assert_eq!(
        chain.system(USER, NONCES, &set(2, 1)).refused(),
        "Previous nonce has not been used"
    );
    chain.system(USER, NONCES, &set(0, 11)).expect("sets");
    let log = &chain.logs()[0];
    let topics = [
        Nonces::ValueSetUnderNonce::SIGNATURE_HASH,
        USER.into_word(),
        B256::ZERO,
    ];
    assert_eq!(
        (&log.topics[..], &log.data),
        (&topics[..], &word(11).to_be_bytes_vec())
    );
    chain.system(USER, NONCES, &set(1, 12)).expect("sets");
    let get = Nonces::getValueUnderNonceCall { key: word(1) };
    assert_eq!(chain.ask(USER, NONCES, &get), Ok(word(12)));
    assert_eq!(chain.ask(OTHER, NONCES, &get), Ok(U256::ZERO));
    let arbitrary = Deployer::updateNonceOrderingCall { ordering: 1 };
    chain.system(USER, DEPLOYER, &arbitrary).expect("changes");
    chain
        .system(USER, NONCES, &set(1 << 40, 1))
        .expect("any order");
    for (nonce, used) in [(0, true), (1, true), (2, false), (1 << 40, true)] {
        let ask = Nonces::isNonceUsedCall {
            account: USER,
            nonce: word(nonce),
        };
        assert_eq!(chain.ask(OTHER, NONCES, &ask), Ok(used));
        for (expected, outcome) in [(used, None), (!used, Some(used))] {
            let check = Nonces::validateNonceUsageCall {
                account: USER,
                key: word(nonce),
                shouldBeUsed: expected,
            };
            let found = chain.boot(NONCES, &check).err();
            let reason = outcome.map(|used| match used {
                true => "Reusing the same nonce twice",
                false => "The nonce was not set as used",
            });
            assert_eq!(found.as_deref(), reason);
        }
    }
}
