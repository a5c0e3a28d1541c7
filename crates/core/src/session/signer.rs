//! Session keys of other kinds than secp256k1.

use alloy::{
    primitives::{Address, Bytes, keccak256},
    sol_types::SolValue,
};

/// An ERC-7913 signer: the address of a stateless verifier, followed by a key of the kind that it verifies.
pub fn erc7913_signer(verifier: Address, key: &[u8]) -> Bytes {
    [verifier.as_slice(), key].concat().into()
}

/// The address that stands for an ERC-7913 signer as the signer of a session: the last 20 bytes of `keccak256(abi.encode(bytes))`.
pub fn erc7913_signer_address(verifier_and_key: &Bytes) -> Address {
    Address::from_word(keccak256(verifier_and_key.abi_encode()))
}

/// A signature by an ERC-7913 signer as sessions read it: `abi.encode(bytes verifierAndKey, bytes signature)`.
pub fn erc7913_signature(verifier_and_key: Bytes, signature: Bytes) -> Bytes {
    (verifier_and_key, signature).abi_encode_params().into()
}
