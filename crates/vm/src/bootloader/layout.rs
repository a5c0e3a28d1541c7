//! Where the bootloader keeps what in its memory, in words of 32 bytes, and how it calls the operator.
//!
//! Source: `bootloader.yul` of the system contracts for protocol versions 26 to 28, whose sizes these are.

/// Most transactions of one run of the bootloader.
pub(super) const MAX_TRANSACTIONS: usize = 10_000;

/// Words at the start for the batch, see [`Batch`](super::batch).
const BATCH: usize = 8;
const SCRATCH: usize = 32;
const PAYMASTER_CONTEXT: usize = 33;
const TRANSACTION_HASHES: usize = 2;
/// Calldata that marks a transaction's bytecodes as known.
const FACTORY_DEPENDENCIES: usize = 64 + 4;
const WORDS_PER_BLOCK_INFO: usize = 4;
const COMPRESSED_BYTECODES: usize = 196_608;
const PRIORITY_OPERATIONS: usize = 2;
const PUBDATA: usize = 1_360_000;
const WORDS_PER_DESCRIPTION: usize = 2;
/// Free words for the call of a paymaster's `postTransaction`.
const POST_OPERATION: usize = PAYMASTER_CONTEXT + 7;
/// All words that the protocol uses.
const USED: usize = 63_800_000 / 32;

const REFUNDS: usize =
    BATCH + SCRATCH + PAYMASTER_CONTEXT + TRANSACTION_HASHES + FACTORY_DEPENDENCIES;
const OVERHEADS: usize = REFUNDS + MAX_TRANSACTIONS;
const TRUSTED_GAS_LIMITS: usize = OVERHEADS + MAX_TRANSACTIONS;
const BLOCK_INFOS: usize = TRUSTED_GAS_LIMITS + MAX_TRANSACTIONS;
const DESCRIPTIONS: usize = BLOCK_INFOS
    + (MAX_TRANSACTIONS + 1) * WORDS_PER_BLOCK_INFO
    + COMPRESSED_BYTECODES
    + PRIORITY_OPERATIONS
    + PUBDATA;

/// First word of the encoded transactions, which follow each other.
pub(super) const TRANSACTIONS: usize =
    DESCRIPTIONS + MAX_TRANSACTIONS * WORDS_PER_DESCRIPTION + POST_OPERATION;
const RESULTS: usize = USED - MAX_TRANSACTIONS;

/// Words for encoded transactions: they end where the bootloader's results begin.
pub(super) const TRANSACTION_WORDS: usize = RESULTS - MAX_TRANSACTIONS - TRANSACTIONS;

/// The word by which the bootloader calls the operator: it writes the number of a [`Hook`] there.
pub(super) const HOOK: usize = RESULTS - 1;
const HOOK_PARAMETERS: usize = HOOK - 3;

/// What the operator suggests to refund to a transaction.
pub(super) const fn refund(transaction: usize) -> usize {
    REFUNDS + transaction
}

/// Gas that a transaction pays for its place in the batch.
pub(super) const fn overhead(transaction: usize) -> usize {
    OVERHEADS + transaction
}

/// Gas that the operator lets a transaction use for computation.
pub(super) const fn trusted_gas_limit(transaction: usize) -> usize {
    TRUSTED_GAS_LIMITS + transaction
}

/// The block that a transaction is in: number, timestamp, hash of the block before, virtual blocks to create.
pub(super) const fn block_info(transaction: usize) -> usize {
    BLOCK_INFOS + transaction * WORDS_PER_BLOCK_INFO
}

/// What to do with a transaction, and the address of its encoding.
pub(super) const fn description(transaction: usize) -> usize {
    DESCRIPTIONS + transaction * WORDS_PER_DESCRIPTION
}

/// Whether a transaction succeeded.
pub(super) const fn result(transaction: usize) -> usize {
    RESULTS + transaction
}

/// Parameter of the hook that was just called.
pub(super) const fn hook_parameter(index: usize) -> usize {
    HOOK_PARAMETERS + index
}

/// What the bootloader tells or asks the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hook {
    /// The account's validation or payment begins.
    ValidationEntered,
    /// It has ended, or the paymaster's has.
    ValidationExited,
    /// All validation has ended.
    ValidationStepEnded,
    /// The transaction has ended.
    TransactionEnded,
    /// How much to refund? Parameters: what the bootloader would, gas spent on pubdata, gas per byte of pubdata.
    AskForRefund,
    /// What it refunds.
    NotifyAboutRefund,
    /// Outcome and return data of the transaction.
    Result,
    /// One that needs no answer: a paymaster's validation begins, or a message for debugging.
    Other,
    /// The bootloader closes the batch, because no transaction is left.
    BatchEnds,
}

impl From<u32> for Hook {
    fn from(number: u32) -> Self {
        match number {
            0 => Self::ValidationEntered,
            2 => Self::ValidationExited,
            3 => Self::ValidationStepEnded,
            4 => Self::TransactionEnded,
            8 => Self::AskForRefund,
            9 => Self::NotifyAboutRefund,
            10 => Self::Result,
            11 | 12 => Self::BatchEnds,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use zksync_multivm::vm_latest::constants::get_vm_hook_start_position_latest;

    use super::*;

    /// The only address of the layout that the VM crate shows; it follows from the memory's size.
    #[test]
    fn hook_parameters_are_where_the_vm_crate_puts_them() {
        // The VM crate answers for the memory of protocol version 25, of the same size.
        let theirs = get_vm_hook_start_position_latest() as usize;
        assert_eq!(hook_parameter(0), theirs);
    }
}
