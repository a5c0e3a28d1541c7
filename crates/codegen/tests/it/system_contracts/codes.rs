//! `AccountCodeStorage`, `KnownCodesStorage`, `BytecodeCompressor` and `L1Messenger`.

use alloy_primitives::{B256, Bytes, U256, keccak256};
use alloy_sol_types::SolEvent;
use zksso_eravm::{BytecodeStatus, bytecode_hash, bytecode_hash_with_status};

use super::{
    COMPRESSOR, Chain, MESSENGER, NONCES, OTHER, Refused, USER,
    interfaces::{Codes, Messenger, Nonces},
    sources, word,
};
use crate::harness::era::{
    ACCOUNT_CODES, BOOTLOADER, DEPLOYER, KNOWN_CODES, Message, word as address_word,
};

fn code() -> Vec<u8> {
    sources::compile_yul("sstore(0, calldataload(0))")
}

fn hash() -> B256 {
    bytecode_hash(&code()).expect("hashes")
}

fn constructing() -> B256 {
    bytecode_hash_with_status(&code(), BytecodeStatus::Constructing).expect("hashes")
}

const DEPLOYER_ONLY: &str = "Callable only by the deployer system contract";

#[test]
fn code_hashes_go_through_construction() {
    let mut chain = Chain::new();
    let begin = |hash| Codes::storeAccountConstructingCodeHashCall {
        account: OTHER,
        hash,
    };
    let store = |hash| Codes::storeAccountConstructedCodeHashCall {
        account: OTHER,
        hash,
    };
    let end = Codes::markAccountCodeHashAsConstructedCall { account: OTHER };
    assert_eq!(
        chain
            .ask(BOOTLOADER, ACCOUNT_CODES, &begin(constructing()))
            .refused(),
        DEPLOYER_ONLY
    );
    assert_eq!(
        chain.ask(USER, ACCOUNT_CODES, &end).refused(),
        DEPLOYER_ONLY
    );
    let wrong = "Code hash is not for a contract on constructor";
    assert_eq!(
        chain.ask(DEPLOYER, ACCOUNT_CODES, &begin(hash())).refused(),
        wrong
    );
    assert_eq!(
        chain
            .ask(DEPLOYER, ACCOUNT_CODES, &store(constructing()))
            .refused(),
        wrong
    );
    assert_eq!(chain.ask(DEPLOYER, ACCOUNT_CODES, &end).refused(), wrong);
    chain
        .ask(DEPLOYER, ACCOUNT_CODES, &begin(constructing()))
        .expect("begins");
    check(&mut chain, constructing(), keccak256(""), 0);
    chain.ask(DEPLOYER, ACCOUNT_CODES, &end).expect("ends");
    check(&mut chain, hash(), hash(), code().len() as u64);
    assert_eq!(chain.ask(DEPLOYER, ACCOUNT_CODES, &end).refused(), wrong);
    chain
        .ask(DEPLOYER, ACCOUNT_CODES, &store(hash()))
        .expect("stores");
    check(&mut chain, hash(), hash(), code().len() as u64);
}

/// What the storage tells of an account, whatever the upper bits of its number are.
fn check(chain: &mut Chain, raw: B256, seen: B256, size: u64) {
    let ask = Codes::getRawCodeHashCall { account: OTHER };
    assert_eq!(chain.ask(USER, ACCOUNT_CODES, &ask), Ok(raw));
    for account in [
        address_word(OTHER),
        address_word(OTHER) | (U256::MAX << 160usize),
    ] {
        let ask = Codes::getCodeHashCall { account };
        assert_eq!(chain.ask(USER, ACCOUNT_CODES, &ask), Ok(seen));
        let ask = Codes::getCodeSizeCall { account };
        assert_eq!(chain.ask(USER, ACCOUNT_CODES, &ask), Ok(word(size)));
    }
}

