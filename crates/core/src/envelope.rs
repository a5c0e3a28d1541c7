//! Encodings the account expects around what its modules decode themselves.

use alloy::{
    primitives::{Address, Bytes},
    sol_types::SolValue,
};

/// Signature of a transaction that a validator module judges: `abi.encode(bytes signature, address validator, bytes validatorData)`.
pub fn encode_signature(signature: Bytes, validator: Address, validator_data: Bytes) -> Bytes {
    (signature, validator, validator_data)
        .abi_encode_params()
        .into()
}

/// A module to install at the creation of an account: `abi.encode(address module, bytes initData)`.
pub fn encode_module(module: Address, init_data: Bytes) -> Bytes {
    (module, init_data).abi_encode_params().into()
}
