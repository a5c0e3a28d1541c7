//! A broken rule of account validation, with what is known about the place where it was broken.

use std::fmt;

use alloy::primitives::{Address, U256};
use serde::Serialize;
use zksso_trace::{Contracts, Frame, Hashed};
use zksso_vm::TracedCall;
use zksync_types::{KECCAK256_PRECOMPILE_ADDRESS, SYSTEM_CONTEXT_ADDRESS};

use super::RuleViolation;
use crate::{convert, explain};

/// Words in the calldata of the hash of a mapping's key and slot.
const MAPPING_WORDS: usize = 2;

/// A broken rule, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BrokenRule {
    pub(crate) rule: RuleViolation,
    /// Name of the contract that the rule is about.
    pub(crate) contract: Option<String>,
    /// State variable at the slot that was read.
    pub(crate) variable: Option<String>,
    /// The calls that were under way, outermost first, by function where the source is known.
    pub(crate) frames: Vec<RuleFrame>,
}

/// A function in which the rule was broken, or one that called it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RuleFrame {
    /// Whose storage it uses.
    address: Address,
    /// Whose code it runs.
    code: Address,
    /// Name of the contract with that code.
    name: Option<String>,
    #[serde(flatten)]
    place: Option<Frame>,
}

impl From<RuleViolation> for BrokenRule {
    fn from(rule: RuleViolation) -> Self {
        Self {
            rule,
            contract: None,
            variable: None,
            frames: Vec::new(),
        }
    }
}

impl BrokenRule {
    /// Says where a rule was broken: `open` are the calls that were under way, outermost first.
    pub(super) fn explained(
        rule: RuleViolation,
        open: &[TracedCall],
        contracts: &Contracts,
    ) -> Self {
        let innermost = open.last();
        let contract = innermost.and_then(|call| match rule {
            // The innermost call is the one that read.
            RuleViolation::Storage { .. } => explain::label(contracts, call),
            _ => None,
        });
        let variable = innermost.and_then(|call| match rule {
            RuleViolation::Storage { slot, .. } => {
                contracts.variable(convert::to_b256(call.code_hash), slot, &hashes(open))
            }
            _ => None,
        });
        Self {
            rule,
            contract,
            variable,
            frames: open
                .iter()
                .flat_map(|call| frames(call, contracts))
                .collect(),
        }
    }

    /// Why real chains have the rule.
    pub(crate) const fn why(&self) -> &'static str {
        match self.rule {
            RuleViolation::Storage { .. } => {
                "real chains forbid it, because one change of such a slot could make the waiting transactions of many accounts invalid"
            }
            RuleViolation::NoCode { .. } => {
                "real chains forbid it, because code may be deployed there before the transaction is executed; a call of console.log in validation is such a call, too"
            }
            RuleViolation::Context => {
                "real chains forbid it, because it may be different when the transaction is executed"
            }
            RuleViolation::Gas { .. } => {
                "real chains limit it, because nobody pays for a validation that fails"
            }
            RuleViolation::TimeRange => {
                "real chains forbid it, because the time may be over before the transaction is in a block"
            }
        }
    }

    /// What to do instead, where there is one answer.
    fn advice(&self) -> Option<&'static str> {
        let context = convert::to_address(SYSTEM_CONTEXT_ADDRESS);
        match self.rule {
            RuleViolation::Storage { contract, .. } if contract == context => Some(
                "the number and the time of the block are there; for the time, ask the TimestampAsserter",
            ),
            _ => None,
        }
    }
}

impl fmt::Display for BrokenRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.rule)?;
        match (&self.contract, &self.variable) {
            (Some(contract), Some(variable)) => write!(f, " ({variable} of {contract})")?,
            (Some(contract), None) => write!(f, " ({contract})")?,
            (None, _) => {}
        }
        write!(f, "; {}", self.why())?;
        if let Some(advice) = self.advice() {
            write!(f, "; {advice}")?;
        }
        let mut places = self
            .frames
            .iter()
            .rev()
            .filter_map(|frame| frame.place.as_ref());
        if let Some(place) = places.next() {
            write!(f, "; at {place}")?;
        }
        places.try_for_each(|place| write!(f, ", called from {place}"))
    }
}

/// The functions of the source that a call is in, or the call alone.
fn frames(call: &TracedCall, contracts: &Contracts) -> Vec<RuleFrame> {
    let frame = |place| RuleFrame {
        address: convert::to_address(call.to),
        code: convert::to_address(call.code),
        name: explain::label(contracts, call),
        place,
    };
    let trail = &call.trail;
    let hash = convert::to_b256(call.code_hash);
    let places = contracts.frames(hash, &trail.callers, &trail.recent);
    if places.is_empty() {
        return vec![frame(None)];
    }
    places.into_iter().map(Some).map(frame).collect()
}

/// The hashes that the calls computed of a key and a mapping's slot.
fn hashes(calls: &[TracedCall]) -> Vec<Hashed> {
    let mut found = Vec::new();
    for call in calls {
        let words: Vec<[u8; 32]> = call.input.as_chunks().0.to_vec();
        let is_hash = call.code == KECCAK256_PRECOMPILE_ADDRESS && words.len() == MAPPING_WORDS;
        if let (true, Ok(slot)) = (is_hash, <[u8; 32]>::try_from(call.output.as_slice())) {
            found.push(Hashed {
                slot: U256::from_be_bytes(slot),
                key: words[0].into(),
                mapping: U256::from_be_bytes(words[1]),
            });
        }
        found.extend(hashes(&call.calls));
    }
    found
}
