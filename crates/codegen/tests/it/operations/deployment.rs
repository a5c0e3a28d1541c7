//! Built-ins and operations in deployment code, where arguments are the calldata and code cannot be read.

use super::word;
use crate::harness::era::Era;
use alloy_primitives::{Address, U256};
use zksso_codegen::{Options, compile};

/// Deploys code whose constructor stores what it sees, with arguments; its slots.
fn deployed(constructor: &str, arguments: &[u8], value: u128) -> (Era, Address) {
    let source = format!(
        "object \"C\" {{ code {{ {constructor} return(0, 0) }} object \"C_deployed\" {{ code {{ stop() }} }} }}"
    );
    let options = Options {
        enable_eravm_extensions: true,
        libraries: [("L.sol:L".to_owned(), Address::with_last_byte(0x4c))].into(),
    };
    let output = compile("C", &source, &options).unwrap_or_else(|error| panic!("{error}"));
    let mut era = Era::new();
    era.set_balance(
        alloy_primitives::address!("1111111111111111111111111111111111111111"),
        1_000,
    );
    let code = &output.root().expect("one contract").bytecode;
    let made = era.create(code, arguments, value).expect("deploys");
    (era, made)
}

fn slot(era: &Era, at: Address, number: u64) -> U256 {
    era.storage(at, word(number))
}

#[test]
fn arguments_are_code_behind_an_empty_program() {
    let constructor = "sstore(0, codesize()) sstore(1, calldatasize()) sstore(2, calldataload(0)) sstore(3, calldataload(not(0)))
        sstore(4, datasize(\"C\")) sstore(5, dataoffset(\"C_deployed\")) sstore(6, datasize(\"C_deployed\"))
        codecopy(7, 0, codesize()) sstore(7, mload(7))
        codecopy(64, 1, 64) sstore(8, mload(64)) sstore(9, mload(96))
        datacopy(200, 2, 31) sstore(10, mload(200))
        mstore(300, not(0)) calldatacopy(301, 5, 30) sstore(11, mload(300))
        mstore(400, 1) codecopy(400, 0, 0) sstore(12, mload(400))";
    let arguments: Vec<u8> = (1..=40).collect();
    let (era, at) = deployed(constructor, &arguments, 0);
    let part = |from: usize, length: usize| {
        let bytes: Vec<u8> = (0..32)
            .map(|i| match i < length {
                true => arguments.get(from + i).copied().unwrap_or_default(),
                false => 0,
            })
            .collect();
        U256::from_be_slice(&bytes)
    };
    let cleared = (U256::from(255) << 248usize) | U256::from(255);
    let expected = [
        word(40),
        U256::ZERO,
        U256::ZERO,
        U256::ZERO,
        U256::ZERO,
        U256::ZERO,
        U256::ZERO,
        part(0, 32),
        part(1, 32),
        part(33, 32),
        part(2, 31),
        cleared,
        word(1),
    ];
    for (number, expected) in (0..).zip(expected) {
        assert_eq!(slot(&era, at, number), expected, "slot {number}");
    }
}

#[test]
fn operations_tell_of_the_construction() {
    let constructor = "sstore(0, staticcall(0, 0xFFEF, 0, 0xFFFF, 0, 0)) sstore(1, eq(staticcall(0, 0xFFFE, 0, 0xFFFF, 0, 0), address()))
        pop(staticcall(0, 0xFFEB, 0, 0xFFFF, 0, 0)) sstore(2, staticcall(1, 0xFFE4, 0, 0xFFFF, 0, 0))
        sstore(3, staticcall(0, 0xFFE2, 0, 0xFFFF, 0, 0)) sstore(4, callvalue()) sstore(5, caller())
        sstore(6, extcodesize(address())) sstore(7, linkersymbol(\"L.sol:L\"))";
    let (era, at) = deployed(constructor, &[7; 33], 55);
    let sevens = U256::from_be_bytes([7; 32]);
    let caller = U256::from_be_slice(&[0x11; 20]);
    let expected = [
        word(1),
        word(1),
        sevens,
        word(33),
        word(55),
        caller,
        word(0),
        word(0x4c),
    ];
    for (number, expected) in (0..).zip(expected) {
        assert_eq!(slot(&era, at, number), expected, "slot {number}");
    }
}

#[test]
fn immutables_are_read_while_they_are_made_and_later() {
    let source = "object \"C\" {
        code {
            sstore(0, loadimmutable(\"x\"))
            setimmutable(0, \"x\", codesize())
            sstore(1, loadimmutable(\"x\"))
            setimmutable(0, \"y\", not(loadimmutable(\"x\")))
            if iszero(codesize()) { stop() }
            setimmutable(0, \"x\", loadimmutable(\"y\"))
            sstore(2, loadimmutable(\"x\"))
            datacopy(0, dataoffset(\"C_deployed\"), datasize(\"C_deployed\"))
            return(0, datasize(\"C_deployed\"))
        }
        object \"C_deployed\" { code {
            mstore(0, loadimmutable(\"x\")) mstore(32, loadimmutable(\"y\")) mstore(64, loadimmutable(\"z\"))
            mstore(96, loadimmutable(\"x\"))
            return(0, 128)
        } }
    }";
    let output =
        compile("C", source, &Options::default()).unwrap_or_else(|error| panic!("{error}"));
    let contract = output.root().expect("one contract");
    assert_eq!(contract.immutables, 3);
    for length in [0u64, 64] {
        let mut era = Era::new();
        let arguments = vec![1; length as usize];
        let at = era
            .create(&contract.bytecode, &arguments, 0)
            .expect("deploys");
        let (x, y) = (word(length), !word(length));
        let last = if length == 0 { U256::ZERO } else { y };
        assert_eq!(
            [0, 1, 2].map(|number| slot(&era, at, number)),
            [U256::ZERO, x, last]
        );
        let kept = if length == 0 { x } else { y };
        let receipt = era.call_on_both(&crate::harness::era::Call::new(at, []));
        assert_eq!(super::answer(&receipt), [kept, y, U256::ZERO, kept]);
    }
}

#[test]
fn a_constructor_ends_in_every_way() {
    for (end, deploys) in [
        ("stop()", true),
        ("return(0, 0)", true),
        ("return(0, 64)", true),
        ("", true),
        ("revert(0, 0)", false),
        ("invalid()", false),
        ("mstore(0, 5) revert(31, 1)", false),
    ] {
        let source = format!(
            "object \"C\" {{ code {{ sstore(0, 1) {end} }} object \"C_deployed\" {{ code {{ mstore(0, sload(0)) return(0, 32) }} }} }}"
        );
        let output = compile("C", &source, &Options::default()).expect("compiles");
        let mut era = Era::new();
        let made = era.create(&output.root().expect("one contract").bytecode, &[], 0);
        match made {
            Ok(at) => {
                assert!(deploys, "{end}");
                let receipt = era.call_on_both(&crate::harness::era::Call::new(at, []));
                assert_eq!(super::answer(&receipt), [word(1)], "{end}");
            }
            Err(data) => {
                assert!(!deploys, "{end}");
                assert_eq!(data.last().copied(), end.starts_with("mstore").then_some(5));
            }
        }
    }
}
