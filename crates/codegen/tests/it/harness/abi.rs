//! Functions and constructors of an ABI in JSON.

use alloy_primitives::keccak256;
use serde_json::Value;

use super::random::Type;

/// What can be called.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Name and types, `name(type,..)`.
    pub(crate) signature: String,
    pub(crate) selector: [u8; 4],
    pub(crate) inputs: Type,
    pub(crate) payable: bool,
    /// Whether it leaves the state alone.
    pub(crate) view: bool,
}

pub(crate) fn functions(abi: &Value) -> Vec<Function> {
    let items = abi
        .as_array()
        .into_iter()
        .flatten()
        .filter(|item| item["type"] == "function");
    let functions = items.map(|item| {
        let name = item["name"]
            .as_str()
            .expect("functions have names")
            .to_owned();
        let signature = format!("{name}{}", types(&item["inputs"]));
        Function {
            selector: keccak256(&signature)[..4].try_into().expect("four bytes"),
            inputs: Type::of_all(&item["inputs"]),
            payable: item["stateMutability"] == "payable",
            view: item["stateMutability"] == "view" || item["stateMutability"] == "pure",
            name,
            signature,
        }
    });
    functions.collect()
}

fn types(parameters: &Value) -> String {
    let names = parameters
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| {
            let name = parameter["type"].as_str().expect("parameters have types");
            name.strip_prefix("tuple").map_or_else(
                || name.to_owned(),
                |suffix| types(&parameter["components"]) + suffix,
            )
        });
    format!("({})", names.collect::<Vec<_>>().join(","))
}

pub(crate) fn constructor(abi: &Value) -> Type {
    let items = abi.as_array().into_iter().flatten();
    let constructor = items.into_iter().find(|item| item["type"] == "constructor");
    constructor.map_or_else(
        || Type::Tuple(Vec::new()),
        |item| Type::of_all(&item["inputs"]),
    )
}
