//! What the contract keeps about a session.

use alloy::primitives::U256;
use serde::{Deserialize, Serialize};

use super::Session;
use crate::{Error, Result};

/// Where the fields of a session's head start, in bits.
const STATUS_SHIFT: usize = 248;
const PERIOD_SHIFT: usize = 128;
const EPOCH_SHIFT: usize = 192;

/// Life cycle of a session; the discriminants are the contract's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum Status {
    /// Never opened.
    #[default]
    NotInitialized = 0,
    /// Open. An expired session stays so.
    Active = 1,
    /// Revoked, for good.
    Closed = 2,
}

impl TryFrom<u8> for Status {
    type Error = Error;

    fn try_from(value: u8) -> Result<Self> {
        match value {
            0 => Ok(Self::NotInitialized),
            1 => Ok(Self::Active),
            2 => Ok(Self::Closed),
            other => Err(Error::Status(other)),
        }
    }
}

/// What the contract keeps about a session, `SessionKeyValidator.sessionRecord`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionRecord {
    /// Life cycle state.
    pub status: Status,
    /// Status (8 bits), epoch of creation (56), period of the fee limit (64), fees used (128), from the top.
    pub head: U256,
    /// Use of each limit, in this order: with options, all uses together, uses of each limited transfer policy, uses of each
    /// limited call policy, token budgets; then value limits of the transfer policies; then for each call policy its value
    /// limit and its constraints. Of a lifetime limit it is the sum, of an allowance the period (64 bits) and the sum in it (192).
    pub trackers: Vec<U256>,
}

impl SessionRecord {
    /// The record of a session that was just opened, of which nothing is used; `epoch` counts how often the account revoked all.
    pub fn opened(session: &Session, epoch: u64) -> Self {
        let status = U256::from(Status::Active as u8) << STATUS_SHIFT;
        Self {
            status: Status::Active,
            head: status | U256::from(epoch) << EPOCH_SHIFT,
            trackers: vec![U256::ZERO; session.trackers()],
        }
    }

    /// Period in which fees were used, and their sum in wei.
    pub fn fees(&self) -> (u64, U256) {
        let period = (self.head >> PERIOD_SHIFT) & U256::from(u64::MAX);
        (period.saturating_to(), self.head & U256::from(u128::MAX))
    }

    pub(super) fn set_fees(&mut self, period: u64, used: U256) {
        let rest = (self.head >> EPOCH_SHIFT) << EPOCH_SHIFT;
        self.head = rest | U256::from(period) << PERIOD_SHIFT | used;
    }
}
