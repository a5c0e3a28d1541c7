//! What the operator gives back.

use zksync_multivm::{
    VmVersion, interface::L1BatchEnv, utils::derive_base_fee_and_gas_per_pubdata,
};
use zksync_types::{ProtocolVersionId, U256, ceil_div_u256};

/// What the bootloader knows of a transaction when it asks for a refund.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spending {
    pub(super) gas_limit: U256,
    /// Gas left, which the bootloader would refund.
    pub(super) left: U256,
    /// Gas charged for pubdata.
    pub(super) on_pubdata: U256,
    /// Gas charged per byte.
    pub(super) per_byte: U256,
    /// Bytes to be published.
    pub(super) bytes: u32,
}

/// Wei per gas.
pub(super) fn base_fee(batch: &L1BatchEnv, protocol: ProtocolVersionId) -> u64 {
    batch.enforced_base_fee.unwrap_or_else(|| {
        derive_base_fee_and_gas_per_pubdata(batch.fee_input, VmVersion::from(protocol)).0
    })
}

/// Gas to refund, so that the sender pays the fair prices of computation and pubdata and no more.
pub(super) fn refund(spending: Spending, batch: &L1BatchEnv, base_fee: u64) -> u64 {
    if base_fee == 0 {
        return 0;
    }
    let base_fee = U256::from(base_fee);
    let spent = spending.gas_limit - spending.left;
    let on_computation = spent.saturating_sub(spending.on_pubdata);
    // Transactions from L1 may pay less than the fair price of a byte.
    let charged_per_byte = base_fee * spending.per_byte;
    let fair_per_byte = U256::from(batch.fee_input.fair_pubdata_price());
    let fair_fee = on_computation * U256::from(batch.fee_input.fair_l2_gas_price())
        + U256::from(spending.bytes) * charged_per_byte.min(fair_per_byte);
    let prepaid = spending.gas_limit * base_fee;
    ceil_div_u256(prepaid.saturating_sub(fair_fee), base_fee).low_u64()
}

#[cfg(test)]
mod tests {
    use zksync_multivm::interface::L2BlockEnv;
    use zksync_types::{Address, L1BatchNumber, fee_model::BatchFeeInput};

    use super::*;

    fn batch() -> L1BatchEnv {
        L1BatchEnv {
            previous_batch_hash: None,
            number: L1BatchNumber(1),
            timestamp: 1,
            fee_input: BatchFeeInput::pubdata_independent(0, 10, 1_000),
            fee_account: Address::zero(),
            enforced_base_fee: None,
            first_l2_block: L2BlockEnv {
                number: 1,
                timestamp: 1,
                prev_block_hash: Default::default(),
                max_virtual_blocks_to_create: 1,
                interop_roots: Vec::new(),
            },
        }
    }

    fn spending(bytes: u32) -> Spending {
        Spending {
            gas_limit: 10_000.into(),
            left: 4_000.into(),
            on_pubdata: 1_000.into(),
            per_byte: 100.into(),
            bytes,
        }
    }

    #[test]
    fn bytes_that_are_not_published_after_all_are_given_back() {
        // 5,000 gas for computation; a byte costs 100 gas.
        assert_eq!(refund(spending(10), &batch(), 10), 10_000 - 5_000 - 1_000);
        assert_eq!(refund(spending(0), &batch(), 10), 10_000 - 5_000);
    }

    #[test]
    fn a_sender_pays_no_more_than_the_limit_and_nothing_for_free_gas() {
        assert_eq!(refund(spending(1_000), &batch(), 10), 0);
        assert_eq!(refund(spending(0), &batch(), 0), 0);
    }

    #[test]
    fn the_base_fee_is_the_batches_own_if_it_has_one() {
        let protocol = ProtocolVersionId::Version26;
        assert_eq!(base_fee(&batch(), protocol), 10);
        let enforced = L1BatchEnv {
            enforced_base_fee: Some(3),
            ..batch()
        };
        assert_eq!(base_fee(&enforced, protocol), 3);
    }
}
