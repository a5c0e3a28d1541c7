//! Revert data, in words.

use std::{collections::HashMap, fmt, sync::LazyLock};

use alloy::{
    dyn_abi::{DynSolValue, JsonAbiExt},
    hex,
    json_abi::Error as ErrorAbi,
    primitives::{Bytes, FixedBytes},
    sol_types::{Panic, Revert, SolError},
};
use serde::Serialize;

/// Why a call reverted.
///
/// It prints as Solidity would write it: `SessionTransferNotAllowed(target: 0x…)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecodedError {
    /// Name of the error: a custom error's, `Error`, `Panic`, `EmptyRevert` or `UnknownError`.
    pub name: String,
    /// Names and printed values of the arguments; a name is empty where the declaration has none.
    pub args: Vec<(String, String)>,
    /// The raw revert data.
    pub data: Bytes,
}

impl DecodedError {
    /// Decodes revert data. Everything decodes to something: data without a known selector is an `UnknownError` with the data as argument.
    pub fn decode(data: &[u8]) -> Self {
        let decoded = decode_custom(data).or_else(|| decode_builtin(data));
        let (name, args) = decoded.unwrap_or_else(|| fallback(data));
        Self {
            name,
            args,
            data: Bytes::copy_from_slice(data),
        }
    }

    /// Whether this is the error type `E`, by its selector.
    pub fn is<E: SolError>(&self) -> bool {
        self.data.starts_with(&E::SELECTOR)
    }

    /// The typed error, if it is an `E`.
    pub fn downcast<E: SolError>(&self) -> Option<E> {
        E::abi_decode(&self.data).ok()
    }

    /// The printed value of an argument.
    pub fn arg(&self, name: &str) -> Option<&str> {
        let mut args = self.args.iter();
        args.find(|(candidate, _)| candidate == name)
            .map(|(_, value)| value.as_str())
    }
}

impl fmt::Display for DecodedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        for (position, (name, value)) in self.args.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            match name.as_str() {
                "" => write!(f, "{separator}{value}")?,
                name => write!(f, "{separator}{name}: {value}")?,
            }
        }
        f.write_str(")")
    }
}

type NameAndArgs = (String, Vec<(String, String)>);

static KNOWN: LazyLock<HashMap<FixedBytes<4>, ErrorAbi>> = LazyLock::new(|| {
    let errors = zksso_bindings::error_abis().into_iter();
    errors.map(|error| (error.selector(), error)).collect()
});

fn decode_custom(data: &[u8]) -> Option<NameAndArgs> {
    let (selector, rest) = data.split_first_chunk::<4>()?;
    let error = KNOWN.get(&FixedBytes(*selector))?;
    let values = error.abi_decode_input(rest).ok()?;
    let names = error.inputs.iter().map(|input| input.name.clone());
    let args = names.zip(values.iter().map(print_value)).collect();
    Some((error.name.clone(), args))
}

fn decode_builtin(data: &[u8]) -> Option<NameAndArgs> {
    if let Ok(error) = Revert::abi_decode(data) {
        let argument = ("message".to_owned(), format!("{:?}", error.reason));
        return Some(("Error".to_owned(), vec![argument]));
    }
    let panic = Panic::abi_decode(data).ok()?;
    let reason = match panic.kind() {
        Some(kind) => kind.as_str().to_owned(),
        None => format!("code {:#x}", panic.code),
    };
    Some(("Panic".to_owned(), vec![("reason".to_owned(), reason)]))
}

fn fallback(data: &[u8]) -> NameAndArgs {
    match data {
        [] => ("EmptyRevert".to_owned(), Vec::new()),
        data => {
            let argument = (String::new(), hex::encode_prefixed(data));
            ("UnknownError".to_owned(), vec![argument])
        }
    }
}

fn print_value(value: &DynSolValue) -> String {
    match value {
        DynSolValue::Bool(value) => value.to_string(),
        DynSolValue::Int(value, _) => value.to_string(),
        DynSolValue::Uint(value, _) => value.to_string(),
        DynSolValue::FixedBytes(value, size) => hex::encode_prefixed(&value[..*size]),
        DynSolValue::Address(value) => value.to_string(),
        DynSolValue::Function(value) => value.to_string(),
        DynSolValue::Bytes(value) => hex::encode_prefixed(value),
        DynSolValue::String(value) => format!("{value:?}"),
        DynSolValue::Array(values) | DynSolValue::FixedArray(values) => {
            print_list("[", values, "]")
        }
        DynSolValue::Tuple(values) => print_list("(", values, ")"),
    }
}

fn print_list(open: &str, values: &[DynSolValue], close: &str) -> String {
    let values: Vec<_> = values.iter().map(print_value).collect();
    format!("{open}{}{close}", values.join(", "))
}
