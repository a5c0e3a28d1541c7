//! One sequence of calls on fresh chains.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::{Address, U256, hex};
use alloy_sol_types::{SolType, SolValue, abi::token::TokenSeq};

use crate::{
    harness::{
        abi::{Function, functions},
        compiled::Contracts,
        era::{Call, word},
        pair::{Pair, USERS},
        random::{Generator, Random},
    },
    libraries::coding::data,
};

/// How often the function of a contract, `Contract.name(type,..)`, succeeded. Functions of deployed contracts are in it from the
/// start.
pub(super) type Successes = BTreeMap<String, usize>;

/// Functions whose loops run until the gas is used up if a random argument says so.
const ENDLESS: [&str; 12] = [
    "churn(uint256,uint256)",
    "curve(uint256)",
    "fibonacci(uint256)",
    "growth(uint256,uint256)",
    "hashChain(bytes32,uint256)",
    "matrix(uint256)",
    "narrow(int64,uint256)",
    "primes(uint256)",
    "roots(uint256,uint256)",
    "roundTrips(uint256,uint256)",
    "sortMade(uint256,uint256)",
    "sum(uint32,uint32)",
];

/// Arguments of a call: a tuple.
pub(super) trait Arguments: SolValue {
    fn data(self, signature: &str) -> Vec<u8>;
}

impl<T> Arguments for T
where
    T: SolValue,
    for<'a> <T::SolType as SolType>::Token<'a>: TokenSeq<'a>,
{
    fn data(self, signature: &str) -> Vec<u8> {
        data(signature, self)
    }
}

/// A deployed contract.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contract {
    name: &'static str,
    pub(super) address: Address,
}