#[test]
fn accounts_without_code_have_the_hashes_of_the_evm() {
    let mut chain = Chain::new();
    check(&mut chain, B256::ZERO, B256::ZERO, 0);
    let count = Nonces::increaseMinNonceCall { value: word(1) };
    chain.system(OTHER, NONCES, &count).expect("counts");
    check(&mut chain, B256::ZERO, keccak256(""), 0);
    for account in [0, 1, 2] {
        let ask = Codes::getCodeHashCall {
            account: word(account),
        };
        assert_eq!(chain.ask(USER, ACCOUNT_CODES, &ask), Ok(keccak256("")));
        let ask = Codes::getCodeSizeCall {
            account: word(account),
        };
        assert_eq!(chain.ask(USER, ACCOUNT_CODES, &ask), Ok(U256::ZERO));
    }
}

fn mark(send: bool, hashes: &[B256]) -> Codes::markFactoryDepsCall {
    Codes::markFactoryDepsCall {
        shouldSendToL1: send,
        hashes: hashes.to_vec(),
    }
}

fn marker(chain: &mut Chain, hash: B256) -> U256 {
    let ask = Codes::getMarkerCall { hash };
    chain.ask(USER, KNOWN_CODES, &ask).expect("answers")
}

#[test]
fn codes_are_marked_once_by_the_bootloader() {
    let mut chain = Chain::new();
    let other = bytecode_hash(&sources::compile_yul("stop()")).expect("hashes");
    let refused = chain
        .ask(USER, KNOWN_CODES, &mark(false, &[hash()]))
        .refused();
    assert_eq!(refused, "Callable only by the bootloader");
    assert_eq!(marker(&mut chain, hash()), U256::ZERO);
    chain
        .boot(KNOWN_CODES, &mark(false, &[hash(), other, hash()]))
        .expect("marks");
    assert_eq!(marker(&mut chain, hash()), word(1));
    chain
        .boot(KNOWN_CODES, &mark(false, &[hash(), other, hash()]))
        .expect("marks");
    assert!(chain.logs().is_empty(), "all are known");
    let sent = B256::from(U256::from_be_bytes(hash().0) ^ U256::ONE);
    chain
        .boot(KNOWN_CODES, &mark(true, &[sent, hash()]))
        .expect("marks");
    let log = &chain.logs()[0];
    let topics = [Codes::MarkedAsKnown::SIGNATURE_HASH, sent, word(1).into()];
    assert_eq!((chain.logs().len(), &log.topics[..]), (1, &topics[..]));
    let expected = Message {
        service: true,
        from: KNOWN_CODES,
        key: sent.into(),
        value: U256::ZERO,
    };
    assert_eq!(chain.receipt().messages, [expected]);
}

#[test]
fn malformed_hashes_are_not_marked() {
    let mut chain = Chain::new();
    let mut even = hash();
    even.0[3] ^= 1;
    let mut versioned = hash();
    versioned.0[0] = 2;
    for (bad, reason) in [
        (even, "Code length in words must be odd"),
        (versioned, "Incorrectly formatted bytecodeHash"),
        (constructing(), "Incorrectly formatted bytecodeHash"),
    ] {
        assert_eq!(
            chain
                .boot(KNOWN_CODES, &mark(false, &[hash(), bad]))
                .refused(),
            reason
        );
        assert_eq!(marker(&mut chain, hash()), U256::ZERO, "all or nothing");
    }
}

/// A dictionary of distinct chunks of eight bytes, and the index of each chunk of the code.
fn compressed(code: &[u8]) -> Vec<u8> {
    let mut dictionary: Vec<&[u8]> = Vec::new();
    let mut indices = Vec::new();
    for chunk in code.chunks(8) {
        let known = dictionary.iter().position(|known| *known == chunk);
        let index = known.unwrap_or_else(|| {
            dictionary.push(chunk);
            dictionary.len() - 1
        });
        indices.extend((index as u16).to_be_bytes());
    }
    let length = (dictionary.len() as u16).to_be_bytes();
    [&length[..], &dictionary.concat(), &indices].concat()
}

