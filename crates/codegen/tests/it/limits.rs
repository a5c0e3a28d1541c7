//! What happens at the edges of the machine: ergs running out anywhere, the stack running full, and the same source compiled again.

use alloy_primitives::{Address, U256, keccak256};
use zksso_codegen::{Options, compile};

use crate::harness::{
    compiled::contracts,
    era::{Call, Era},
    solc,
};

fn deploy(era: &mut Era, file: &str, name: &str) -> Address {
    let contracts = contracts(file);
    let contract = &contracts[name];
    for dependency in &contract.dependencies {
        era.publish(dependency);
    }
    era.create(&contract.bytecode, &[], 0).expect("deploys")
}

fn data(signature: &str, words: &[U256]) -> Vec<u8> {
    let selector = keccak256(signature);
    selector[..4]
        .iter()
        .copied()
        .chain(words.iter().flat_map(U256::to_be_bytes::<32>))
        .collect()
}

/// Runs a call at some five hundred limits between nothing and more than it takes, each time on a fresh copy of the chain.
fn sweep(era: &Era, to: Address, data: &[u8]) {
    let call = Call::new(to, data);
    let full = era.clone().call(&call);
    assert!(full.effect.success, "succeeds with plenty");
    // Storage operations are charged in full before part is given back, so more is needed than is used.
    let highest = full.ergs * 2;
    let mut outcomes = [0, 0];
    for ergs in (0..highest).step_by(highest.div_ceil(500) as usize) {
        let mut chain = era.clone();
        let effect = chain.call(&call.clone().ergs(ergs)).effect;
        outcomes[usize::from(effect.success)] += 1;
        if effect.success {
            assert_eq!(effect, full.effect, "at {ergs} ergs");
        } else {
            assert!(
                effect.data.is_empty() && effect.logs.is_empty(),
                "at {ergs} ergs: {effect:?}"
            );
            assert!(
                chain.slots(to) == era.slots(to),
                "state changed at {ergs} ergs"
            );
        }
    }
    assert!(outcomes[0] > 10 && outcomes[1] > 10, "{outcomes:?}");
}

#[test]
fn any_limit_of_ergs_gives_success_or_empty_failure() {
    let mut era = Era::new();
    let word = U256::from;
    let control = deploy(&mut era, "Control.sol", "Control");
    let locals = data(
        "manyLocals(uint256,uint256,uint256,uint256)",
        &[1, 2, 3, 4].map(word),
    );
    sweep(&era, control, &locals);
    sweep(&era, control, &data("fibonacci(uint8)", &[word(6)]));
    sweep(&era, control, &data("evaluationOrder(uint256)", &[word(6)]));
    let store = deploy(&mut era, "Store.sol", "Store");
    sweep(&era, store, &data("push(uint256)", &[word(9)]));
    let events = deploy(&mut era, "Events.sol", "Events");
    sweep(&era, events, &data("emitMany(uint8)", &[word(2)]));
    let caller = deploy(&mut era, "Calls.sol", "Caller");
    sweep(&era, caller, &data("typedCall(uint256)", &[word(3)]));
    sweep(&era, caller, &data("viaSelf(uint256)", &[word(6)]));
    let arithmetic = deploy(&mut era, "Arithmetic.sol", "Arithmetic");
    let factors = [U256::MAX, U256::MAX - word(9), U256::MAX - word(1)];
    sweep(
        &era,
        arithmetic,
        &data("mulDiv(uint256,uint256,uint256)", &factors),
    );
}

#[test]
fn recursion_is_exact_while_it_fits_and_fails_cleanly_beyond() {
    let mut era = Era::new();
    let control = deploy(&mut era, "Control.sol", "Control");
    let depth = |n: u64| Call::new(control, data("depth(uint256)", &[U256::from(n)]));
    let expected = |n: u64| {
        let mut salts = vec![U256::ONE];
        for k in (1..=n).rev() {
            let salt = salts[salts.len() - 1];
            salts.push(salt.wrapping_mul(U256::from(3)).wrapping_add(U256::from(k)));
        }
        let last = salts[salts.len() - 1];
        (1..=n).fold(last, |result, k| {
            result ^ U256::from(k).wrapping_mul(salts[(n - k) as usize])
        })
    };
    for n in [0, 1, 2, 10, 1_000, 9_000] {
        let effect = era.call(&depth(n)).effect;
        assert!(effect.success, "depth {n} fits");
        assert_eq!(U256::from_be_slice(&effect.data), expected(n), "depth {n}");
    }
    let mut fitted = true;
    for n in (9_000..70_000)
        .step_by(1_500)
        .chain([50_000, 65_535, 65_536, 100_000, 1 << 40])
    {
        let effect = era.call(&depth(n)).effect;
        if effect.success {
            assert!(fitted || n == 50_000, "success above a depth that failed");
            assert_eq!(U256::from_be_slice(&effect.data), expected(n), "depth {n}");
        } else {
            fitted = false;
            assert!(effect.data.is_empty(), "depth {n}");
        }
    }
    assert!(
        !era.call(&depth(100_000)).effect.success,
        "the stack has 65,536 words"
    );
    assert!(
        era.call(&depth(10)).effect.success,
        "the contract still works"
    );
}

#[test]
fn bytecode_does_not_depend_on_the_other_sources() {
    let subject = solc::source("codegen", "Events.sol");
    let others = ["Calls.sol", "Construct.sol"].map(|file| solc::source("codegen", file));
    // The AST ids inside names shift with what is compiled before.
    let first = (
        "AAA.sol".to_owned(),
        "pragma solidity ^0.8.28; contract AAA { uint256 public x; }".to_owned(),
    );
    let build = |sources: &[(String, String)]| {
        let contracts = solc::compile(sources);
        let events = contracts
            .into_iter()
            .find(|contract| contract.name == "Events")
            .expect("is compiled");
        let output = compile("Events", &events.yul, &Options::default()).expect("compiles");
        (events.yul, output.contracts)
    };
    let (yul, alone) = build(core::slice::from_ref(&subject));
    let (_, again) = build(core::slice::from_ref(&subject));
    assert_eq!(alone, again);
    let [calls, construct] = others;
    let (other_yul, among_others) = build(&[first, calls, construct, subject]);
    assert_ne!(
        yul, other_yul,
        "names differ, so the comparison means something"
    );
    assert_eq!(alone, among_others);
}

#[test]
fn endless_loops_end_with_the_ergs() {
    let source = "object \"Loop\" { code { return(0, 0) } object \"Loop_deployed\" { code {
        switch calldataload(0)
        case 0 { for { } 1 { } { } }
        case 1 { for { } 1 { } { sstore(1, 2) } }
        default { mstore(0, 7) return(0, 0x20) }
    } } }";
    let output = compile("Loop", source, &Options::default()).expect("compiles");
    let contract = output.root().expect("has a root");
    let mut era = Era::new();
    let address = era.create(&contract.bytecode, &[], 0).expect("deploys");
    for which in [0_u64, 1, 2] {
        let data = U256::from(which).to_be_bytes::<32>();
        let effect = era.call(&Call::new(address, data).ergs(1_000_000)).effect;
        assert_eq!(effect.success, which == 2, "{effect:?}");
        assert_eq!(effect.data.is_empty(), which != 2);
        assert!(era.slots(address).is_empty());
    }
}
