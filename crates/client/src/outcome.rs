//! What became of a transaction.

use alloy::{
    network::ReceiptResponse as _,
    primitives::{Address, B256},
    rpc::types::Log,
    sol_types::SolEvent,
};
use alloy_zksync::network::receipt_response::ReceiptResponse;
use serde::Serialize;
use zksso_core::DecodedError;

use crate::{Error, Result};

/// A transaction that is in a block and succeeded.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Hash of the transaction.
    pub hash: B256,
    /// Number of its block.
    pub block: u64,
    /// Gas charged.
    pub gas_used: u64,
    /// Price of one unit of gas, in wei.
    pub gas_price: u128,
    /// Events.
    pub logs: Vec<Log>,
}

impl Receipt {
    pub(crate) fn new(receipt: &ReceiptResponse) -> Self {
        Self {
            hash: receipt.transaction_hash(),
            block: receipt.block_number().unwrap_or_default(),
            gas_used: receipt.gas_used(),
            gas_price: receipt.effective_gas_price(),
            logs: receipt.logs().to_vec(),
        }
    }

    /// The first event of type `E` that `emitter` emitted.
    pub fn event<E: SolEvent>(&self, emitter: Address) -> Option<E> {
        let mut logs = self.logs.iter().filter(|log| log.address() == emitter);
        logs.find_map(|log| E::decode_log(&log.inner).ok())
            .map(|log| log.data)
    }
}

/// A transaction's fate as data: success and refusal alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Hash of the transaction, if it got into a block.
    pub hash: Option<B256>,
    /// Whether it did what it should.
    pub accepted: bool,
    /// Gas charged; zero if it did not get into a block.
    pub gas_used: u64,
    /// Why not: the decoded revert, or the refusing party's words as [`Outcome::message`] only.
    pub error: Option<DecodedError>,
    /// One line for people, if not accepted.
    pub message: Option<String>,
}

impl Outcome {
    /// Turns refusals into data and keeps other errors errors.
    ///
    /// # Errors
    ///
    /// Whatever is not a refusal, see [`Error::is_refusal`].
    pub fn of(result: Result<Receipt>) -> Result<Self> {
        match result {
            Ok(receipt) => Ok(Self {
                hash: Some(receipt.hash),
                accepted: true,
                gas_used: receipt.gas_used,
                error: None,
                message: None,
            }),
            Err(error) if error.is_refusal() => Ok(Self::refused(&error)),
            Err(error) => Err(error),
        }
    }

    fn refused(error: &Error) -> Self {
        let (hash, gas_used) = match error {
            Error::Reverted { hash, gas_used, .. } => (Some(*hash), *gas_used),
            _ => (None, 0),
        };
        let decoded = error.decoded().cloned();
        let message = decoded
            .as_ref()
            .map_or_else(|| error.to_string(), ToString::to_string);
        Self {
            hash,
            accepted: false,
            gas_used,
            error: decoded,
            message: Some(message),
        }
    }
}
