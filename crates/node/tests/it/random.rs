//! Random requests, messages and transactions, and what must hold whatever comes: the node answers by the rules, and what it refuses
//! changes nothing.

use alloy::{
    consensus::{Transaction as _, TxEnvelope as EthEnvelope},
    eips::eip2718::Decodable2718,
    primitives::{Address, B256, Bytes, U256},
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};
use serde_json::{Value, json};
use zksso_node::methods;

use crate::support::{Bench, Draft, eth_transfer, fresh, signer};

/// Most requests that one node gets.
const REQUESTS: usize = 40;
/// Codes that requests may have coming; an internal error is a mistake of ours.
const CODES: [i64; 6] = [-32700, -32600, -32601, -32602, -32000, 3];

/// A method and its parameters.
type Request = (String, Value);

fn address() -> impl Strategy<Value = Value> {
    let known = [
        signer(0).address(),
        signer(1).address(),
        fresh("a"),
        Address::ZERO,
        Address::with_last_byte(1),
        Address::left_padding_from(&[0x80, 0x06]),
        Address::left_padding_from(&[0x80, 0x0a]),
        Address::repeat_byte(0xff),
    ];
    select(known.to_vec()).prop_map(|address| json!(address))
}

fn quantity() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0_u64..5).prop_map(|number| json!(number)),
        (0_u64..5).prop_map(|number| json!(format!("{number:#x}"))),
        any::<u64>().prop_map(|number| json!(format!("{number:#x}"))),
        Just(json!(u64::MAX)),
        Just(json!(format!("0x{}", "f".repeat(64)))),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
    ]
}

fn word() -> impl Strategy<Value = Value> {
    any::<[u8; 32]>().prop_map(|bytes| json!(Bytes::copy_from_slice(&bytes)))
}

/// A transaction of each type.
fn valid() -> impl Strategy<Value = Bytes> {
    let sender = signer(1);
    let mut raws = vec![Draft::new(sender.address(), fresh("a")).sign(&sender)];
    raws.extend([0, 1, 2].map(|tx_type| eth_transfer(tx_type, &sender, 0, fresh("a"))));
    select(raws)
}

fn raw() -> impl Strategy<Value = Value> {
    (valid(), any::<Index>(), any::<u8>()).prop_map(|(raw, at, byte)| {
        let mut raw = raw.to_vec();
        let at = at.index(raw.len());
        raw[at] ^= byte;
        json!(Bytes::from(raw))
    })
}

/// Transactions with something cut out and something put in its place, at times nothing.
pub(crate) fn changed_transaction() -> impl Strategy<Value = Bytes> {
    let change = (any::<Index>(), 0_usize..4, vec(any::<u8>(), 0..4));
    (valid(), vec(change, 0..4)).prop_map(|(raw, changes)| {
        let mut raw = raw.to_vec();
        for (at, cut, bytes) in changes {
            let at = at.index(raw.len() + 1);
            let end = (at + cut).min(raw.len());
            raw.splice(at..end, bytes);
        }
        raw.into()
    })
}

fn tag() -> impl Strategy<Value = Value> {
    select(vec![
        "latest",
        "earliest",
        "pending",
        "safe",
        "finalized",
        "newest",
    ])
    .prop_map(|tag| json!(tag))
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => address(),
        3 => quantity(),
        2 => tag(),
        2 => word(),
        1 => raw(),
        1 => any::<bool>().prop_map(|truth| json!(truth)),
        1 => Just(Value::Null),
        1 => vec(any::<u8>(), 0..80).prop_map(|bytes| json!(Bytes::from(bytes))),
        1 => ".{0,12}".prop_map(|text| json!(text)),
    ]
}

/// Objects with the members that the methods know, and others.
fn value() -> impl Strategy<Value = Value> {
    let names = [
        "from",
        "to",
        "gas",
        "gasPrice",
        "maxFeePerGas",
        "value",
        "data",
        "input",
        "nonce",
        "type",
        "chainId",
        "accessList",
        "eip712Meta",
        "factoryDeps",
        "customSignature",
        "paymasterParams",
        "gasPerPubdata",
        "fromBlock",
        "toBlock",
        "blockHash",
        "address",
        "topics",
        "tracer",
        "tracerConfig",
        "onlyTopCall",
        "balance",
        "code",
        "stateDiff",
        "blockNumber",
        "other",
    ];
    leaf().prop_recursive(3, 24, 6, move |inner| {
        let member = (select(names.to_vec()), inner.clone());
        prop_oneof![
            2 => vec(inner, 0..4).prop_map(Value::Array),
            3 => vec(member, 0..5).prop_map(|members| {
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }),
        ]
    })
}

/// Parameters by the method's own description, so that many are right, with one of them replaced at times.
fn request() -> impl Strategy<Value = Request> {
    let methods: Vec<_> = methods()
        .map(|method| (method.name, method.parameters))
        .collect();
    select(methods).prop_flat_map(|(name, parameters)| {
        let described: Vec<BoxedStrategy<Value>> = parameters
            .split(", ")
            .filter(|text| !text.is_empty())
            .map(parameter)
            .collect();
        let params = prop_oneof![
            6 => (described, any::<Index>()).prop_map(|(mut params, keep)| {
                // Optional ones come last: any number of them may be absent.
                params.truncate(params.len() - keep.index(params.len() + 1) / 2);
                Value::Array(params)
            }),
            2 => vec(value(), 0..4).prop_map(Value::Array),
            1 => value(),
        ];
        params.prop_map(move |params| (name.to_owned(), params))
    })
}

