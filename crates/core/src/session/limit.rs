//! Limits: how much, and over which time.

use alloy::primitives::U256;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zksso_bindings::UsageLimit;

use super::{Seconds, amount};
use crate::{Error, Result};

/// Shortest period of an allowance, in seconds.
///
/// Nodes refuse to validate in the last minute of an asserted time range; this leaves at least a minute of use in each period.
pub const MIN_PERIOD: u64 = 120;

/// Highest limit of an allowance, in bits: the contract packs the rest of the word with the period.
const ALLOWANCE_BITS: usize = 192;

/// How a limit counts; the discriminants are the contract's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum LimitType {
    /// Nothing is counted.
    Unlimited = 0,
    /// Counted over the life of the session.
    Lifetime = 1,
    /// Counted anew in every period.
    Allowance = 2,
}

impl TryFrom<u8> for LimitType {
    type Error = Error;

    fn try_from(value: u8) -> Result<Self> {
        match value {
            0 => Ok(Self::Unlimited),
            1 => Ok(Self::Lifetime),
            2 => Ok(Self::Allowance),
            other => Err(Error::LimitType(other)),
        }
    }
}

/// A limit on a value, a fee or an argument, in the unit of what it limits (wei, token units).
///
/// In JSON any of: a number or decimal text (lifetime); `{limit, period?}` (allowance when `period` is there);
/// `{limitType: "unlimited" | "lifetime" | "allowance", limit, period}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// No limit.
    Unlimited,
    /// At most this much over the life of the session.
    Lifetime(U256),
    /// At most `limit` in each period `floor(time / period)`.
    Allowance {
        /// Largest total of one period.
        limit: U256,
        /// Length of a period.
        period: Seconds,
    },
}

impl Limit {
    /// A lifetime limit.
    pub fn lifetime(limit: impl Into<U256>) -> Self {
        Self::Lifetime(limit.into())
    }

    /// A limit that starts anew every `period`.
    pub fn allowance(limit: impl Into<U256>, period: Seconds) -> Self {
        Self::Allowance {
            limit: limit.into(),
            period,
        }
    }

    /// The contract's form.
    ///
    /// # Errors
    ///
    /// [`Error::PeriodTooShort`] for an allowance whose period is below [`MIN_PERIOD`], [`Error::LimitTooLarge`] for one above 192 bits.
    pub fn to_usage_limit(self) -> Result<UsageLimit> {
        let (kind, limit, period) = match self {
            Self::Unlimited => (LimitType::Unlimited, U256::ZERO, 0),
            Self::Lifetime(limit) => (LimitType::Lifetime, limit, 0),
            Self::Allowance { period, .. } if period.get() < MIN_PERIOD => {
                return Err(Error::PeriodTooShort {
                    period: period.get(),
                    minimum: MIN_PERIOD,
                });
            }
            Self::Allowance { limit, .. } if limit.bit_len() > ALLOWANCE_BITS => {
                return Err(Error::LimitTooLarge { limit });
            }
            Self::Allowance { limit, period } => (LimitType::Allowance, limit, period.get()),
        };
        Ok(UsageLimit {
            limitType: kind as u8,
            limit,
            period: U256::from(period),
        })
    }
}

impl From<U256> for Limit {
    fn from(limit: U256) -> Self {
        Self::Lifetime(limit)
    }
}

/// The JSON object forms.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LimitObject {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit_type: Option<LimitType>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "amount::option"
    )]
    limit: Option<U256>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<Seconds>,
}

impl LimitObject {
    fn into_limit(self) -> std::result::Result<Limit, &'static str> {
        match (self.limit_type, self.limit, self.period) {
            (Some(LimitType::Unlimited), None, None) => Ok(Limit::Unlimited),
            (Some(LimitType::Unlimited), ..) => {
                Err("an unlimited limit has neither limit nor period")
            }
            (Some(LimitType::Lifetime) | None, Some(limit), None) => Ok(Limit::Lifetime(limit)),
            (Some(LimitType::Lifetime), _, Some(_)) => Err("a lifetime limit has no period"),
            (Some(LimitType::Allowance) | None, Some(limit), Some(period)) => {
                Ok(Limit::Allowance { limit, period })
            }
            (Some(LimitType::Allowance), _, None) => Err("an allowance needs a period"),
            (_, None, _) => Err("the limit is missing"),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Amount(#[serde(with = "amount")] U256),
            Object(LimitObject),
        }
        match Shape::deserialize(deserializer)? {
            Shape::Amount(limit) => Ok(Self::Lifetime(limit)),
            Shape::Object(object) => object.into_limit().map_err(de::Error::custom),
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let (limit_type, limit, period) = match *self {
            Self::Unlimited => (LimitType::Unlimited, None, None),
            Self::Lifetime(limit) => (LimitType::Lifetime, Some(limit), None),
            Self::Allowance { limit, period } => (LimitType::Allowance, Some(limit), Some(period)),
        };
        LimitObject {
            limit_type: Some(limit_type),
            limit,
            period,
        }
        .serialize(serializer)
    }
}
