//! Our own contracts of a development chain.

use std::fs;

use alloy_primitives::{Address, B256, U256, address};
use alloy_sol_types::{SolCall, SolError, SolEvent, sol};
use zksso_codegen::Options;

use super::{USER, interfaces::Codes, word};
use crate::harness::{
    compiled::Compiled,
    era::{BOOTLOADER, Call, Era, KNOWN_CODES, logs},
    evm::TIMESTAMP,
    probe, solc,
};

sol! {
    error CallerNotBootloader(address caller);
    error MalformedBytecodeHash(bytes32 hash);
    error TimestampOutOfRange(uint256 current, uint256 start, uint256 end);
    function assertTimestampInRange(uint256 start, uint256 end);
}

fn compiled(name: &str) -> Compiled {
    let file = format!("{name}.sol");
    let path = solc::root().join("contracts/devnet").join(&file);
    let text = fs::read_to_string(path).expect("is in the repository");
    let contracts = solc::compile(&[(file, text)]);
    Compiled::new(&contracts[0], &Options::default())
}

#[test]
fn known_codes_are_marked_once_by_the_bootloader() {
    let mut era = Era::new();
    era.place(KNOWN_CODES, &compiled("KnownCodesStorage").bytecode);
    let hash = zksso_eravm::bytecode_hash(&probe::probe()).expect("hashes");
    let mark = Codes::markFactoryDepsCall {
        shouldSendToL1: true,
        hashes: vec![hash, hash],
    };
    let call = Call::new(KNOWN_CODES, mark.abi_encode());
    let refused = era.call(&call.clone().from(USER)).effect;
    assert_eq!(
        refused.data,
        CallerNotBootloader { caller: USER }.abi_encode()
    );
    for events in [1, 0] {
        let receipt = era.call(&call.clone().from(BOOTLOADER));
        assert!(receipt.effect.success);
        let logs = logs(&receipt.records);
        assert_eq!(logs.len(), events);
        let topics = [Codes::MarkedAsKnown::SIGNATURE_HASH, hash, word(1).into()];
        assert!(
            logs.iter()
                .all(|log| log.topics == topics && log.data.is_empty())
        );
    }
    let ask = Codes::getMarkerCall { hash };
    let marker = era.call(&Call::new(KNOWN_CODES, ask.abi_encode())).effect;
    assert_eq!(marker.data, word(1).to_be_bytes_vec());
    malformed(&mut era, hash);
}

fn malformed(era: &mut Era, hash: B256) {
    for (at, byte) in [(0, 2), (0, 0), (1, 1), (3, hash[3] ^ 1)] {
        let mut bad = hash;
        bad.0[at] = byte;
        let mark = Codes::markFactoryDepsCall {
            shouldSendToL1: false,
            hashes: vec![bad],
        };
        let effect = era
            .call(&Call::new(KNOWN_CODES, mark.abi_encode()).from(BOOTLOADER))
            .effect;
        assert_eq!(
            effect.data,
            MalformedBytecodeHash { hash: bad }.abi_encode()
        );
    }
}

#[test]
fn the_time_is_asserted() {
    let mut era = Era::new();
    let at: Address = address!("00000000000000000000000000000000000c0de1");
    era.place(at, &compiled("TimestampAsserter").bytecode);
    let now = word(TIMESTAMP);
    for (start, end, holds) in [
        (now, now, true),
        (U256::ZERO, U256::MAX, true),
        (now + U256::ONE, U256::MAX, false),
        (U256::ZERO, now - U256::ONE, false),
        (U256::MAX, U256::ZERO, false),
    ] {
        let call = assertTimestampInRangeCall { start, end };
        let effect = era.call(&Call::new(at, call.abi_encode())).effect;
        assert_eq!(effect.success, holds);
        let error = TimestampOutOfRange {
            current: now,
            start,
            end,
        };
        assert_eq!(effect.data, if holds { vec![] } else { error.abi_encode() });
    }
}
