//! From a node's errors to this crate's.
//!
//! Nodes agree on little: revert data comes as the error's `data`, as a member of it, or spelled out in the message
//! (`… function_selector = 0x…, data = 0x…`, the way of the ZKsync Era server for failed validation).

use alloy::{
    contract, hex,
    transports::{RpcError, TransportError},
};
use serde_json::Value;
use zksso_core::DecodedError;

use crate::{Error, error::Rejection};

/// Marks revert data in a message.
const DATA_MARK: &str = "data = 0x";

/// JSON-RPC's "method not found".
const METHOD_NOT_FOUND: i64 = -32601;

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        match error {
            RpcError::ErrorResp(payload) if payload.code != METHOD_NOT_FOUND => {
                let data = payload.try_data_as::<Value>().and_then(|data| data.ok());
                Self::Rejected(rejection(&payload.message, data.as_ref()))
            }
            other => Self::Rpc(other),
        }
    }
}

impl From<contract::Error> for Error {
    fn from(error: contract::Error) -> Self {
        match error {
            contract::Error::TransportError(error) => error.into(),
            other => Self::Answer(other.to_string()),
        }
    }
}

/// Whether an error says that the node does not know a method.
pub(crate) fn is_unknown_method(error: &TransportError) -> bool {
    matches!(error, RpcError::ErrorResp(payload) if payload.code == METHOD_NOT_FOUND)
}

fn rejection(message: &str, data: Option<&Value>) -> Rejection {
    let data = data.and_then(data_in_value);
    let data = data.or_else(|| data_in_message(message));
    Rejection {
        message: message.to_owned(),
        error: data.map(|data| DecodedError::decode(&data)),
    }
}

fn data_in_value(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::String(text) => decode_hex(text).or_else(|| data_in_message(text)),
        Value::Object(members) => members.get("data").and_then(data_in_value),
        _ => None,
    }
}

fn data_in_message(message: &str) -> Option<Vec<u8>> {
    let start = message.find(DATA_MARK)? + DATA_MARK.len();
    let digits = message[start..].split(|character: char| !character.is_ascii_hexdigit());
    decode_hex(digits.into_iter().next()?)
}

/// Decodes non-empty hexadecimal text.
fn decode_hex(text: &str) -> Option<Vec<u8>> {
    hex::decode(text).ok().filter(|data| !data.is_empty())
}

#[cfg(test)]
mod tests {
    use alloy::{primitives::Address, sol_types::SolError};
    use serde_json::json;
    use zksso_bindings::SessionKeyValidator::SessionTransferNotAllowed;

    use super::*;

    fn refused() -> (SessionTransferNotAllowed, String) {
        let error = SessionTransferNotAllowed {
            target: Address::repeat_byte(1),
        };
        let data = hex::encode_prefixed(error.abi_encode());
        (error, data)
    }

    #[test]
    fn revert_data_is_found_wherever_nodes_put_it() {
        let (error, data) = refused();
        let selector = &data[..10];
        let era = format!(
            "failed to validate the transaction. reason: Validation revert: Account validation error: \
             Error function_selector = {selector}, data = {data}"
        );
        let payloads = [
            ("execution reverted", json!(data)),
            ("execution reverted", json!({ "code": 3, "data": data })),
            (era.as_str(), Value::Null),
            ("failed", json!(era)),
        ];
        for (message, data) in payloads {
            let decoded = rejection(message, Some(&data)).error.unwrap();
            assert_eq!(
                decoded.downcast::<SessionTransferNotAllowed>(),
                Some(error.clone())
            );
        }
    }

    #[test]
    fn messages_without_revert_data_stay_messages() {
        for data in [Value::Null, json!("0x"), json!("text"), json!({}), json!(7)] {
            let rejection = rejection("nonce too low, data = none", Some(&data));
            assert_eq!(rejection.error, None);
            assert_eq!(rejection.to_string(), "nonce too low, data = none");
        }
    }
}
