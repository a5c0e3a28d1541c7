//! The call simulations of `@matterlabs/zksync-contracts`, through its own libraries.

use std::sync::OnceLock;

use alloy_primitives::{Address, B256, U256, address, hex, keccak256};
use zkevm_opcode_defs::sha2::{Digest, Sha256};
use zksso_codegen::Options;
use zksso_eravm::bytecode_hash;

use crate::harness::{
    Effect,
    compiled::Compiled,
    era::{Call, Era, word},
    solc,
};

const USER: Address = address!("2222222222222222222222222222222222222222");
const CONTRACT: Address = address!("00000000000000000000000000000000000c0de1");
const TWIN: Address = address!("00000000000000000000000000000000000c0de2");

fn compiled() -> &'static Compiled {
    static COMPILED: OnceLock<Compiled> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let contracts = solc::compile(&[solc::source("codegen", "Simulations.sol")]);
        let contract = contracts
            .iter()
            .find(|contract| contract.name == "Simulations")
            .expect("is compiled");
        Compiled::new(
            contract,
            &Options {
                enable_eravm_extensions: true,
                ..Options::default()
            },
        )
    })
}

/// The contract at two addresses.
fn chain() -> Era {
    let mut era = Era::new();
    for at in [CONTRACT, TWIN] {
        era.place(at, &compiled().bytecode);
    }
    era.set_balance(USER, 1_000);
    era
}

/// Calldata: words and at most one trailing `bytes`.
fn data(signature: &str, words: &[U256], bytes: Option<&[u8]>) -> Vec<u8> {
    let mut data = keccak256(signature)[..4].to_vec();
    data.extend(words.iter().flat_map(U256::to_be_bytes::<32>));
    if let Some(bytes) = bytes {
        data.extend(U256::from(words.len() * 32 + 32).to_be_bytes::<32>());
        data.extend(coded(bytes));
    }
    data
}

fn coded(bytes: &[u8]) -> Vec<u8> {
    let mut coded = U256::from(bytes.len()).to_be_bytes::<32>().to_vec();
    coded.extend(bytes);
    coded.resize(coded.len().next_multiple_of(32), 0);
    coded
}

fn run(era: &mut Era, value: u128, data: Vec<u8>) -> Effect {
    era.call(&Call::new(CONTRACT, data).from(USER).value(value))
        .effect
}

fn words(effect: &Effect) -> Vec<U256> {
    assert!(effect.success, "{}", hex::encode(&effect.data));
    effect.data.chunks(32).map(U256::from_be_slice).collect()
}

/// What `fallback` answers.
fn echo(sender: Address, value: u128, data: &[u8]) -> Vec<u8> {
    let mut answer: Vec<u8> = [word(sender), U256::from(value), U256::from(96)]
        .iter()
        .flat_map(U256::to_be_bytes::<32>)
        .collect();
    answer.extend(coded(data));
    answer
}

fn as_returned(bytes: &[u8]) -> Vec<u8> {
    [U256::from(32).to_be_bytes::<32>().to_vec(), coded(bytes)].concat()
}

#[test]
fn code_address_differs_from_this_in_delegate_calls() {
    let mut era = chain();
    assert_eq!(
        words(&run(&mut era, 0, data("codeAddress()", &[], None))),
        [word(CONTRACT)]
    );
    let behind = run(
        &mut era,
        0,
        data("codeAddressBehind(address)", &[word(TWIN)], None),
    );
    assert_eq!(words(&behind), [U256::from(32), U256::from(32), word(TWIN)]);
}

#[test]
fn call_flags_and_calldata_pointer_are_those_of_the_call() {
    let mut era = chain();
    let input = data("flags(bytes)", &[], Some(&[7; 45]));
    let found = words(&run(&mut era, 0, input.clone()));
    assert_eq!(found[..2], [U256::ZERO, U256::ZERO]);
    assert_eq!(
        found[2] >> 96,
        U256::from(input.len()),
        "the length is the top field of a fat pointer"
    );
    assert_eq!(found[3], U256::ZERO);
}

