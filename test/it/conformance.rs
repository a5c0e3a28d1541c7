//! What the embedded node answers to the requests that tools send, compared with anvil-zksync where `$ANVIL_ZKSYNC` or `PATH` has it.
//!
//! A small history is played on both chains. Then each request is asked on both, and answers are compared in shape (members, kinds of
//! values) and errors in code; the differences are printed. On the embedded node alone, every request has an expectation of its own.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256, address};
use alloy::providers::Provider;
use alloy::sol;
use eyre::{ContextCompat, ensure};
use serde_json::{Value, json};
use zksso_client::Wallet;
use zksso_core::Call;
use zksso_deployer::{Plan, execute};
use zksso_node::NodeConfig;
use zksso_testkit::{AnvilZksync, Backend, Embedded, contract_code};

sol! {
    function mint(address to, uint256 amount) external;
}

const PAYEE: Address = address!("3333333333333333333333333333333333333333");

/// A request with what the embedded node answers. Words with a dollar sign stand for values of the history.
struct Case {
    method: &'static str,
    params: Value,
    expected: Expected,
}

enum Expected {
    /// The whole result.
    Result(Value),
    /// A member of the result, by JSON pointer.
    Member(&'static str, Value),
    /// An error's code.
    Error(i64),
}

fn case(method: &'static str, params: Value, expected: Expected) -> Case {
    Case {
        method,
        params,
        expected,
    }
}

/// Requests by subject.
fn cases() -> Vec<Case> {
    [
        chain_cases(),
        state_cases(),
        history_cases(),
        run_cases(),
        protocol_cases(),
        refused_cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn chain_cases() -> Vec<Case> {
    use Expected::{Member, Result};
    vec![
        case("eth_chainId", json!([]), Result(json!("0x104"))),
        case("net_version", json!([]), Result(json!("260"))),
        case("net_listening", json!([]), Result(json!(true))),
        case("eth_syncing", json!([]), Result(json!(false))),
        case("eth_blockNumber", json!([]), Result(json!("0x3"))),
        case("eth_gasPrice", json!([]), Result(json!("0x2b275d0"))),
        case("eth_maxPriorityFeePerGas", json!([]), Result(json!("0x0"))),
        case(
            "eth_feeHistory",
            json!(["0x2", "latest", [50]]),
            Member("/oldestBlock", json!("0x2")),
        ),
        case("web3_sha3", json!(["0x"]), Result(json!("$EMPTY_HASH"))),
    ]
}

fn state_cases() -> Vec<Case> {
    use Expected::Result;
    vec![
        case(
            "eth_getBalance",
            json!(["$PAYEE", "latest"]),
            Result(json!("0x5")),
        ),
        case(
            "eth_getBalance",
            json!(["$PAYEE", "earliest"]),
            Result(json!("0x0")),
        ),
        case(
            "eth_getTransactionCount",
            json!(["$SENDER", "latest"]),
            Result(json!("0x3")),
        ),
        case(
            "eth_getCode",
            json!(["$PAYEE", "latest"]),
            Result(json!("0x")),
        ),
        case(
            "eth_getStorageAt",
            json!(["$TOKEN", "0x2", "latest"]),
            Result(json!("$SEVEN")),
        ),
        case(
            "eth_getStorageAt",
            json!(["$TOKEN", "$SEVEN", "latest"]),
            Result(json!("$ZERO")),
        ),
    ]
}

fn history_cases() -> Vec<Case> {
    use Expected::{Member, Result};
    vec![
        case(
            "eth_getBlockByNumber",
            json!(["0x1", false]),
            Member("/transactions/0", json!("$TRANSFER")),
        ),
        case(
            "eth_getBlockByNumber",
            json!(["0x1", true]),
            Member("/transactions/0/hash", json!("$TRANSFER")),
        ),
        case(
            "eth_getBlockByNumber",
            json!(["0x64", false]),
            Result(Value::Null),
        ),
        case(
            "eth_getBlockByHash",
            json!(["$ZERO", false]),
            Result(Value::Null),
        ),
        case(
            "eth_getBlockTransactionCountByNumber",
            json!(["0x1"]),
            Result(json!("0x1")),
        ),
        case(
            "eth_getTransactionByHash",
            json!(["$TRANSFER"]),
            Member("/value", json!("0x5")),
        ),
        case(
            "eth_getTransactionByHash",
            json!(["$ZERO"]),
            Result(Value::Null),
        ),
        case(
            "eth_getTransactionReceipt",
            json!(["$MINT"]),
            Member("/status", json!("0x1")),
        ),
        case(
            "eth_getTransactionReceipt",
            json!(["$ZERO"]),
            Result(Value::Null),
        ),
        case(
            "eth_getBlockReceipts",
            json!(["0x1"]),
            Member("/0/transactionHash", json!("$TRANSFER")),
        ),
        case(
            "eth_getLogs",
            json!([{ "address": "$TOKEN", "fromBlock": "0x0" }]),
            Member("/0/transactionHash", json!("$MINT")),
        ),
        case(
            "eth_getLogs",
            json!([{ "address": "$PAYEE", "fromBlock": "0x0" }]),
            Result(json!([])),
        ),
        case(
            "debug_traceTransaction",
            json!(["$TRANSFER", { "tracer": "callTracer" }]),
            Member("/to", json!("$PAYEE")),
        ),
    ]
}

fn run_cases() -> Vec<Case> {
    use Expected::{Error, Member, Result};
    // totalSupply(), and a transfer that somebody without tokens cannot make.
    let supply = json!({ "to": "$TOKEN", "data": "0x18160ddd" });
    let transfer = format!("0xa9059cbb{}{}", "$PAYEE_WORD", "$SEVEN_WORD");
    let failing = json!({ "from": "$PAYEE", "to": "$TOKEN", "data": transfer });
    let funds = json!({ "$TOKEN": { "stateDiff": { "0x2": "$ZERO" } } });
    vec![
        case(
            "eth_call",
            json!([supply, "latest"]),
            Result(json!("$SEVEN")),
        ),
        case(
            "eth_call",
            json!([supply, "latest", funds]),
            Result(json!("$ZERO")),
        ),
        case("eth_call", json!([failing, "latest"]), Error(3)),
        case("eth_estimateGas", json!([failing]), Error(3)),
        case(
            "zks_estimateFee",
            json!([{ "from": "$SENDER", "to": "$PAYEE" }]),
            Member("/gas_per_pubdata_limit", json!("0xc350")),
        ),
        case(
            "debug_traceCall",
            json!([supply, "latest", { "tracer": "callTracer" }]),
            Member("/output", json!("$SEVEN")),
        ),
    ]
}

fn protocol_cases() -> Vec<Case> {
    use Expected::{Member, Result};
    vec![
        case("zks_L1BatchNumber", json!([]), Result(json!("0x3"))),
        case(
            "zks_getBlockDetails",
            json!([1]),
            Member("/l2TxCount", json!(1)),
        ),
        case(
            "zks_getL1BatchDetails",
            json!([1]),
            Member("/number", json!(1)),
        ),
        case(
            "zks_getL1BatchBlockRange",
            json!([1]),
            Result(json!(["0x1", "0x1"])),
        ),
        case(
            "zks_getTransactionDetails",
            json!(["$TRANSFER"]),
            Member("/status", json!("included")),
        ),
        case(
            "zks_getTransactionDetails",
            json!(["$ZERO"]),
            Result(Value::Null),
        ),
        case(
            "zks_getRawBlockTransactions",
            json!([1]),
            Member("/0/execute/contractAddress", json!("$PAYEE")),
        ),
        case(
            "zks_getBaseTokenL1Address",
            json!([]),
            Result(json!("0x0000000000000000000000000000000000000001")),
        ),
        case(
            "zks_getConfirmedTokens",
            json!([0, 1]),
            Member("/0/symbol", json!("ETH")),
        ),
        case(
            "zks_getAllAccountBalances",
            json!(["$PAYEE"]),
            Member("/0x000000000000000000000000000000000000800a", json!("0x5")),
        ),
        case(
            "zks_getFeeParams",
            json!([]),
            Member("/V2/l1_gas_price", json!(266_176_470)),
        ),
        case(
            "zks_getBytecodeByHash",
            json!(["$ZERO"]),
            Result(Value::Null),
        ),
    ]
}

fn refused_cases() -> Vec<Case> {
    use Expected::Error;
    vec![
        case("eth_nothing", json!([]), Error(-32601)),
        case("eth_getBalance", json!(["0x12"]), Error(-32602)),
        case("eth_getBalance", json!([]), Error(-32602)),
        case(
            "eth_call",
            json!([{ "to": "$TOKEN" }, "0x64"]),
            Error(-32000),
        ),
        case("eth_sendRawTransaction", json!(["0x00"]), Error(-32602)),
        case(
            "eth_getLogs",
            json!([{ "fromBlock": "0x3", "toBlock": "0x1" }]),
            Error(-32602),
        ),
        case("debug_traceTransaction", json!(["$ZERO"]), Error(-32000)),
    ]
}

/// Plays the history: a transfer, a deployment, a transaction with an event. Returns what stands for its values.
async fn play(wallet: &Wallet) -> eyre::Result<BTreeMap<&'static str, String>> {
    let transfer = wallet.transfer(PAYEE, U256::from(5)).await?;
    let mut plan = Plan::new(wallet.address(), B256::ZERO);
    let token = plan.add(contract_code("TestToken")?, ())?;
    execute(&plan, wallet, |_| {}).await?;
    let mint = mintCall {
        to: wallet.address(),
        amount: U256::from(7),
    };
    let mint = wallet.send(&Call::function(token, &mint)).await?;
    let small = |text: String| text.to_lowercase();
    let seven = B256::from(U256::from(7));
    Ok([
        ("$PAYEE_WORD", format!("{:x}", PAYEE.into_word())),
        ("$SEVEN_WORD", format!("{seven:x}")),
        ("$SENDER", small(wallet.address().to_string())),
        ("$PAYEE", small(PAYEE.to_string())),
        ("$TOKEN", small(token.to_string())),
        ("$TRANSFER", transfer.hash.to_string()),
        ("$MINT", mint.hash.to_string()),
        ("$SEVEN", seven.to_string()),
        ("$ZERO", B256::ZERO.to_string()),
        ("$EMPTY_HASH", alloy::primitives::keccak256([]).to_string()),
    ]
    .into())
}

/// Puts the history's values in the place of what stands for them, the longest names first.
fn filled(value: &Value, names: &BTreeMap<&'static str, String>) -> eyre::Result<Value> {
    let mut text = value.to_string();
    for (name, replacement) in names.iter().rev() {
        text = text.replace(name, replacement);
    }
    Ok(serde_json::from_str(&text)?)
}

/// A result, or the code of an error.
async fn ask(wallet: &Wallet, method: &str, params: Value) -> eyre::Result<Result<Value, i64>> {
    let client = wallet.chain().provider().client();
    let answer: Result<Value, _> = client.request(method.to_owned(), params).await;
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(error) => {
            let response = error.as_error_resp();
            let response = response.wrap_err_with(|| format!("{method}: {error}"))?;
            Ok(Err(response.code))
        }
    }
}

fn check(case: &Case, answer: &Result<Value, i64>, expected: &Value) -> eyre::Result<()> {
    let method = case.method;
    let holds = match (&case.expected, answer) {
        (Expected::Result(_), Ok(result)) => result == expected,
        (Expected::Member(pointer, _), Ok(result)) => result.pointer(pointer) == Some(expected),
        (Expected::Error(code), Err(actual)) => actual == code,
        _ => false,
    };
    ensure!(
        holds,
        "{method} {}: {answer:?}, expected {expected}",
        case.params
    );
    Ok(())
}

/// The kind of a value; of an object the kinds of its members, of an array those of its first element.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(text) => json!(kind(text)),
        Value::Array(items) => json!(items.first().map(shape).into_iter().collect::<Vec<_>>()),
        Value::Object(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|(name, value)| (name.clone(), shape(value)))
                    .collect(),
            )
        }
    }
}

