//! Transactions that tests sign by hand.

use alloy::primitives::{Address, U256};
use alloy_zksync::network::unsigned_tx::eip712::{Eip712Meta, TxEip712};

/// A transaction of type 113 on a chain of the embedded node, with everything but its signature: 20 million gas at most 0.1 gwei each,
/// and the highest price of pubdata.
pub fn draft(from: Address, nonce: U256, to: Address, data: Vec<u8>) -> TxEip712 {
    TxEip712 {
        chain_id: 260,
        nonce,
        gas: 20_000_000,
        max_fee_per_gas: 100_000_000,
        to,
        from,
        input: data.into(),
        eip712_meta: Some(Eip712Meta {
            gas_per_pubdata: U256::from(50_000),
            ..Eip712Meta::default()
        }),
        ..TxEip712::default()
    }
}
