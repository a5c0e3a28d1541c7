//! What the bootloader's memory holds: words with their positions.

use zksync_multivm::interface::{L1BatchEnv, L2BlockEnv, TxExecutionMode};
use zksync_types::{U256, address_to_u256, h256_to_u256, l2::L2Tx};

use super::{encode::encoded, layout};

/// A word and its position.
pub(super) type Entry = (usize, U256);

/// Gas that a transaction may use for computation at most; beyond, it can only pay for pubdata.
const MAX_COMPUTATION: u64 = 80_000_000;

/// Gas for a place in the batch, and per word of the encoding: a transaction pays what is more.
const GAS_PER_PLACE: usize = 10_000;
const GAS_PER_WORD: usize = 10;

/// The first words: who gets the fees, the batch before, time, number, prices, and whether a new batch starts.
pub(super) fn header(batch: &L1BatchEnv, base_fee: u64) -> impl Iterator<Item = Entry> + use<> {
    let before = batch.previous_batch_hash.map(h256_to_u256);
    let words: [U256; 8] = [
        address_to_u256(&batch.fee_account),
        before.unwrap_or_default(),
        batch.timestamp.into(),
        batch.number.0.into(),
        batch.fee_input.fair_pubdata_price().into(),
        batch.fee_input.fair_l2_gas_price().into(),
        base_fee.into(),
        u32::from(before.is_some()).into(),
    ];
    words.into_iter().enumerate()
}

/// Where the next transaction goes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// Transactions before it.
    pub(super) index: usize,
    /// Words that those occupy.
    words: usize,
}

impl Place {
    /// Address of the transaction's encoding, in words.
    pub(super) const fn start(self) -> usize {
        layout::TRANSACTIONS + self.words
    }

    /// What has to be in memory for a transaction here, and the place after it.
    ///
    /// # Panics
    ///
    /// When no space is left.
    pub(super) fn fill(
        self,
        tx: &L2Tx,
        block: &L2BlockEnv,
        mode: TxExecutionMode,
    ) -> (Vec<Entry>, Self) {
        let words = encoded(tx);
        let after = Self {
            index: self.index + 1,
            words: self.words + words.len(),
        };
        assert!(
            after.words <= layout::TRANSACTION_WORDS && after.index <= layout::MAX_TRANSACTIONS,
            "the bootloader's memory has no room for the transaction"
        );
        let overhead = GAS_PER_PLACE.max(GAS_PER_WORD * words.len());
        let trusted = tx.common_data.fee.gas_limit.min(MAX_COMPUTATION.into());
        let description = layout::description(self.index);
        let mut entries = vec![
            (description, task(mode)),
            (description + 1, (32 * self.start()).into()),
            (layout::refund(self.index), U256::zero()),
            (layout::overhead(self.index), overhead.into()),
            (layout::trusted_gas_limit(self.index), trusted),
        ];
        entries.extend(self.block_info(block));
        entries.extend((self.start()..).zip(words));
        (entries, after)
    }

    /// The first transaction starts the block.
    fn block_info(self, block: &L2BlockEnv) -> impl Iterator<Item = Entry> + use<> {
        let virtual_blocks = match self.index {
            0 => block.max_virtual_blocks_to_create,
            _ => 0,
        };
        let words = [
            block.number.into(),
            block.timestamp.into(),
            h256_to_u256(block.prev_block_hash),
            virtual_blocks.into(),
        ];
        (layout::block_info(self.index)..).zip(words)
    }
}

/// Execute, after validation or – first byte 2 – without.
fn task(mode: TxExecutionMode) -> U256 {
    let without_validation = match mode {
        TxExecutionMode::VerifyExecute | TxExecutionMode::EstimateFee => 0_u64,
        TxExecutionMode::EthCall => 2,
    };
    (U256::from(without_validation) << 248) + U256::one()
}