#[test]
fn meta_tells_the_heap_size() {
    let mut era = chain();
    let found = words(&run(
        &mut era,
        0,
        data("heapSize(uint256)", &[U256::from(10_000)], None),
    ));
    assert!(found[0] <= U256::from(4096), "{found:?}");
    assert_eq!(found[1], U256::from(10_032));
}

#[test]
fn hashes_are_taken_of_calldata_without_copying() {
    let mut era = chain();
    for length in [0, 1, 31, 32, 33, 135, 136, 137, 500] {
        let bytes: Vec<u8> = (0..length).map(|i| i as u8).collect();
        let hash = |era: &mut Era, name| words(&run(era, 0, data(name, &[], Some(&bytes))))[0];
        assert_eq!(
            B256::from(hash(&mut era, "keccak(bytes)")),
            keccak256(&bytes)
        );
        assert_eq!(
            B256::from(hash(&mut era, "sha(bytes)"))[..],
            Sha256::digest(&bytes)[..]
        );
    }
}

#[test]
fn calldata_is_forwarded_by_reference() {
    let mut era = chain();
    let message = b"some message of forty-one bytes, or so...";
    for (signature, value, sender) in [
        ("forward(address,bytes)", 0, CONTRACT),
        ("forward(address,bytes)", 300, CONTRACT),
        ("forwardDelegate(address,bytes)", 0, USER),
    ] {
        let effect = run(
            &mut era,
            value,
            data(signature, &[word(TWIN)], Some(message)),
        );
        assert!(
            effect.success,
            "{signature} with {value}: {}",
            hex::encode(&effect.data)
        );
        let expected = as_returned(&echo(sender, value, message));
        assert_eq!(
            hex::encode(effect.data),
            hex::encode(expected),
            "{signature} with {value}"
        );
    }
    assert_eq!(era.balance(TWIN), U256::from(300));
}

#[test]
fn reverts_of_forwarded_calls_are_propagated_or_reported() {
    let mut era = chain();
    let effect = run(
        &mut era,
        0,
        data("forward(address,bytes)", &[word(TWIN)], Some(&[1; 39])),
    );
    let mut expected = keccak256("Error(string)")[..4].to_vec();
    expected.extend(as_returned(b"seven"));
    assert_eq!((effect.success, effect.data), (false, expected.clone()));
    let status = run(
        &mut era,
        0,
        data("rawStatus(address,bytes)", &[word(TWIN)], Some(&[1; 39])),
    );
    assert_eq!(words(&status), [U256::ZERO, U256::from(expected.len())]);
    let status = run(
        &mut era,
        0,
        data("rawStatus(address,bytes)", &[word(TWIN)], Some(&[1; 40])),
    );
    assert_eq!(words(&status)[0], U256::ONE);
}

#[test]
fn static_calls_by_reference_are_static() {
    let mut era = chain();
    let fine = run(
        &mut era,
        0,
        data("forwardStatic(address,bytes)", &[word(TWIN)], Some(&[9; 8])),
    );
    assert!(fine.success);
    let create = data("incrementNonce()", &[], None);
    let effect = run(
        &mut era,
        0,
        data("forwardStatic(address,bytes)", &[word(TWIN)], Some(&create)),
    );
    let Effect { success, data, .. } = effect;
    assert!(
        success,
        "the failing write is inside: {}",
        hex::encode(&data)
    );
    assert_eq!(
        U256::from_be_slice(&data[96..128]),
        U256::ZERO,
        "system call changes nothing in a static frame"
    );
}

#[test]
fn system_calls_carry_the_system_bit() {
    let mut era = chain();
    let found = words(&run(&mut era, 0, data("incrementNonce()", &[], None)));
    assert_eq!(found, [U256::ZERO, U256::ONE, U256::ZERO]);
}

