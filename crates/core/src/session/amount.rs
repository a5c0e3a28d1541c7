//! Serde form of amounts: decimal text out; decimal or `0x` text, or a JSON integer, in.

use alloy::primitives::U256;
use serde::{Deserialize, Deserializer, Serializer, de};

pub(super) fn serialize<S: Serializer>(amount: &U256, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(amount)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<U256, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Shape {
        Number(u64),
        Text(String),
    }
    match Shape::deserialize(deserializer)? {
        Shape::Number(number) => Ok(U256::from(number)),
        Shape::Text(text) => text
            .parse()
            .map_err(|error| de::Error::custom(format!("{text:?} is not an amount: {error}"))),
    }
}

/// The same for an amount that may be missing.
pub(super) mod option {
    use super::{Deserialize, Deserializer, Serializer, U256};

    pub(in crate::session) fn serialize<S: Serializer>(
        amount: &Option<U256>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match amount {
            Some(amount) => super::serialize(amount, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(in crate::session) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<U256>, D::Error> {
        #[derive(Deserialize)]
        struct Amount(#[serde(with = "super")] U256);
        Ok(Option::<Amount>::deserialize(deserializer)?.map(|amount| amount.0))
    }
}
