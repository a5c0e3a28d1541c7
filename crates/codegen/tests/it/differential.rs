//! Random calls and sequences of calls: solc's EVM bytecode on revm and our bytecode on EraVM agree on status, return and
//! revert data, logs, storage and balances.
//!
//! What this does not show: gas (both sides have plenty), addresses of contracts made by contracts (their counterparts are matched
//! up), and whatever solc's optimiser removed before we saw it.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256, hex, keccak256};
use serde_json::Value;

use crate::harness::{
    abi::{Function, constructor, functions},
    compiled::{Compiled, contracts},
    era::Call,
    pair::{Pair, USERS},
    random::{Generator, Random},
};

/// Calls per contract. `ZKSSO_DIFFERENTIAL_CALLS` overrides it, for long runs.
const CALLS: usize = 2_500;

/// Calls before a contract is deployed afresh.
const SEQUENCE: usize = 50;

fn calls() -> usize {
    std::env::var("ZKSSO_DIFFERENTIAL_CALLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(CALLS)
}

/// Functions with outcomes that are the machine's and not the program's: how deep the stack is, and with which data the creation of
/// a contract that exists already fails (`createSalted` calls the second and drops the data).
const EXCLUDED: [&str; 2] = ["depth", "makeSalted"];

fn callable(abi: &Value) -> Vec<Function> {
    let mut functions = functions(abi);
    functions.retain(|function| !EXCLUDED.contains(&&*function.name));
    functions
}

/// Drives one contract.
struct Run<'a> {
    contract: &'a Compiled,
    functions: Vec<Function>,
    random: Random,
    addresses: Vec<Address>,
    successes: BTreeMap<String, usize>,
}

impl Run<'_> {
    fn deploy(&mut self, pair: &mut Pair) -> Option<Address> {
        let kind = constructor(&self.contract.abi);
        let (addresses, random) = (&self.addresses, &mut self.random);
        let mut arguments = Generator {
            random,
            addresses,
            dirt: 30,
        }
        .encode(&kind);
        if !arguments.is_empty() && self.random.one_in(10) {
            arguments.truncate(self.random.below(arguments.len()));
        }
        let address = pair
            .deploy(self.contract, &arguments)
            .unwrap_or_else(|difference| {
                panic!(
                    "{} deployed with {}: {difference}",
                    self.contract.name,
                    hex::encode(&arguments)
                );
            })?;
        pair.fund(address, 1_000_000);
        Some(address)
    }

    fn random_call(&mut self, to: Address) -> (String, Call) {
        let function = &self.functions[self.random.below(self.functions.len())];
        let (addresses, random) = (&self.addresses, &mut self.random);
        let mut generator = Generator {
            random,
            addresses,
            dirt: 40,
        };
        let mut data = function.selector.to_vec();
        data.extend(generator.encode(&function.inputs));
        generator.mutate(&mut data);
        let pays = self.random.one_in(if function.payable { 2 } else { 30 });
        let value = if pays {
            1 + self.random.below(5_000) as u128
        } else {
            0
        };
        (
            function.name.clone(),
            Call::new(to, data)
                .from(*self.random.pick(&USERS))
                .value(value),
        )
    }

    fn sequence(&mut self, length: usize) {
        let mut pair = Pair::new();
        let Some(address) = self.deploy(&mut pair) else {
            return;
        };
        self.addresses = [&USERS[..], &[address]].concat();
        let mut history = Vec::new();
        for _ in 0..length {
            let (name, call) = self.random_call(address);
            history.push(format!(
                "{name} from {} value {} data {}",
                call.from,
                call.value,
                hex::encode(&call.data)
            ));
            match pair.call(&call) {
                Ok(effect) => {
                    *self.successes.entry(name).or_default() += usize::from(effect.success)
                }
                Err(difference) => {
                    panic!(
                        "{}:\n{}\n{difference}",
                        self.contract.name,
                        history.join("\n")
                    );
                }
            }
        }
    }
}

fn agree(file: &str, name: &str) {
    let contracts = contracts(file);
    let contract = contracts
        .get(name)
        .unwrap_or_else(|| panic!("no contract {name}"));
    let mut run = Run {
        contract,
        functions: callable(&contract.abi),
        random: Random::new(U256::from_be_bytes(keccak256(name).0).as_limbs()[0]),
        addresses: USERS.to_vec(),
        successes: BTreeMap::new(),
    };
    for _ in 0..calls().div_ceil(SEQUENCE) {
        run.sequence(SEQUENCE);
    }
    let idle: Vec<_> = run
        .functions
        .iter()
        .filter(|f| !run.successes.contains_key(&f.name))
        .map(|f| &f.name)
        .collect();
    assert!(idle.is_empty(), "never called: {idle:?}");
    let failing: Vec<_> = run
        .successes
        .iter()
        .filter(|(_, successes)| **successes == 0)
        .collect();
    // These fail whatever they are given, or succeed for next to no random argument.
    let hopeless = [
        "bubbled",
        "decodesReturned",
        "failWith",
        "noCodeTyped",
        "pushAndFail",
        "slice",
        "typedReturn",
    ];
    assert!(
        failing.iter().all(|(name, _)| hopeless.contains(&&***name)),
        "never succeeds: {failing:?}"
    );
}

macro_rules! agreement {
    ($($test:ident => $file:literal $contract:literal;)*) => {
        $(#[test]
        fn $test() {
            agree($file, $contract);
        })*
    };
}

agreement! {
    arithmetic_agrees => "Arithmetic.sol" "Arithmetic";
    memory_agrees => "Memory.sol" "Memory";
    abi_coding_agrees => "Coding.sol" "Coding";
    storage_agrees => "Store.sol" "Store";
    events_agree => "Events.sol" "Events";
    failures_agree => "Errors.sol" "Errors";
    calls_and_creations_agree => "Calls.sol" "Caller";
    constructors_and_immutables_agree => "Construct.sol" "Construct";
    control_flow_agrees => "Control.sol" "Control";
}
