//! Random requests: methods with parameters of all kinds, and messages with something changed. Whatever comes, the node answers by
//! the rules, and what it refuses changes nothing.

use alloy::primitives::{Address, Bytes};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use zksso_node::methods;

use crate::support::{Bench, Draft, eth_transfer, fresh, signer, variable};

/// Nodes of a normal run; `ZKSSO_FUZZ_CASES` asks for more.
const CASES: u64 = 24;
/// Most requests that one node gets.
const REQUESTS: usize = 40;
/// Codes that requests may have coming; an internal error is a mistake of ours.
const CODES: [i64; 6] = [-32700, -32600, -32601, -32602, -32000, 3];

fn config() -> Config {
    let cases = variable("ZKSSO_FUZZ_CASES", CASES);
    Config {
        cases: u32::try_from(cases).unwrap(),
        failure_persistence: None,
        ..Config::default()
    }
}

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

fn raw() -> impl Strategy<Value = Value> {
    let sender = signer(1);
    let mut raws = vec![Draft::new(sender.address(), fresh("a")).sign(&sender)];
    raws.extend([0, 1, 2].map(|tx_type| eth_transfer(tx_type, &sender, 0, fresh("a"))));
    (select(raws), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(raw, at, byte)| {
        let mut raw = raw.to_vec();
        let at = at.index(raw.len());
        raw[at] ^= byte;
        json!(Bytes::from(raw))
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
fn request() -> impl Strategy<Value = (String, Value)> {
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
            6 => (described, any::<prop::sample::Index>()).prop_map(|(mut params, keep)| {
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

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_requests_are_answered_and_refused_ones_change_nothing(
        requests in vec(request(), 1..REQUESTS)
    ) {
        Runtime::new().unwrap().block_on(async {
            let bench = Bench::start();
            let mut before = bench.digest().await;
            for (method, params) in requests {
                let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
                let message = message.to_string();
                let refused = check(&bench.node.answer(&message).await.unwrap(), &message);
                let after = bench.digest().await;
                if refused {
                    assert_eq!(after, before, "{message}");
                }
                before = after;
            }
        });
    }

    #[test]
    fn changed_messages_are_answered_by_the_rules(
        requests in vec(request(), 1..4),
        changes in vec((any::<prop::sample::Index>(), any::<char>(), 0_usize..6), 0..4),
    ) {
        let calls: Vec<_> = requests
            .iter()
            .map(|(method, params)| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
            .collect();
        let mut message: Vec<char> = json!(calls).to_string().chars().collect();
        for (at, character, cut) in changes {
            let at = at.index(message.len());
            let end = (at + cut).min(message.len());
            message.splice(at..end, [character]);
        }
        let message: String = message.into_iter().collect();
        Runtime::new().unwrap().block_on(async {
            let answer = Bench::start().node.answer(&message).await;
            let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&message).is_ok();
            if let Some(text) = answer {
                let answer: Value = serde_json::from_str(&text).unwrap();
                let is_parse_error = answer["error"]["code"] == -32700;
                assert_eq!(is_parse_error, !is_json, "{message}: {answer}");
                match answer.as_array() {
                    Some(answers) => answers.iter().for_each(|one| {
                        check(&one.to_string(), &message);
                    }),
                    None => {
                        check(&text, &message);
                    }
                }
            } else {
                assert!(is_json);
            }
        });
    }
}
