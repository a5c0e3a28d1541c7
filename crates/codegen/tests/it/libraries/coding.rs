//! Calldata from a signature and Rust values.

use alloy_primitives::keccak256;
use alloy_sol_types::{SolType, SolValue, abi::token::TokenSeq};

/// Calldata of a call. The signature and the tuple of arguments must agree; nothing checks that they do. A `uint8` is written as
/// any wider number, which has the same coding.
pub(crate) fn data<T>(signature: &str, arguments: T) -> Vec<u8>
where
    T: SolValue,
    for<'a> <T::SolType as SolType>::Token<'a>: TokenSeq<'a>,
{
    let mut data = keccak256(signature)[..4].to_vec();
    data.extend(arguments.abi_encode_params());
    data
}
