//! Where a script performs its calls and notes their costs.

use std::sync::Arc;

use alloy_primitives::{Address, hex};

use super::figures::{Figures, Kind};
use crate::{
    harness::{
        compiled::{Contracts, contracts_of},
        era::{Call, PLENTY, Receipt},
        pair::{Pair, USERS},
        solc::Ir,
    },
    libraries::FOLDER,
};

/// Two chains, the contracts of a file, and what was measured so far.
pub(super) struct Stage {
    pub(super) pair: Pair,
    pub(super) contracts: Arc<Contracts>,
    pub(super) figures: Figures,
}

impl Stage {
    pub(super) fn new(file: &str, ir: Ir) -> Self {
        Self {
            pair: Pair::new(),
            contracts: contracts_of(FOLDER, file, ir),
            figures: Figures::default(),
        }
    }

    /// Deploys a contract of the file and notes its size.
    pub(super) fn deploy(&mut self, name: &'static str, arguments: &[u8]) -> Contract {
        let contract = &self.contracts[name];
        let address = self
            .pair
            .deploy(contract, arguments)
            .unwrap_or_else(|difference| panic!("{name}: {difference}"))
            .unwrap_or_else(|| panic!("the constructor of {name} fails"));
        let bytes = contract.bytecode.len() as u64;
        self.figures.add(Kind::Bytes, name.to_owned(), bytes);
        Contract {
            name,
            address,
            from: USERS[0],
        }
    }

    /// Performs a call without noting what it costs, and returns its data.
    pub(super) fn prepare(&mut self, contract: &Contract, data: Vec<u8>) -> Vec<u8> {
        self.perform(contract, "preparation", data).effect.data
    }

    /// Measures a call that mostly reads or writes storage, or calls.
    pub(super) fn call(&mut self, contract: &Contract, label: &str, data: Vec<u8>) -> Vec<u8> {
        self.note(Kind::Call, contract, label, data)
    }

    /// Measures a call that mostly computes.
    pub(super) fn compute(&mut self, contract: &Contract, label: &str, data: Vec<u8>) -> Vec<u8> {
        self.note(Kind::Compute, contract, label, data)
    }

    fn note(&mut self, kind: Kind, contract: &Contract, label: &str, data: Vec<u8>) -> Vec<u8> {
        let receipt = self.perform(contract, label, data);
        let ergs = u64::from(receipt.ergs - receipt.decommitment);
        self.figures
            .add(kind, format!("{}: {label}", contract.name), ergs);
        receipt.effect.data
    }

    fn perform(&mut self, contract: &Contract, label: &str, data: Vec<u8>) -> Receipt {
        let call = Call::new(contract.address, data)
            .from(contract.from)
            .ergs(PLENTY);
        let receipt = self
            .pair
            .measure(&call)
            .unwrap_or_else(|difference| panic!("{}: {label}: {difference}", contract.name));
        assert!(
            receipt.effect.success,
            "{}: {label} reverts with {}",
            contract.name,
            hex::encode(&receipt.effect.data)
        );
        receipt
    }
}

/// A deployed contract and who calls it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contract {
    pub(super) name: &'static str,
    pub(super) address: Address,
    pub(super) from: Address,
}

impl Contract {
    /// The same, called by another account.
    pub(super) fn by(&self, from: Address) -> Self {
        Self { from, ..*self }
    }
}
