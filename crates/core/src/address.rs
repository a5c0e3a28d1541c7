//! Addresses of contracts that do not exist yet, and the bytecode hashes they depend on.

use alloy::{
    primitives::{Address, B256, Bytes, U256, b256, keccak256},
    sol_types::SolValue,
};
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// `keccak256("zksyncCreate2")`.
const CREATE2_PREFIX: B256 =
    b256!("2020dba91b30cc0006188af794c2fb30dd8520db7e2c088b7fc7c103c00ca494");

/// First two bytes of every EraVM bytecode hash: format version 1, constructed.
const BYTECODE_HASH_VERSION: [u8; 2] = [1, 0];

const WORD: usize = 32;

/// The address that `sender` gives a contract through the system deployer's `create2`.
///
/// `input` is the ABI-encoded constructor argument list.
pub fn create2_address(sender: Address, salt: B256, bytecode_hash: B256, input: &[u8]) -> Address {
    let parts = [
        CREATE2_PREFIX,
        sender.into_word(),
        salt,
        bytecode_hash,
        keccak256(input),
    ];
    Address::from_word(keccak256(parts.concat()))
}

/// The hash by which EraVM knows a bytecode: version, length in words, and the last 28 bytes of its SHA-256.
///
/// # Errors
///
/// [`Error::Bytecode`] unless the length is an odd number of words and fits 16 bits.
pub fn bytecode_hash(bytecode: &[u8]) -> Result<B256> {
    let length = bytecode.len();
    let words = u16::try_from(length / WORD).ok();
    let words = words.filter(|words| length.is_multiple_of(WORD) && words % 2 == 1);
    let words = words.ok_or(Error::Bytecode { length })?;
    let mut hash: [u8; WORD] = Sha256::digest(bytecode).into();
    hash[..2].copy_from_slice(&BYTECODE_HASH_VERSION);
    hash[2..4].copy_from_slice(&words.to_be_bytes());
    Ok(hash.into())
}

/// Salt under which `AAFactory.deployAccount` creates an account; it commits to who can sign first.
///
/// `modules` are the items of [`encode_module`](crate::encode_module), `owners` the secp256k1 owners.
pub fn account_salt(modules: &[Bytes], owners: &[Address], index: U256) -> B256 {
    let init = (modules.to_vec(), owners.to_vec()).abi_encode_params();
    keccak256((index, keccak256(init)).abi_encode_params())
}

/// Address of the account that `AAFactory.deployAccount(modules, owners, index)` creates.
///
/// `proxy_hash` and `implementation` are the factory's `proxyBytecodeHash` and `accountImplementation`.
pub fn account_address(
    factory: Address,
    proxy_hash: B256,
    implementation: Address,
    salt: B256,
) -> Address {
    create2_address(factory, salt, proxy_hash, &implementation.abi_encode())
}
