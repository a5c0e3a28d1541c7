//! Bytecode of the protocol's system contracts, taken from the virtual machine's own package.
//!
//! The build script reads the two VM dumps inside `zksync_multivm` and embeds what they hold, after checking each bytecode against its
//! hash. Neither dump has `KnownCodesStorage` (0x8004), `L1Messenger` (0x8008) or `Compressor` (0x800e): whoever boots a chain from
//! these contracts supplies the first and does without the others.

use alloy_primitives::{Address, B256, address, b256};

/// A contract that genesis places at a fixed address.
#[derive(Clone, Copy, Debug)]
pub struct SystemContract {
    /// Where the contract lives.
    pub address: Address,
    /// Versioned bytecode hash, as `AccountCodeStorage` stores it.
    pub hash: B256,
    /// EraVM bytecode, an odd number of 32-byte words.
    pub bytecode: &'static [u8],
}

/// Which of the two bootloaders the dumps hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bootloader {
    /// The proved one, for transactions and `eth_call`.
    Execute,
    /// The one for fee estimation, which tolerates failing signature checks.
    Estimate,
}

static SYSTEM_CONTRACTS: &[SystemContract] = include!(concat!(env!("OUT_DIR"), "/table.rs"));

/// Contracts of the kernel and the precompile wrappers. `EmptyContract` appears
/// twice: at the zero address and at the bootloader's.
pub fn system_contracts() -> &'static [SystemContract] {
    SYSTEM_CONTRACTS
}

/// Bytecode that runs at every address without code of its own.
pub fn default_account() -> &'static [u8] {
    include_bytes!(concat!(env!("OUT_DIR"), "/default_account.bin"))
}

/// Bytecode of the requested bootloader.
pub fn bootloader(kind: Bootloader) -> &'static [u8] {
    match kind {
        Bootloader::Execute => include_bytes!(concat!(env!("OUT_DIR"), "/bootloader_execute.bin")),
        Bootloader::Estimate => {
            include_bytes!(concat!(env!("OUT_DIR"), "/bootloader_estimate.bin"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dumps_hold_the_sizes_the_protocol_documents() {
        assert_eq!(bootloader(Bootloader::Execute).len(), 74_208);
        assert_eq!(bootloader(Bootloader::Estimate).len(), 74_016);
        assert_eq!(default_account().len(), 41_312);
        assert_eq!(system_contracts().len(), 15);
    }

    #[test]
    fn every_bytecode_is_an_odd_number_of_words() {
        for contract in system_contracts() {
            assert_eq!(contract.bytecode.len() % 64, 32, "{}", contract.address);
        }
    }

    #[test]
    fn empty_contract_serves_the_zero_address_and_the_bootloader() {
        let hash = |address| {
            system_contracts()
                .iter()
                .find(|contract| contract.address == address)
                .map(|contract| contract.hash)
        };
        let bootloader = hash(address!("0000000000000000000000000000000000008001"));
        assert!(bootloader.is_some());
        assert_eq!(hash(Address::ZERO), bootloader);
    }
}
