//! The contracts in Yul: `EventWriter`, `Ecrecover` and `SHA256`; and the package's own tests of its helpers.

use alloy_primitives::{Address, B256, U256, address, keccak256};
use k256::ecdsa::SigningKey;
use zkevm_opcode_defs::sha2::{Digest, Sha256};

use super::{
    Chain, EVENT_WRITER, OTHER, Refused, USER, interfaces::TestSystemContract, sources, word,
};
use crate::harness::{Log, era::Call};

#[test]
fn sha256_hashes_any_length() {
    let mut chain = Chain::new();
    let sha = Address::with_last_byte(2);
    for length in [0, 1, 31, 32, 54, 55, 56, 63, 64, 65, 119, 120, 1_000] {
        let data: Vec<u8> = (0..length).map(|at| (at * 11) as u8).collect();
        let effect = chain.era.call(&Call::new(sha, data.clone())).effect;
        assert_eq!(effect.data, Sha256::digest(&data)[..], "{length}");
    }
}

#[test]
fn ecrecover_recovers_valid_signatures_only() {
    let mut chain = Chain::new();
    let key = SigningKey::from_slice(&[7; 32]).expect("a key");
    let point = key.verifying_key().to_encoded_point(false);
    let signer = B256::left_padding_from(&keccak256(&point.as_bytes()[1..])[12..]);
    let order = U256::from_be_slice(&alloy_primitives::hex!(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
    ));
    let mut recover = |hash: B256, v: U256, r: U256, s: U256| {
        let words = [hash.into(), v, r, s].map(|word: U256| word.to_be_bytes::<32>());
        let call = Call::new(Address::with_last_byte(1), words.concat());
        let effect = chain.era.call(&call).effect;
        assert!(effect.success);
        effect.data
    };
    for number in 0..6 {
        let hash = keccak256([number]);
        let (signature, recovery) = key.sign_prehash_recoverable(&hash[..]).expect("signs");
        let bytes = signature.to_bytes();
        let (r, s) = (
            U256::from_be_slice(&bytes[..32]),
            U256::from_be_slice(&bytes[32..]),
        );
        let v = word(27 + u64::from(recovery.to_byte()));
        assert_eq!(recover(hash, v, r, s), signer.to_vec());
        let malleable = recover(hash, word(55) - v, r, order - s);
        assert_eq!(malleable, signer.to_vec(), "the other half recovers too");
        assert_ne!(recover(hash, word(55) - v, r, s), signer.to_vec());
        for (v, r, s) in [
            (word(26), r, s),
            (word(29), r, s),
            (v + (U256::ONE << 128), r, s),
            (v, U256::ZERO, s),
            (v, r, U256::ZERO),
            (v, order, s),
            (v, r, order),
            (v, U256::MAX, s),
        ] {
            assert_eq!(recover(hash, v, r, s), [0; 0]);
        }
    }
}

#[test]
fn events_have_up_to_four_topics_and_any_data() {
    let mut chain = Chain::new();
    let topics = ["11", "sload(99)", "not(0)", "shl(255, 1)"];
    let values: [U256; 4] = [word(11), U256::ZERO, U256::MAX, U256::ONE << 255];
    for count in 0..=4 {
        let list: String = topics[..count]
            .iter()
            .map(|topic| format!(", {topic}"))
            .collect();
        chain.place(
            OTHER,
            &format!("calldatacopy(5, 0, calldatasize()) log{count}(5, calldatasize(){list})"),
        );
        for length in [0, 1, 31, 32, 33, 63, 64, 65, 96, 97, 500] {
            let data: Vec<u8> = (0..length).map(|at| (at * 5 + 1) as u8).collect();
            let receipt = chain.era.call(&Call::new(OTHER, data.clone()));
            let topics = values[..count]
                .iter()
                .map(|value| B256::from(*value))
                .collect();
            let expected = Log {
                address: OTHER,
                topics,
                data,
            };
            assert_eq!(
                receipt.effect.logs,
                [expected],
                "{count} topics, {length} bytes"
            );
        }
    }
    let direct = chain.era.call(&Call::new(EVENT_WRITER, [1; 32]).from(USER));
    assert!(
        !direct.effect.success && direct.records.is_empty(),
        "system calls only"
    );
}

#[test]
fn the_packages_own_tests_pass() {
    let mut chain = Chain::new();
    let at = address!("0000000000000000000000000000000000009101");
    chain.era.place(at, sources::code("TestSystemContract"));
    chain
        .ask(USER, at, &TestSystemContract::testPrecompileCallCall {})
        .expect("burns");
    for who in [OTHER, at, Address::ZERO] {
        let call = TestSystemContract::testMimicCallAndValueCall { who, value: 0 };
        chain.ask(USER, at, &call).expect("mimics");
        // The next call, which is to carry the value, is that of a function that takes none.
        let call = TestSystemContract::testMimicCallAndValueCall { who, value: 5 };
        assert_eq!(chain.ask(USER, at, &call).refused(), "");
    }
    chain
        .ask(USER, at, &TestSystemContract::testOnlySystemModifierCall {})
        .expect("tells");
    chain
        .ask(USER, at, &TestSystemContract::testSystemMimicCallCall {})
        .expect("passes words");
    // The same code outside of the kernel has none of its powers.
    let outside = address!("00000000000000000000000000000000000c0de1");
    chain
        .era
        .place(outside, sources::code("TestSystemContract"));
    let call = TestSystemContract::testSystemMimicCallCall {};
    assert_eq!(chain.ask(USER, outside, &call).refused(), "");
}