/// Chains, contracts and choices of a sequence. Whatever is called is compared between the machines.
pub(super) struct Session<'a> {
    pub(super) pair: Pair,
    pub(super) random: Random,
    contracts: Arc<Contracts>,
    deployed: Vec<(Contract, Vec<Function>)>,
    successes: &'a mut Successes,
    history: Vec<String>,
    last: Option<(Contract, String, Call)>,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        contracts: Arc<Contracts>,
        random: Random,
        successes: &'a mut Successes,
    ) -> Self {
        Self {
            pair: Pair::new(),
            random,
            contracts,
            deployed: Vec::new(),
            successes,
            history: Vec::new(),
            last: None,
        }
    }

    pub(super) fn deploy(&mut self, name: &'static str, arguments: &[Address]) -> Contract {
        let code = &self.contracts[name];
        let arguments: Vec<u8> = arguments
            .iter()
            .flat_map(|address| word(*address).to_be_bytes::<32>())
            .collect();
        let address = self
            .pair
            .deploy(code, &arguments)
            .unwrap_or_else(|difference| panic!("{name} deployed: {difference}"))
            .unwrap_or_else(|| panic!("the constructor of {name} fails"));
        let functions = functions(&code.abi);
        for function in &functions {
            let key = format!("{name}.{}", function.signature);
            self.successes.entry(key).or_default();
        }
        let contract = Contract { name, address };
        self.deployed.push((contract, functions));
        contract
    }

    /// One of the accounts that call.
    pub(super) fn user(&mut self) -> Address {
        *self.random.pick(&USERS)
    }

    /// A number below a bound, which is small.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.random.below(bound)
    }

    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.random.one_in(n)
    }

    /// One of some texts.
    pub(super) fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.random.below(texts.len())]
    }

    /// Nothing, everything, or any number between.
    pub(super) fn part_of(&mut self, whole: U256) -> U256 {
        match self.random.below(6) {
            0 => U256::ZERO,
            1 => whole,
            _ if whole == U256::MAX => self.random.word(),
            _ => self.random.word() % (whole + U256::ONE),
        }
    }

    /// A call that must succeed; its return data.
    pub(super) fn must<T: Arguments>(
        &mut self,
        from: Address,
        to: Contract,
        signature: &str,
        arguments: T,
    ) -> Vec<u8> {
        let (success, returned) = self.perform(from, to, signature, arguments.data(signature));
        assert!(
            success,
            "fails with {}:\n{}",
            hex::encode(returned),
            self.history.join("\n")
        );
        returned
    }

    /// A call that must fail.
    pub(super) fn fails<T: Arguments>(
        &mut self,
        from: Address,
        to: Contract,
        signature: &str,
        arguments: T,
    ) {
        let (success, _) = self.perform(from, to, signature, arguments.data(signature));
        assert!(!success, "succeeds:\n{}", self.history.join("\n"));
    }

    /// A call that must succeed if and only if it is said so.
    pub(super) fn depends<T: Arguments>(
        &mut self,
        succeeds: bool,
        from: Address,
        to: Contract,
        signature: &str,
        arguments: T,
    ) {
        if succeeds {
            self.must(from, to, signature, arguments);
        } else {
            self.fails(from, to, signature, arguments);
        }
    }

    /// A call that may fail; its return data if it does not.
    pub(super) fn may<T: Arguments>(
        &mut self,
        from: Address,
        to: Contract,
        signature: &str,
        arguments: T,
    ) -> Option<Vec<u8>> {
        let (success, returned) = self.perform(from, to, signature, arguments.data(signature));
        success.then_some(returned)
    }

    /// The first word that a function returns, which must not fail.
    pub(super) fn read<T: Arguments>(
        &mut self,
        from: Contract,
        signature: &str,
        arguments: T,
    ) -> U256 {
        let returned = self.must(USERS[0], from, signature, arguments);
        U256::from_be_slice(&returned[..32])
    }

    /// Some function that leaves the state alone, with random arguments.
    pub(super) fn look(&mut self) {
        let index = self.random.below(self.deployed.len());
        let (contract, functions) = &self.deployed[index];
        let ends = |function: &&Function| !ENDLESS.contains(&&*function.signature);
        let views: Vec<&Function> = functions
            .iter()
            .filter(|function| function.view)
            .filter(ends)
            .collect();
        if views.is_empty() {
            return;
        }
        let function = (*self.random.pick(&views)).clone();
        self.call_randomly(*contract, &function);
    }

    /// Every function that leaves the state alone, with random arguments.
    pub(super) fn look_everywhere(&mut self) {
        for (contract, functions) in self.deployed.clone() {
            for function in functions {
                if function.view && !ENDLESS.contains(&&*function.signature) {
                    self.call_randomly(contract, &function);
                }
            }
        }
    }

    fn call_randomly(&mut self, contract: Contract, function: &Function) {
        let deployed = self.deployed.iter().map(|(contract, _)| contract.address);
        let addresses: Vec<Address> = USERS.into_iter().chain(deployed).collect();
        let mut generator = Generator {
            random: &mut self.random,
            addresses: &addresses,
            dirt: 60,
        };
        let mut data = function.selector.to_vec();
        data.extend(generator.encode(&function.inputs));
        generator.mutate(&mut data);
        let from = self.user();
        self.perform(from, contract, &function.signature, data);
    }

    /// The last call again, with something wrong in its calldata.
    pub(super) fn spoil(&mut self) {
        let Some((contract, signature, call)) = self.last.clone() else {
            return;
        };
        if ENDLESS.contains(&&*signature) {
            return;
        }
        let mut data = call.data;
        let mut generator = Generator {
            random: &mut self.random,
            addresses: &USERS,
            dirt: 1,
        };
        // Most attempts leave the data as it is.
        for _ in 0..8 {
            generator.mutate(&mut data);
        }
        self.perform(call.from, contract, &signature, data);
    }

    /// Counts a call that another contract made.
    pub(super) fn count(&mut self, contract: Contract, signature: &str) {
        let name = format!("{}.{signature}", contract.name);
        *self.successes.get_mut(&name).expect("it exists") += 1;
    }

    fn perform(
        &mut self,
        from: Address,
        to: Contract,
        signature: &str,
        data: Vec<u8>,
    ) -> (bool, Vec<u8>) {
        let name = format!("{}.{signature}", to.name);
        self.history
            .push(format!("{name} from {from} data {}", hex::encode(&data)));
        let call = Call::new(to.address, data).from(from);
        let effect = self
            .pair
            .call(&call)
            .unwrap_or_else(|difference| panic!("{}\n{difference}", self.history.join("\n")));
        let successes = self
            .successes
            .get_mut(&name)
            .unwrap_or_else(|| panic!("{name} does not exist"));
        *successes += usize::from(effect.success);
        self.last = Some((to, signature.to_owned(), call));
        (effect.success, effect.data)
    }
}
