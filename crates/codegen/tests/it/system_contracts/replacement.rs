//! Contracts on compiled system contracts do what they do on the genuine ones.

use alloy_primitives::{Address, keccak256};
use serde_json::Value;

use super::{Chain, USER, reason, word};
use crate::harness::{
    compiled::{Compiled, contracts},
    era::{Call, Era},
    random::Random,
};

/// Calls of each contract.
const CALLS: usize = 60;

/// A call of any function with small words as arguments.
fn any_call(contract: &Compiled, to: Address, random: &mut Random) -> Call {
    let items = contract.abi.as_array().into_iter().flatten();
    let functions: Vec<&Value> = items.filter(|item| item["type"] == "function").collect();
    let function = functions[random.below(functions.len())];
    let inputs = function["inputs"].as_array().expect("inputs are listed");
    let types: Vec<_> = inputs
        .iter()
        .map(|input| input["type"].as_str().expect("inputs have types"))
        .collect();
    let name = function["name"].as_str().expect("functions have names");
    let mut data = keccak256(format!("{name}({})", types.join(",")))[..4].to_vec();
    for _ in 0..4 + inputs.len() {
        data.extend(word(random.below(40) as u64).to_be_bytes::<32>());
    }
    Call::new(to, data)
        .from(USER)
        .value(random.below(2) as u128)
}

/// Deploys on both chains, which must come to the same address.
fn deploy(contract: &Compiled, eras: &mut [Era; 2]) -> Address {
    let words = (0..8).flat_map(|number| word(number).to_be_bytes::<32>());
    let arguments: Vec<u8> = words.collect();
    let [genuine, compiled] = eras.each_mut().map(|era| {
        era.set_balance(USER, 1_000_000);
        for dependency in &contract.dependencies {
            era.publish(dependency);
        }
        era.create(&contract.bytecode, &arguments, 0)
    });
    assert_eq!(genuine, compiled, "{} is deployed", contract.name);
    genuine.unwrap_or_else(|data| panic!("{}: {}", contract.name, reason(&data)))
}

fn live_alike(file: &str, name: &str) {
    let contracts = contracts(file);
    let contract = &contracts[name];
    let mut eras = [Era::new(), Chain::new().era];
    let at = deploy(contract, &mut eras);
    let mut random = Random::new(7);
    let mut successes = 0;
    for _ in 0..CALLS {
        let call = any_call(contract, at, &mut random);
        let [expected, found] = eras.each_mut().map(|era| era.call(&call).effect);
        assert_eq!(expected, found, "{name}");
        assert_eq!(eras[0].slots(at), eras[1].slots(at), "{name}");
        successes += usize::from(found.success);
    }
    assert!(successes > 5, "{name}: {successes}");
}

#[test]
fn callers_and_creators_live_alike() {
    live_alike("Calls.sol", "Caller");
}

#[test]
fn events_are_written_alike() {
    live_alike("Events.sol", "Events");
}

#[test]
fn immutables_are_kept_alike() {
    live_alike("Construct.sol", "Construct");
}

#[test]
fn storage_is_used_alike() {
    live_alike("Store.sol", "Store");
}
