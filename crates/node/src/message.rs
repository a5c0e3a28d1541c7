//! JSON-RPC 2.0 messages: text in, text out.
//!
//! Every transport answers through here, so that all of them agree on what is a request, a notification, a batch or a mistake. Codes
//! are those of the specification: -32700 for what is no JSON, -32600 for what is no request, and those of the methods.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::RpcError;

/// Result of a method, or the error object.
pub(crate) type Outcome = Result<Box<RawValue>, RpcError>;

/// Who answers the calls of a message.
pub(crate) trait Answerer: Send {
    /// Answers one call; `params` is JSON text.
    fn call(&mut self, method: &str, params: Option<&str>) -> impl Future<Output = Outcome> + Send;
}

/// How much one message may ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Calls in a batch.
    pub(crate) batch: usize,
    /// Bytes of the answer.
    pub(crate) answer: usize,
}

/// A call with its parts checked.
struct Call<'a> {
    /// JSON text; absent in a notification.
    id: Option<&'a str>,
    method: String,
    params: Option<&'a str>,
}

/// Members of a request, each as JSON text.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Members<'a> {
    #[serde(borrow, deserialize_with = "present")]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "present")]
    params: Option<&'a RawValue>,
}

/// Tells `null`, which is present, from an absent member.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

/// Why a message gets an error instead of being answered, and the id to say so under.
struct Rejected<'a> {
    id: Option<&'a str>,
    error: RpcError,
}

/// Answers a message; `None` when it consists of notifications only, which are carried out and get no answer.
pub(crate) async fn answer(
    answerer: &mut impl Answerer,
    message: &[u8],
    limits: Limits,
) -> Option<String> {
    let json = match parse(message) {
        Ok(json) => json,
        Err(error) => return Some(failure(None, &error)),
    };
    if !json.get().starts_with('[') {
        return answer_one(answerer, json.get(), limits.answer).await;
    }
    match Batch::parse(json.get(), limits.batch) {
        Ok(calls) => answer_all(answerer, &calls, limits.answer).await,
        Err(error) => Some(failure(None, &error)),
    }
}

fn parse(message: &[u8]) -> Result<&RawValue, RpcError> {
    let text = std::str::from_utf8(message)
        .map_err(|error| RpcError::parse(format!("the message is not UTF-8: {error}")))?;
    serde_json::from_str(text)
        .map_err(|error| RpcError::parse(format!("the message is not JSON: {error}")))
}

async fn answer_one(answerer: &mut impl Answerer, json: &str, limit: usize) -> Option<String> {
    let call = match Call::parse(json) {
        Ok(call) => call,
        Err(rejected) => return Some(failure(rejected.id, &rejected.error)),
    };
    let outcome = answerer.call(&call.method, call.params).await;
    let id = call.id?;
    Some(match outcome {
        Ok(result) if result.get().len() > limit => failure(Some(id), &too_long(limit)),
        Ok(result) => success(id, &result),
        Err(error) => failure(Some(id), &error),
    })
}

async fn answer_all(
    answerer: &mut impl Answerer,
    calls: &[&RawValue],
    limit: usize,
) -> Option<String> {
    let mut text = String::from("[");
    for call in calls {
        let left = limit.saturating_sub(text.len());
        let Some(answer) = answer_one(answerer, call.get(), left).await else {
            continue;
        };
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&answer);
    }
    text.push(']');
    (text.len() > "[]".len()).then_some(text)
}

fn too_long(limit: usize) -> RpcError {
    RpcError::refused(format!(
        "the answer is longer than the {limit} bytes that are left for it: ask for less at a time"
    ))
}

fn success(id: &str, result: &RawValue) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{}}}"#, result.get())
}

/// An answer that carries an error.
pub(crate) fn failure(id: Option<&str>, error: &RpcError) -> String {
    let id = id.unwrap_or("null");
    let error = serde_json::to_string(error).unwrap_or_else(|_| "null".to_owned());
    format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#)
}

impl<'a> Call<'a> {
    fn parse(json: &'a str) -> Result<Self, Rejected<'a>> {
        let reject = |id, message: String| Rejected {
            id,
            error: RpcError::invalid_request(message),
        };
        if !json.starts_with('{') {
            return Err(reject(None, "a request is a JSON object".to_owned()));
        }
        let members: Members<'a> = serde_json::from_str(json)
            .map_err(|error| reject(None, format!("not a request: {error}")))?;
        let id = members.id.map(RawValue::get);
        if let Some(id) = id.filter(|id| !is_id(id)) {
            let kind = if id.starts_with(['{', '[']) {
                "a structure"
            } else {
                "a truth value"
            };
            let message = format!("the id is {kind}, and not a string, a number or null");
            return Err(reject(None, message));
        }
        let version = members.jsonrpc.map(RawValue::get);
        if version != Some(r#""2.0""#) {
            return Err(reject(id, r#"the member jsonrpc is not "2.0""#.to_owned()));
        }
        let method = members.method.map(RawValue::get).unwrap_or("null");
        let method = serde_json::from_str(method)
            .map_err(|_| reject(id, "the member method is not a string".to_owned()))?;
        Ok(Self {
            id,
            method,
            params: members.params.map(RawValue::get),
        })
    }
}

fn is_id(json: &str) -> bool {
    json.starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit())
        || json == "null"
}

/// The elements of a batch, up to a limit, and how many there are.
struct Batch<'a> {
    calls: Vec<&'a RawValue>,
    count: usize,
}

impl<'a> Batch<'a> {
    fn parse(json: &'a str, limit: usize) -> Result<Vec<&'a RawValue>, RpcError> {
        let mut parser = serde_json::Deserializer::from_str(json);
        let batch = parser
            .deserialize_seq(Calls { limit })
            .map_err(|error| RpcError::invalid_request(format!("not a batch: {error}")))?;
        match batch.count {
            0 => Err(RpcError::invalid_request("the batch is empty")),
            count if count > limit => Err(RpcError::invalid_request(format!(
                "the batch has {count} requests, and {limit} are the most"
            ))),
            _ => Ok(batch.calls),
        }
    }
}

/// Reads a batch without keeping more of it than may be answered.
struct Calls {
    limit: usize,
}

impl<'de> Visitor<'de> for Calls {
    type Value = Batch<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a batch of requests")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut calls = Vec::new();
        while calls.len() < self.limit
            && let Some(call) = sequence.next_element()?
        {
            calls.push(call);
        }
        let mut count = calls.len();
        while sequence.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Batch { calls, count })
    }
}
