//! The contracts that genesis adds to the protocol's own: `contracts/devnet` of the repository, compiled with our own compiler.

use crate::{Error, Result};

/// Compiled bytecode that the crate carries.
#[derive(Clone, Copy, Debug)]
pub struct DevnetContract {
    /// Name of the Solidity contract.
    pub name: &'static str,
    /// Its source, relative to the repository's root.
    pub source: &'static str,
    /// EraVM bytecode as hexadecimal digits.
    pub bytecode_hex: &'static str,
}

impl DevnetContract {
    /// The bytecode itself.
    ///
    /// # Errors
    ///
    /// [`Error::Genesis`] when the digits are malformed or do not make whole words.
    pub fn bytecode(&self) -> Result<Vec<u8>> {
        let malformed = |reason: String| Error::Genesis {
            name: self.name,
            reason,
        };
        let bytes =
            hex::decode(self.bytecode_hex.trim()).map_err(|error| malformed(error.to_string()))?;
        zksync_types::bytecode::validate_bytecode(&bytes)
            .map_err(|error| malformed(error.to_string()))?;
        Ok(bytes)
    }
}

/// Keeps the hashes of published bytecodes; lives at 0x8004.
pub(crate) const KNOWN_CODES_STORAGE: DevnetContract = DevnetContract {
    name: "KnownCodesStorage",
    source: "contracts/devnet/KnownCodesStorage.sol",
    bytecode_hex: include_str!("../genesis/known_codes_storage.hex"),
};

/// Lets account validation bound the time; lives at [`TIMESTAMP_ASSERTER`](crate::TIMESTAMP_ASSERTER).
pub(crate) const TIMESTAMP_ASSERTER_CODE: DevnetContract = DevnetContract {
    name: "TimestampAsserter",
    source: "contracts/devnet/TimestampAsserter.sol",
    bytecode_hex: include_str!("../genesis/timestamp_asserter.hex"),
};

/// Deploys at addresses that do not depend on the sender; lives at 0x10000.
pub(crate) const CREATE2_FACTORY: DevnetContract = DevnetContract {
    name: "Create2Factory",
    source: "contracts/devnet/Create2Factory.sol",
    bytecode_hex: include_str!("../genesis/create2_factory.hex"),
};

/// All of them, for a test that compiles the sources again.
pub const DEVNET_CONTRACTS: [DevnetContract; 3] = [
    KNOWN_CODES_STORAGE,
    TIMESTAMP_ASSERTER_CODE,
    CREATE2_FACTORY,
];
