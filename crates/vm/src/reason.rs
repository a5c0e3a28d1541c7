//! Why the machine stopped a transaction.

use zksync_multivm::interface::{Halt, VmRevertReason, tracer::ViolatedValidationRule};

/// A transaction that was not executed.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// Account validation broke one of the protocol's rules.
    Rule(ViolatedValidationRule),
    /// A step before execution failed.
    Failed {
        /// The step, as the start of a sentence.
        step: &'static str,
        /// What the bootloader says, when it is not plain revert data.
        message: String,
        /// Revert data of the contract that failed; empty when it gave none.
        data: Vec<u8>,
    },
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        let (step, reason) = match halt {
            Halt::ValidationFailed(reason) => ("account validation", reason),
            Halt::PaymasterValidationFailed(reason) => ("paymaster validation", reason),
            Halt::PrePaymasterPreparationFailed(reason) => ("paymaster preparation", reason),
            Halt::PayForTxFailed(reason) => ("fee payment", reason),
            Halt::FailedToChargeFee(reason) => ("fee payment", reason),
            Halt::FailedToMarkFactoryDependencies(reason) => ("bytecode publication", reason),
            Halt::Unknown(reason) => ("the bootloader", reason),
            other @ (Halt::FromIsNotAnAccount
            | Halt::InnerTxError
            | Halt::UnexpectedVMBehavior(_)
            | Halt::BootloaderOutOfGas
            | Halt::ValidationOutOfGas
            | Halt::TooBigGasLimit
            | Halt::NotEnoughGasProvided
            | Halt::MissingInvocationLimitReached
            | Halt::FailedToSetL2Block(_)
            | Halt::FailedToAppendTransactionToL2Block(_)
            | Halt::VMPanic
            | Halt::TracerCustom(_)
            | Halt::FailedToPublishCompressedBytecodes
            | Halt::FailedBlockTimestampAssertion) => {
                return Self::Failed {
                    step: "the transaction",
                    message: other.to_string(),
                    data: Vec::new(),
                };
            }
        };
        Self::Failed {
            step,
            message: message(&reason),
            data: revert_data(&reason),
        }
    }
}

fn message(reason: &VmRevertReason) -> String {
    match reason {
        VmRevertReason::General { msg, .. } => msg.clone(),
        VmRevertReason::Unknown { .. } => String::new(),
        other => other.to_string(),
    }
}

/// The bytes a contract reverted with. The VM crate drops the first four of them when they announce a string that is not there.
pub fn revert_data(reason: &VmRevertReason) -> Vec<u8> {
    match reason {
        VmRevertReason::Unknown {
            function_selector,
            data,
        } if !data.starts_with(function_selector) => [&function_selector[..], data].concat(),
        other => other.encoded_data(),
    }
}
