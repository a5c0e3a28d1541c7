//! What stands in hexadecimal code for the address of a library.

use alloy_primitives::{hex, keccak256};

/// Forty characters that stand for an address.
pub(crate) fn placeholder(library: &str) -> String {
    let hash = hex::encode(keccak256(library));
    format!("__${}$__", &hash[..34])
}