fn parameter(description: &str) -> BoxedStrategy<Value> {
    let name = description.trim_matches(['[', ']']);
    let described = match name {
        "address" | "account" => address().boxed(),
        "block" | "newest" => prop_oneof![tag(), quantity()].boxed(),
        "hash" | "value" => word().boxed(),
        "bytes" => raw().boxed(),
        "transaction" => call().boxed(),
        "filter" => filter().boxed(),
        // More would only be slow.
        "count" => (0_u64..20).prop_map(|count| json!(count)).boxed(),
        _ => quantity().boxed(),
    };
    prop_oneof![6 => described, 1 => value()].boxed()
}

fn call() -> impl Strategy<Value = Value> {
    (address(), address(), quantity(), vec(any::<u8>(), 0..80)).prop_map(|(from, to, value, data)| {
        json!({ "from": from, "to": to, "value": value, "data": Bytes::from(data) })
    })
}

fn filter() -> impl Strategy<Value = Value> {
    (tag(), address(), vec(word(), 0..3)).prop_map(|(from, address, topics)| {
        json!({ "fromBlock": from, "address": address, "topics": topics })
    })
}

/// Requests that one node gets, one after the other.
pub(crate) fn requests() -> impl Strategy<Value = Vec<Request>> {
    vec(request(), 1..REQUESTS)
}

/// A batch with something changed in its text.
pub(crate) fn changed_message() -> impl Strategy<Value = String> {
    let change = (any::<Index>(), any::<char>(), 0_usize..6);
    (vec(request(), 1..4), vec(change, 0..4)).prop_map(|(requests, changes)| {
        let calls: Vec<_> = requests.iter().map(call_of).collect();
        let mut message: Vec<char> = json!(calls).to_string().chars().collect();
        for (at, character, cut) in changes {
            let at = at.index(message.len());
            let end = (at + cut).min(message.len());
            message.splice(at..end, [character]);
        }
        message.into_iter().collect()
    })
}

fn call_of((method, params): &Request) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

// --- What must hold -----------------------------------------------------------------------------------------------------

/// Checks one answer; whether it was refused.
fn check(text: &str, message: &str) -> bool {
    let answer: Value = serde_json::from_str(text).unwrap();
    assert_eq!(answer["jsonrpc"], "2.0", "{message}: {answer}");
    let Some(error) = answer.get("error") else {
        assert!(answer.get("result").is_some(), "{message}: {answer}");
        return false;
    };
    let code = error["code"].as_i64().unwrap();
    assert!(CODES.contains(&code), "{message}: {answer}");
    true
}

/// Each request is answered, and refused ones change nothing.
pub(crate) async fn check_requests(requests: &[Request]) {
    let bench = Bench::start();
    let mut before = bench.digest().await;
    for request in requests {
        let message = call_of(request).to_string();
        let refused = check(&bench.node.answer(&message).await.unwrap(), &message);
        let after = bench.digest().await;
        if refused {
            assert_eq!(after, before, "{message}");
        }
        before = after;
    }
}

/// A message is answered by the rules, whatever it is.
pub(crate) async fn check_message(message: &str) {
    let answer = Bench::start().node.answer(message).await;
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(message).is_ok();
    let Some(text) = answer else {
        assert!(is_json, "{message}");
        return;
    };
    let answer: Value = serde_json::from_str(&text).unwrap();
    let is_parse_error = answer["error"]["code"] == -32700;
    assert_eq!(is_parse_error, !is_json, "{message}: {answer}");
    match answer.as_array() {
        Some(answers) => answers.iter().for_each(|one| {
            check(&one.to_string(), message);
        }),
        None => {
            check(&text, message);
        }
    }
}

/// A transaction is refused without a trace, or is what its bytes say.
pub(crate) async fn check_transaction(raw: &Bytes) {
    let bench = Bench::start();
    let before = bench.digest().await;
    let hash = match bench.send(raw).await {
        Ok(hash) => hash,
        Err(error) => {
            assert!(CODES.contains(&error.code), "{raw}: {error}");
            assert_eq!(bench.digest().await, before, "{raw}");
            return;
        }
    };
    let tx: Value = bench
        .ask("eth_getTransactionByHash", json!([hash]))
        .await
        .unwrap();
    assert_eq!(tx["from"], json!(signer(1).address()), "{raw}");
    // Type 113 is no type of Ethereum: what its signature covers is checked elsewhere.
    if raw.first() == Some(&113) {
        return;
    }
    let read = EthEnvelope::decode_2718_exact(raw).unwrap();
    assert_eq!(hash, B256::from(*read.tx_hash()), "{raw}");
    assert_eq!(tx["to"], json!(read.to()), "{raw}");
    assert_eq!(tx["value"], json!(read.value()), "{raw}");
    assert_eq!(tx["nonce"], json!(U256::from(read.nonce())), "{raw}");
    assert_eq!(tx["input"], json!(read.input()), "{raw}");
}
