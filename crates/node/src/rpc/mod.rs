//! JSON-RPC: one table of methods, used in process and over HTTP alike.

mod batches;
mod blocks;
mod calls;
mod cheats;
mod debug;
mod error;
mod eth;
mod filters;
mod impersonation;
mod logs;
mod mining;
mod overrides;
mod params;
mod pool;
mod prestate;
mod refused;
mod request;
mod source;
mod state;
mod subscriptions;
mod transactions;
mod zks;

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Serialize;
use serde_json::value::RawValue;

pub use self::error::RpcError;
pub(crate) use self::{
    params::Params,
    subscriptions::{SUBSCRIBE, Subscription, UNSUBSCRIBE, notifications},
};
use crate::chain::Chain;

type Answer = Result<Box<RawValue>, RpcError>;

/// Answers one request.
pub(crate) type Handler = fn(&mut Chain, Params) -> Answer;

type Table = &'static [Method];

/// A method of the JSON-RPC interface.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// Names of its positional parameters, those in brackets optional.
    pub parameters: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    handler: Handler,
}

impl Method {
    const fn new(
        name: &'static str,
        parameters: &'static str,
        about: &'static str,
        handler: Handler,
    ) -> Self {
        Self {
            name,
            parameters,
            about,
            handler,
        }
    }
}

static METHODS: LazyLock<BTreeMap<&'static str, Method>> = LazyLock::new(|| {
    let tables = [
        eth::METHODS,
        blocks::METHODS,
        transactions::METHODS,
        logs::METHODS,
        calls::METHODS,
        filters::METHODS,
        subscriptions::METHODS,
        zks::METHODS,
        batches::METHODS,
        debug::METHODS,
        cheats::METHODS,
        impersonation::METHODS,
        mining::METHODS,
        pool::METHODS,
        source::METHODS,
        state::METHODS,
    ];
    let methods = tables.into_iter().flatten().copied();
    methods.map(|method| (method.name, method)).collect()
});

/// The method called `name`.
pub(crate) fn find(name: &str) -> Result<Handler, RpcError> {
    let method = METHODS.get(name).map(|method| method.handler);
    method.ok_or_else(|| match refused::reason(name) {
        Some(reason) => RpcError::method_not_supported(name, reason),
        None => RpcError::method_not_found(name),
    })
}

/// All methods that the node answers, by name.
pub fn methods() -> impl Iterator<Item = &'static Method> {
    METHODS.values()
}

/// Methods of other nodes that this one refuses, by name, and why.
pub fn refused_methods() -> impl Iterator<Item = (&'static str, &'static str)> {
    refused::METHODS.iter().copied()
}

/// Makes a result out of anything that serializes.
fn reply<T: Serialize>(result: T) -> Answer {
    serde_json::value::to_raw_value(&result)
        .map_err(|error| RpcError::internal(format!("cannot write the answer: {error}")))
}