#[test]
fn a_system_call_deploys_with_value() {
    let mut era = chain();
    era.publish(&compiled().bytecode);
    let hash = bytecode_hash(&compiled().bytecode).unwrap();
    for value in [0, 77] {
        let made = words(&run(
            &mut era,
            value,
            data("deploy(bytes32,bytes)", &[hash.into()], Some(&[])),
        ))[0];
        let made = Address::from_word(made.into());
        assert!(era.has_code(made));
        assert_eq!(era.balance(made), U256::from(value));
    }
    let unknown = run(
        &mut era,
        0,
        data(
            "deploy(bytes32,bytes)",
            &[U256::from_be_bytes(hash.0) ^ U256::ONE],
            Some(&[]),
        ),
    );
    assert!(
        !unknown.success && !unknown.data.is_empty(),
        "the deployer's error is propagated"
    );
}

#[test]
fn high_word_of_a_product_is_exact() {
    let mut era = chain();
    for (a, b) in [
        (U256::MAX, U256::MAX),
        (U256::ONE << 255, U256::from(2)),
        (U256::from(3), U256::from(5)),
    ] {
        let high = words(&run(
            &mut era,
            0,
            data("multiplyHigh(uint256,uint256)", &[a, b], None),
        ))[0];
        let expected: alloy_primitives::U512 = a.widening_mul(b);
        assert_eq!(alloy_primitives::U512::from(high), expected >> 256usize);
    }
}

#[test]
fn the_active_pointer_reads_a_window_of_calldata() {
    let mut era = chain();
    let payload: Vec<u8> = (0..200).map(|i| (i * 7) as u8).collect();
    let signature = "window(uint32,uint32,uint256,bytes)";
    for (skip, drop, at) in [(0u64, 0u64, 0u64), (4, 0, 3), (133, 31, 50), (164, 100, 60)] {
        let input = data(signature, &[skip, drop, at].map(U256::from), Some(&payload));
        let view = &input[skip as usize..input.len() - drop as usize];
        let part = |from: usize, length: usize| -> Vec<u8> {
            (from..from + length)
                .map(|i| view.get(i).copied().unwrap_or_default())
                .collect()
        };
        let found = run(&mut era, 0, input.clone());
        let (size, first) = (words(&found)[0], words(&found)[1]);
        assert_eq!(
            size,
            U256::from(input.len() as u64 - drop),
            "the offset is not taken off"
        );
        assert_eq!(first, U256::from_be_slice(&part(at as usize, 32)));
        assert_eq!(
            hex::encode(&found.data[128..224]),
            hex::encode(part(at as usize, 96))
        );
    }
    let beyond = run(
        &mut era,
        0,
        data(signature, &[0u64, 5_000, 0].map(U256::from), Some(&payload)),
    );
    assert!(
        !beyond.success && beyond.data.is_empty(),
        "shrinking below nothing panics"
    );
}

#[test]
fn return_data_is_forwarded_without_copying() {
    let mut era = chain();
    let message = b"forward me";
    let payload = |fail: u64| {
        let mut data = keccak256("forwardReturn(address,bytes,bool)")[..4].to_vec();
        for item in [word(TWIN), U256::from(96), U256::from(fail)] {
            data.extend(item.to_be_bytes::<32>());
        }
        data.extend(coded(message));
        data
    };
    for fail in [0, 1] {
        let effect = run(&mut era, 0, payload(fail));
        assert_eq!(effect.success, fail == 0);
        assert_eq!(
            hex::encode(effect.data),
            hex::encode(echo(CONTRACT, 0, message))
        );
    }
}

#[test]
fn without_the_switch_the_addresses_are_ordinary() {
    let contracts = solc::compile(&[solc::source("codegen", "Simulations.sol")]);
    let contract = contracts
        .iter()
        .find(|contract| contract.name == "Simulations")
        .expect("is compiled");
    let plain = Compiled::new(contract, &Options::default());
    assert_ne!(plain.bytecode, compiled().bytecode);
    let mut era = Era::new();
    era.place(CONTRACT, &plain.bytecode);
    let effect = run(&mut era, 0, data("codeAddress()", &[], None));
    assert_ne!(U256::from_be_slice(&effect.data), word(CONTRACT));
}
