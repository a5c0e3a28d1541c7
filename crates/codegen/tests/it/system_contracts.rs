//! The protocol's own contracts, compiled by our compiler, in the places of the genuine ones.
//!
//! Their sources are those of the last npm release that holds any (`test/system-contracts`); the root package ships interfaces and
//! libraries only. They are of an earlier protocol than the machine, and the one thing they do not share with it is the layout of
//! Keccak's input, so that hash function stays the genuine one.
//!
//! What these tests do not show is the bootloader: it is a part of the machine's release and not of the package. Its calls are made
//! in its name.

use alloy_primitives::{Address, U256, address, hex, keccak256};
use alloy_sol_types::{Revert, SolCall, SolError};

use crate::harness::era::{BOOTLOADER, Call, DEPLOYER, Era, Receipt};

mod accounts;
mod codes;
mod context;
mod deployer;
mod devnet;
mod hashes;
mod interfaces;
mod nonces;
mod precompiles;
mod replacement;
mod sources;
mod tokens;

const USER: Address = address!("2222222222222222222222222222222222222222");
const OTHER: Address = address!("3333333333333333333333333333333333333333");
const NONCES: Address = address!("0000000000000000000000000000000000008003");
const IMMUTABLES: Address = address!("0000000000000000000000000000000000008005");
const MESSENGER: Address = address!("0000000000000000000000000000000000008008");
const UTILITIES: Address = address!("000000000000000000000000000000000000800c");
const EVENT_WRITER: Address = address!("000000000000000000000000000000000000800d");
const COMPRESSOR: Address = address!("000000000000000000000000000000000000800e");

/// What functions for system calls say to others.
const FLAG: &str = "This method requires the system call flag";

/// A chain of compiled system contracts, and the receipt of the last call.
struct Chain {
    era: Era,
    receipt: Option<Receipt>,
}

impl Chain {
    fn new() -> Self {
        let mut era = Era::new();
        sources::install(&mut era);
        era.set_balance(USER, 1_000_000);
        Self { era, receipt: None }
    }

    /// Makes a call; what it returns, or why it failed: the text of `Error(string)`, or the data in hexadecimal.
    fn make<C: SolCall>(&mut self, call: Call, _: &C) -> Result<C::Return, String> {
        let receipt = self.era.call(&call);
        let effect = receipt.effect.clone();
        self.receipt = Some(receipt);
        match effect.success {
            true => Ok(C::abi_decode_returns(&effect.data)
                .unwrap_or_else(|error| panic!("{}: {error}", C::SIGNATURE))),
            false => Err(reason(&effect.data)),
        }
    }

    fn ask<C: SolCall>(
        &mut self,
        from: Address,
        to: Address,
        call: &C,
    ) -> Result<C::Return, String> {
        self.make(Call::new(to, call.abi_encode()).from(from), call)
    }

    /// The same with the system bit.
    fn system<C: SolCall>(
        &mut self,
        from: Address,
        to: Address,
        call: &C,
    ) -> Result<C::Return, String> {
        self.make(Call::new(to, call.abi_encode()).from(from).system(), call)
    }

    /// The same from the bootloader.
    fn boot<C: SolCall>(&mut self, to: Address, call: &C) -> Result<C::Return, String> {
        self.ask(BOOTLOADER, to, call)
    }

    fn receipt(&self) -> &Receipt {
        self.receipt.as_ref().expect("there was a call")
    }

    /// Events of the last call.
    fn logs(&self) -> Vec<crate::harness::Log> {
        crate::harness::era::logs(&self.receipt().records)
    }

    /// Puts a program of ours at an address.
    fn place(&mut self, at: Address, yul: &str) {
        self.era.place(at, &sources::compile_yul(yul));
    }
}

/// Outcomes that should be failures.
trait Refused {
    /// Why it failed.
    fn refused(self) -> String;
}

impl<T> Refused for Result<T, String> {
    fn refused(self) -> String {
        match self {
            Ok(_) => panic!("what should be refused is not"),
            Err(reason) => reason,
        }
    }
}

fn reason(data: &[u8]) -> String {
    Revert::abi_decode(data).map_or_else(|_| hex::encode(data), |revert| revert.reason)
}

fn word(number: u64) -> U256 {
    U256::from(number)
}

/// What the package's address formulas give.
fn hashed_address(parts: &[&[u8]]) -> Address {
    Address::from_word(keccak256(parts.concat()))
}

#[test]
fn every_contract_of_the_package_is_in_place() {
    let chain = Chain::new();
    let genuine = Era::new();
    for (name, at) in sources::PLACES {
        let key = crate::harness::era::word(*at);
        let codes = crate::harness::era::ACCOUNT_CODES;
        assert!(chain.era.has_code(*at), "{name}");
        assert_ne!(
            chain.era.storage(codes, key),
            genuine.storage(codes, key),
            "{name}"
        );
    }
    assert!(chain.era.has_code(DEPLOYER));
}
