//! JSON-RPC: one table of methods, used in process and over HTTP alike.

mod blocks;
mod calls;
mod cheats;
mod debug;
mod error;
mod eth;
mod params;
mod request;
mod zks;

use std::{collections::HashMap, sync::LazyLock};

use serde::Serialize;
use serde_json::value::RawValue;

pub use self::error::RpcError;
pub(crate) use self::params::Params;
use crate::chain::Chain;

type Answer = Result<Box<RawValue>, RpcError>;

/// Answers one request.
pub(crate) type Handler = fn(&mut Chain, Params) -> Answer;

type Table = &'static [(&'static str, Handler)];

static METHODS: LazyLock<HashMap<&'static str, Handler>> = LazyLock::new(|| {
    [
        eth::METHODS,
        blocks::METHODS,
        calls::METHODS,
        zks::METHODS,
        debug::METHODS,
        cheats::METHODS,
    ]
    .into_iter()
    .flatten()
    .copied()
    .collect()
});

/// The method called `name`.
pub(crate) fn find(name: &str) -> Result<Handler, RpcError> {
    METHODS
        .get(name)
        .copied()
        .ok_or_else(|| RpcError::method_not_found(name))
}

/// Names of all methods.
pub(crate) fn methods() -> impl Iterator<Item = &'static str> {
    METHODS.keys().copied()
}

/// Makes a result out of anything that serializes.
fn reply<T: Serialize>(result: T) -> Answer {
    serde_json::value::to_raw_value(&result)
        .map_err(|error| RpcError::internal(format!("cannot write the answer: {error}")))
}
