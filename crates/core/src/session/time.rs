//! Lengths and points of time. This crate never asks a clock: callers pass the chain's time in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Error, Result};

/// A length of time in whole seconds.
///
/// As text a number and a unit, such as `8 hours` or `60 minutes`; a bare number counts seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(u64);

impl Seconds {
    /// Wraps a number of seconds.
    pub const fn new(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The number of seconds in this many hours, saturating.
    pub const fn hours(hours: u64) -> Self {
        Self(hours.saturating_mul(3600))
    }

    /// The number of seconds.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl FromStr for Seconds {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let invalid = || Error::Duration(text.to_owned());
        let trimmed = text.trim();
        let split = trimmed
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(split);
        let number: u64 = number.parse().map_err(|_| invalid())?;
        let scale = unit_seconds(unit.trim()).ok_or_else(invalid)?;
        number.checked_mul(scale).map(Self).ok_or_else(invalid)
    }
}

fn unit_seconds(unit: &str) -> Option<u64> {
    match unit.to_ascii_lowercase().as_str() {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => Some(1),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(60),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(3600),
        "d" | "day" | "days" => Some(86_400),
        "w" | "week" | "weeks" => Some(604_800),
        _ => None,
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} seconds", self.0)
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Number(u64),
            Text(String),
        }
        match Shape::deserialize(deserializer)? {
            Shape::Number(seconds) => Ok(Self(seconds)),
            Shape::Text(text) => text.parse().map_err(de::Error::custom),
        }
    }
}

/// A point of time: when a session ends, or when it starts.
///
/// In JSON a number is a Unix time and text is a length of time from now, as in `SessionPreferences.expiresAt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// This long after the time at which the session is built.
    After(Seconds),
    /// At this Unix time, in seconds.
    At(u64),
}

impl Expiry {
    /// The Unix time, given the time now.
    pub const fn at(self, now: u64) -> u64 {
        match self {
            Self::After(length) => now.saturating_add(length.0),
            Self::At(time) => time,
        }
    }
}

impl Default for Expiry {
    /// One day, the auth server's default.
    fn default() -> Self {
        Self::After(Seconds::hours(24))
    }
}

impl Serialize for Expiry {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::After(length) => serializer.collect_str(length),
            Self::At(time) => serializer.serialize_u64(*time),
        }
    }
}

impl<'de> Deserialize<'de> for Expiry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Time(u64),
            Length(String),
        }
        match Shape::deserialize(deserializer)? {
            Shape::Time(time) => Ok(Self::At(time)),
            Shape::Length(text) => text.parse().map(Self::After).map_err(de::Error::custom),
        }
    }
}
