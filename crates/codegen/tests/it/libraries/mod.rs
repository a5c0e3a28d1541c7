//! What tests of library contracts share: calldata from Rust values, keys that sign, Merkle trees.

pub(crate) mod coding;
pub(crate) mod keys;
pub(crate) mod merkle;

/// Folder of the contracts, under `test/contracts`.
pub(crate) const FOLDER: &str = "codegen/libraries";