fn kind(text: &str) -> &'static str {
    match (text.strip_prefix("0x").map(str::len), text.len()) {
        (Some(64), _) => "word",
        (Some(40), _) => "address",
        (Some(digits), _) if digits <= 16 => "quantity",
        (Some(_), _) => "data",
        (None, _) => "text",
    }
}

/// Differences between two shapes, by path.
fn differences(path: &str, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
    if let (Value::Object(ours), Value::Object(theirs)) = (ours, theirs) {
        let names: std::collections::BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
        for name in names {
            let path = format!("{path}/{name}");
            match (ours.get(name), theirs.get(name)) {
                (Some(a), Some(b)) => differences(&path, a, b, found),
                (Some(a), None) => found.push(format!("{path}: {a} here only")),
                (None, Some(b)) => found.push(format!("{path}: {b} there only")),
                (None, None) => {}
            }
        }
    } else if let (Value::Array(ours), Value::Array(theirs)) = (ours, theirs)
        && let (Some(a), Some(b)) = (ours.first(), theirs.first())
    {
        differences(&format!("{path}/0"), a, b, found);
    } else if ours != theirs {
        found.push(format!("{path}: {ours} here, {theirs} there"));
    }
}

fn compare(case: &Case, ours: &Result<Value, i64>, theirs: &Result<Value, i64>) -> Vec<String> {
    let mut found = Vec::new();
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => differences("", &shape(ours), &shape(theirs), &mut found),
        (Err(ours), Err(theirs)) if ours == theirs => {}
        (ours, theirs) => {
            let outcome = |answer: &Result<Value, i64>| match answer {
                Ok(value) => format!("result {}", shape(value)),
                Err(code) => format!("error {code}"),
            };
            found.push(format!(
                ": {} here, {} there",
                outcome(ours),
                outcome(theirs)
            ));
        }
    }
    let name = format!("{} {}", case.method, case.params);
    found
        .iter()
        .map(|difference| format!("{name}{difference}"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_answers_as_expected_and_differs_from_anvil_where_it_says() -> eyre::Result<()> {
    let embedded = Embedded::start(NodeConfig::default()).await?;
    let ours = embedded.wallet();
    let names = play(ours).await?;
    let anvil = match AnvilZksync::find() {
        Some(path) => Some(AnvilZksync::start(path).await?),
        None => {
            eprintln!(
                "SKIPPED the comparison with anvil-zksync: set $ANVIL_ZKSYNC or put it on PATH"
            );
            None
        }
    };
    let theirs = match &anvil {
        Some(anvil) => Some((anvil.wallet(), play(anvil.wallet()).await?)),
        None => None,
    };
    for case in cases() {
        let answer = ask(ours, case.method, filled(&case.params, &names)?).await?;
        let expected = match &case.expected {
            Expected::Result(value) | Expected::Member(_, value) => filled(value, &names)?,
            Expected::Error(code) => json!(code),
        };
        check(&case, &answer, &expected)?;
        if let Some((wallet, names)) = &theirs {
            let other = ask(wallet, case.method, filled(&case.params, names)?).await?;
            for difference in compare(&case, &answer, &other) {
                eprintln!("DIFFERS {difference}");
            }
        }
    }
    Ok(())
}

#[test]
fn shapes_differ_in_members_and_kinds_only() {
    let ours = json!({ "a": "0x1", "b": [{ "c": null }], "d": "0x12" });
    let mut found = Vec::new();
    let same = json!({ "a": "0x2", "b": [{ "c": null }, 5], "d": "0x34" });
    differences("", &shape(&ours), &shape(&same), &mut found);
    assert!(found.is_empty(), "{found:?}");
    let other = json!({ "a": 1, "b": [{ "c": "text" }], "e": true });
    differences("", &shape(&ours), &shape(&other), &mut found);
    let expected = [
        "/a: \"quantity\" here, \"number\" there",
        "/b/0/c: \"null\" here, \"text\" there",
        "/d: \"quantity\" here only",
        "/e: \"bool\" there only",
    ];
    assert_eq!(found, expected);
}
