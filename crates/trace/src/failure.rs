//! Why a call failed.

use alloy_primitives::{B256, Bytes, U256};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Argument, Contracts,
    abi::{Kind, decode},
    render::arguments_text,
};

/// Most errors within errors that are taken apart.
const MAX_CAUSES: usize = 4;

const ERROR: [u8; 4] = [0x08, 0xc3, 0x79, 0xa0];
const PANIC: [u8; 4] = [0x4e, 0x48, 0x7b, 0x71];

/// Why a call failed, from its revert data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Failure {
    /// The reason in words.
    pub message: String,
    /// Name of the error, where it is known.
    pub name: Option<String>,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// The revert data.
    pub data: Bytes,
    /// The error within this one.
    pub cause: Option<Box<Failure>>,
}

impl Contracts {
    /// Takes revert data apart; `code_hash` is the code that reverted with it.
    pub fn failure(&self, code_hash: B256, data: &[u8]) -> Failure {
        self.failure_within(code_hash, data, MAX_CAUSES)
    }

    fn failure_within(&self, code_hash: B256, data: &[u8], depth: usize) -> Failure {
        let plain = |message: String, name: Option<&str>| Failure {
            message,
            name: name.map(str::to_owned),
            arguments: Vec::new(),
            data: data.to_vec().into(),
            cause: None,
        };
        if let Some((name, message)) = standard(data) {
            return plain(message, Some(name));
        }
        let Some((name, arguments)) = self.custom_error(code_hash, data) else {
            return plain(unknown(data), None);
        };
        let cause = depth
            .checked_sub(1)
            .and_then(|depth| self.cause(code_hash, &arguments, depth));
        Failure {
            message: format!("{name}({})", arguments_text(&arguments)),
            arguments,
            cause: cause.map(Box::new),
            ..plain(String::new(), Some(name))
        }
    }

    /// The first argument that is revert data with a known name.
    fn cause(&self, code_hash: B256, arguments: &[Argument], depth: usize) -> Option<Failure> {
        let bytes = arguments.iter().filter(|argument| argument.ty == "bytes");
        let data =
            bytes.filter_map(|argument| hex::decode(argument.value.as_str()?.get(2..)?).ok());
        let mut failures = data.map(|data| self.failure_within(code_hash, &data, depth));
        failures.find(|failure| failure.name.is_some())
    }
}

/// Name and message of an error that Solidity itself defines.
fn standard(data: &[u8]) -> Option<(&'static str, String)> {
    let (selector, data) = data.split_first_chunk::<4>()?;
    let read = |kind| decode(&[(String::new(), kind)], data)?.pop();
    match *selector {
        ERROR => match read(Kind::String)? {
            Value::String(text) => Some(("Error", text)),
            _ => None,
        },
        PANIC => {
            let code: U256 = read(Kind::Uint)?.as_str()?.parse().ok()?;
            Some((
                "Panic",
                format!("panic {code:#04x}: {}", panic_reason(code)),
            ))
        }
        _ => None,
    }
}

/// What Solidity's documentation says of a panic code.
fn panic_reason(code: U256) -> &'static str {
    match u8::try_from(code).unwrap_or(u8::MAX) {
        0x00 => "a panic of the compiler",
        0x01 => "an assertion failed",
        0x11 => "arithmetic overflow or underflow",
        0x12 => "division or modulo by zero",
        0x21 => "conversion to an enum that has no such value",
        0x22 => "a byte array in storage that is encoded wrongly",
        0x31 => "pop on an empty array",
        0x32 => "an array index out of bounds",
        0x41 => "too much memory, or an array that is too large",
        0x51 => "a call of an internal function that was not set",
        _ => "a code that Solidity does not define",
    }
}

fn unknown(data: &[u8]) -> String {
    match data.len() {
        0 => "no data".to_owned(),
        1..=100 => format!("unknown error 0x{}", hex::encode(data)),
        length => format!(
            "unknown error 0x{}… ({length} bytes)",
            hex::encode(&data[..4])
        ),
    }
}
