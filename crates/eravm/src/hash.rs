use alloy_primitives::B256;
use zkevm_opcode_defs::sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Second byte of a versioned hash: what state the deployed contract is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BytecodeStatus {
    /// Constructed, callable.
    #[default]
    Deployed,
    /// Its constructor is running.
    Constructing,
}

/// The versioned hash that identifies a bytecode on chain: 1, 0, the number of 32-byte words (two bytes, big-endian),
/// then the last 28 bytes of the bytecode's SHA-256.
///
/// # Errors
/// [`Error::UnalignedBytecode`], [`Error::EvenWordCount`] or [`Error::TooManyWords`] for a code that cannot be deployed.
pub fn bytecode_hash(bytecode: &[u8]) -> Result<B256> {
    bytecode_hash_with_status(bytecode, BytecodeStatus::Deployed)
}

/// [`bytecode_hash`] with a chosen status byte.
///
/// # Errors
/// As [`bytecode_hash`].
pub fn bytecode_hash_with_status(bytecode: &[u8], status: BytecodeStatus) -> Result<B256> {
    if !bytecode.len().is_multiple_of(32) {
        return Err(Error::UnalignedBytecode(bytecode.len()));
    }
    let words = bytecode.len() / 32;
    let length = u16::try_from(words).map_err(|_| Error::TooManyWords(words))?;
    if length.is_multiple_of(2) {
        return Err(Error::EvenWordCount(words));
    }
    let mut hash: [u8; 32] = Sha256::digest(bytecode).into();
    hash[0] = 1;
    hash[1] = u8::from(status == BytecodeStatus::Constructing);
    hash[2..4].copy_from_slice(&length.to_be_bytes());
    Ok(B256::from(hash))
}
