//! JSON-RPC errors.

use alloy::rpc::json_rpc::ErrorPayload;
use serde::Serialize;
use serde_json::{Value, json, value::RawValue};

use crate::chain::{BrokenRule, Refusal, RuleViolation};

/// The error object of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct RpcError {
    /// JSON-RPC error code; 3 when a contract reverted, as Ethereum nodes have it.
    pub code: i32,
    /// What went wrong, in words.
    pub message: String,
    /// Revert data as a hexadecimal string, or an object that describes a broken validation rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl RpcError {
    const PARSE: i32 = -32700;
    const INVALID_REQUEST: i32 = -32600;
    const METHOD_NOT_FOUND: i32 = -32601;
    const INVALID_PARAMS: i32 = -32602;
    const INTERNAL: i32 = -32603;
    const REFUSED: i32 = -32000;
    const REVERTED: i32 = 3;

    fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
        }
    }

    pub(crate) fn parse(message: impl Into<String>) -> Self {
        Self::new(Self::PARSE, message)
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(Self::INVALID_REQUEST, message)
    }

    pub(crate) fn method_not_found(method: &str) -> Self {
        Self::new(
            Self::METHOD_NOT_FOUND,
            format!("the method {method} does not exist"),
        )
    }

    pub(crate) fn method_not_supported(method: &str, reason: &str) -> Self {
        Self::new(
            Self::METHOD_NOT_FOUND,
            format!("the method {method} is not supported: {reason}"),
        )
    }

    pub(crate) fn invalid_params(message: impl Into<String>) -> Self {
        Self::new(Self::INVALID_PARAMS, message)
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(Self::INTERNAL, message)
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Self::REFUSED, message)
    }

    fn with_data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }
}

impl From<Refusal> for RpcError {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Malformed(_) => Self::invalid_params(message),
            Refusal::AlreadyKnown(_)
            | Refusal::PoolFull
            | Refusal::Underpriced { .. }
            | Refusal::NotImpersonated(_)
            | Refusal::NonceTooLow { .. }
            | Refusal::NonceTooHigh { .. }
            | Refusal::FeeTooLow { .. }
            | Refusal::PubdataLimitTooLow { .. }
            | Refusal::TooMuchGas { .. }
            | Refusal::InsufficientFunds { .. } => Self::refused(message),
            Refusal::Rule(rule) => Self::refused(message).with_data(describe(&rule)),
            Refusal::Stopped { data, .. } | Refusal::Reverted(data) => {
                let data = format!("0x{}", hex::encode(data));
                Self::new(Self::REVERTED, message).with_data(data.into())
            }
            Refusal::Panicked(_) => Self::internal(message),
        }
    }
}

/// The facts about a broken rule.
fn describe(broken: &BrokenRule) -> Value {
    let (rule, contract, slot, limit) = match broken.rule {
        RuleViolation::Storage { contract, slot } => ("storage", Some(contract), Some(slot), None),
        RuleViolation::NoCode { contract } => ("no-code", Some(contract), None, None),
        RuleViolation::Context => ("context", None, None, None),
        RuleViolation::Gas { limit } => ("gas", None, None, Some(limit)),
        RuleViolation::TimeRange => ("time-range", None, None, None),
    };
    let facts = json!({
        "rule": rule,
        "why": broken.why(),
        "contract": contract,
        "contractName": broken.contract,
        "slot": slot,
        "variable": broken.variable,
        "limit": limit,
        "frames": broken.frames,
    });
    match facts {
        Value::Object(mut facts) => {
            facts.retain(|_, fact| !fact.is_null());
            Value::Object(facts)
        }
        other => other,
    }
}

impl From<RpcError> for ErrorPayload {
    fn from(error: RpcError) -> Self {
        let data = error.data.map(|data| data.to_string());
        Self {
            code: error.code.into(),
            message: error.message.into(),
            data: data.and_then(|data| RawValue::from_string(data).ok()),
        }
    }
}
