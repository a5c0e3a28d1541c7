//! Conversions between alloy's primitive types, which the public API speaks, and the VM crates' own.

use alloy::primitives as alloy;
use zksync_types::{Address, H256, U256};

pub(crate) fn h160(address: alloy::Address) -> Address {
    Address::from(address.into_array())
}

pub(crate) fn h256(word: alloy::B256) -> H256 {
    H256(word.0)
}

pub(crate) fn u256(number: alloy::U256) -> U256 {
    U256::from_big_endian(&number.to_be_bytes::<32>())
}

pub(crate) fn to_address(address: Address) -> alloy::Address {
    alloy::Address::from(address.to_fixed_bytes())
}

pub(crate) fn to_b256(word: H256) -> alloy::B256 {
    alloy::B256::from(word.0)
}

pub(crate) fn to_u256(number: U256) -> alloy::U256 {
    let mut bytes = [0; 32];
    number.to_big_endian(&mut bytes);
    alloy::U256::from_be_bytes(bytes)
}
