//! Functions, errors and events by their selectors.

use alloy_json_abi::{Error, Event, EventParam, Function, Param};
use alloy_primitives::B256;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fields, Kind, decode};

/// A decoded value with its name and type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// Name in the source; may be empty.
    pub name: String,
    /// Canonical name of the type.
    #[serde(rename = "type")]
    pub ty: String,
    /// Numbers as decimal strings, bytes and addresses as hexadecimal ones, structs as objects, arrays as lists.
    pub value: Value,
}

/// Gives values the names and types of their parameters.
fn named(types: &[(String, String)], values: Vec<Value>) -> Vec<Argument> {
    let values = types.iter().zip(values);
    let named = values.map(|((name, ty), value)| Argument {
        name: name.clone(),
        ty: ty.clone(),
        value,
    });
    named.collect()
}

/// Parameters that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Params {
    fields: Fields,
    types: Vec<(String, String)>,
}

impl Params {
    fn of(params: &[Param]) -> Option<Self> {
        let fields = params
            .iter()
            .map(|param| Some((param.name.clone(), Kind::of(param)?)));
        let types = params.iter();
        let types = types.map(|param| (param.name.clone(), param.selector_type().into_owned()));
        Some(Self {
            fields: fields.collect::<Option<_>>()?,
            types: types.collect(),
        })
    }

    fn decode(&self, data: &[u8]) -> Option<Vec<Argument>> {
        Some(named(&self.types, decode(&self.fields, data)?))
    }
}

/// A function or an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// Name without parameters.
    pub(crate) name: String,
    inputs: Params,
    outputs: Params,
}

impl Item {
    pub(crate) fn function(function: &Function) -> Option<Self> {
        Some(Self {
            name: function.name.clone(),
            inputs: Params::of(&function.inputs)?,
            outputs: Params::of(&function.outputs)?,
        })
    }

    pub(crate) fn error(error: &Error) -> Option<Self> {
        Some(Self {
            name: error.name.clone(),
            inputs: Params::of(&error.inputs)?,
            outputs: Params::of(&[])?,
        })
    }

    pub(crate) fn constructor(inputs: &[Param]) -> Option<Self> {
        Some(Self {
            name: "constructor".to_owned(),
            inputs: Params::of(inputs)?,
            outputs: Params::of(&[])?,
        })
    }

    /// Arguments from what follows the selector.
    pub(crate) fn arguments(&self, data: &[u8]) -> Option<Vec<Argument>> {
        self.inputs.decode(data)
    }

    /// Results from return data.
    pub(crate) fn results(&self, data: &[u8]) -> Option<Vec<Argument>> {
        self.outputs.decode(data)
    }
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventItem {
    name: String,
    params: Vec<(EventParam, Kind)>,
    anonymous: bool,
}

impl EventItem {
    pub(crate) fn of(event: &Event) -> Option<Self> {
        let params = event.inputs.iter().map(|param| {
            let plain = Param {
                ty: param.ty.clone(),
                name: param.name.clone(),
                components: param.components.clone(),
                internal_type: None,
            };
            Some((param.clone(), Kind::of(&plain)?))
        });
        Some(Self {
            name: event.name.clone(),
            params: params.collect::<Option<_>>()?,
            anonymous: event.anonymous,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Arguments from topics and data. Indexed values that are not words are there as their hash only.
    pub(crate) fn arguments(&self, topics: &[B256], data: &[u8]) -> Option<Vec<Argument>> {
        let topics = topics.get(usize::from(!self.anonymous)..)?;
        let indexed = self.params.iter().filter(|(param, _)| param.indexed);
        if indexed.count() != topics.len() {
            return None;
        }
        let plain = self.params.iter().filter(|(param, _)| !param.indexed);
        let fields: Fields = plain
            .map(|(param, kind)| (param.name.clone(), kind.clone()))
            .collect();
        let mut data = decode(&fields, data)?.into_iter();
        let mut topics = topics.iter();
        let arguments = self.params.iter().map(|(param, kind)| {
            let value = if param.indexed {
                topic(kind, topics.next()?)
            } else {
                data.next()
            };
            Some(Argument {
                name: param.name.clone(),
                ty: param.selector_type().into_owned(),
                value: value?,
            })
        });
        arguments.collect()
    }
}

fn topic(kind: &Kind, topic: &B256) -> Option<Value> {
    let word = match kind {
        Kind::Uint | Kind::Int | Kind::Address | Kind::Bool | Kind::Word(_) => kind.clone(),
        _ => Kind::Word(32),
    };
    decode(&[(String::new(), word)], topic.as_slice())?.pop()
}