fn publish(code: &[u8], compressed: &[u8]) -> Codes::publishCompressedBytecodeCall {
    Codes::publishCompressedBytecodeCall {
        bytecode: code.to_vec().into(),
        compressed: compressed.to_vec().into(),
    }
}

#[test]
fn compressed_codes_are_checked_and_published() {
    let mut chain = Chain::new();
    // The largest contract at hand, and a small one.
    for code in [sources::code("ContractDeployer").to_vec(), code()] {
        let mut code = code;
        // Another hash than the one of what is in place.
        let last = code.len() - 1;
        code[last] ^= 1;
        let data = compressed(&code);
        let hash = bytecode_hash(&code).expect("hashes");
        let refused = chain
            .ask(USER, COMPRESSOR, &publish(&code, &data))
            .refused();
        assert_eq!(refused, "Callable only by the bootloader");
        assert_eq!(chain.boot(COMPRESSOR, &publish(&code, &data)), Ok(hash));
        assert_eq!(marker(&mut chain, hash), word(1));
        chain
            .boot(COMPRESSOR, &publish(&code, &data))
            .expect("again");
        let message = Message {
            service: true,
            from: MESSENGER,
            key: address_word(COMPRESSOR),
            value: keccak256(&data).into(),
        };
        assert_eq!(chain.receipt().messages, [message]);
        wrong(&mut chain, &code, &data);
    }
}

/// Every way to compress wrongly.
fn wrong(chain: &mut Chain, code: &[u8], data: &[u8]) {
    let mut chunk = data.to_vec();
    chunk[2] ^= 1;
    let mut index = data.to_vec();
    let last = index.len() - 2;
    index[last..].copy_from_slice(&[0xff, 0xff]);
    let even = [code, &[0; 32]].concat();
    for (code, data, reason) in [
        (
            code,
            chunk,
            "Encoded chunk does not match the original bytecode",
        ),
        (code, index, "Encoded chunk index is out of bounds"),
        (
            code,
            data[..data.len() - 2].to_vec(),
            "Encoded data length should be 4 times shorter than the original bytecode",
        ),
        (&even, compressed(&even), "pr"),
        (
            &code[..code.len() - 8],
            compressed(&code[..code.len() - 8]),
            "po",
        ),
        (code, data[..3].to_vec(), ""),
    ] {
        let found = chain.boot(COMPRESSOR, &publish(code, &data)).refused();
        assert_eq!(found, reason);
    }
    let direct = Codes::markBytecodeAsPublishedCall {
        hash: hash(),
        preimage: B256::ZERO,
        length: U256::ZERO,
    };
    let refused = chain.boot(KNOWN_CODES, &direct).refused();
    assert_eq!(refused, "Callable only by the bytecode compressor");
}

#[test]
fn anyone_sends_messages_of_any_length() {
    let mut chain = Chain::new();
    for length in [0, 1, 31, 32, 33, 135, 136, 137, 1_000] {
        let message: Vec<u8> = (0..length).map(|at| (at * 7) as u8).collect();
        let send = Messenger::sendToL1Call {
            message: Bytes::from(message.clone()),
        };
        let hash = keccak256(&message);
        assert_eq!(chain.ask(USER, MESSENGER, &send), Ok(hash));
        let expected = Message {
            service: true,
            from: MESSENGER,
            key: address_word(USER),
            value: hash.into(),
        };
        assert_eq!(chain.receipt().messages, [expected]);
        let log = &chain.logs()[0];
        assert_eq!(
            log.topics,
            [
                Messenger::L1MessageSent::SIGNATURE_HASH,
                USER.into_word(),
                hash
            ]
        );
        assert_eq!(U256::from_be_slice(&log.data[32..64]), word(length));
        assert_eq!(log.data[64..][..length as usize], message);
    }
}
