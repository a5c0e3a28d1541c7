//! Traces, explanations and coverage in the words of the Solidity source.

use std::sync::{Arc, Mutex, mpsc};

use alloy::consensus::SignableTransaction;
use alloy::eips::eip2718::Encodable2718;
use alloy::network::TxSignerSync;
use alloy::primitives::{Address, B256, Bytes, Signature, U256};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol;
use alloy::sol_types::SolCall;
use alloy_zksync::network::tx_envelope::TxEnvelope;
use alloy_zksync::network::unsigned_tx::eip712::{PaymasterParams, TxEip712};
use eyre::{ContextCompat, ensure};
use serde_json::{Value, json};
use zksso_bindings::{CONTRACT_DEPLOYER_ADDRESS, ContractDeployer};
use zksso_core::{bytecode_hash, create2_address};
use zksso_node::{
    Node, NodeConfig, NodeEvent, RICH_ACCOUNTS, RefusalReport, RpcError, SharedContracts,
    TransactionReport,
};
use zksso_testkit::{contract_code, draft, known_contracts, project_root};
use zksso_trace::{Call, Plain, tree};

sol! {
    interface Explained {
        function choose(uint256 choice) external;
        function spend(uint256 amount) external;
        function spendTwice(uint256 amount) external;
        function delegate(address other, uint256 amount) external;
    }

    interface Diver {
        function dive(uint256 depth) external returns (uint256 reached);
    }
}

const SOURCE: &str = "test/contracts/doubles/Explained.sol";
const ACCOUNT_SOURCE: &str = "test/contracts/doubles/NosyAccount.sol";

/// A node whose events are kept, and a funded key.
struct Bench {
    node: Node,
    events: Arc<Mutex<Vec<NodeEvent>>>,
    key: PrivateKeySigner,
}

impl Bench {
    fn start() -> eyre::Result<Self> {
        let config = NodeConfig::default()
            .with_contracts(known_contracts())
            .with_coverage(true);
        let events = Arc::new(Mutex::new(Vec::new()));
        let kept = events.clone();
        let observer = move |event: &NodeEvent| kept.lock().unwrap().push(event.clone());
        Self::of(Node::start_with(config, observer)?, events)
    }

    fn of(node: Node, events: Arc<Mutex<Vec<NodeEvent>>>) -> eyre::Result<Self> {
        Ok(Self {
            node,
            events,
            key: PrivateKeySigner::from_bytes(&RICH_ACCOUNTS[0].private_key)?,
        })
    }

    async fn ask(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        let answer = self.node.request(method, Some(&params.to_string())).await?;
        Ok(serde_json::from_str(answer.get()).unwrap())
    }

    /// An answer that may nest deeper than values are read.
    async fn text(&self, method: &str, params: Value) -> Result<String, RpcError> {
        let answer = self.node.request(method, Some(&params.to_string())).await?;
        Ok(answer.get().to_owned())
    }

    /// A transaction of an account, with everything but its signature.
    async fn draft(&self, from: Address, to: Address, data: Vec<u8>) -> eyre::Result<TxEip712> {
        let nonce = self.ask("eth_getTransactionCount", json!([from])).await?;
        let nonce: U256 = serde_json::from_value(nonce)?;
        Ok(draft(from, nonce, to, data))
    }

    async fn send_draft(&self, mut tx: TxEip712) -> eyre::Result<B256> {
        let signature = self.key.sign_transaction_sync(&mut tx)?;
        let raw = TxEnvelope::Eip712(tx.into_signed(signature)).encoded_2718();
        let hash = self
            .ask("eth_sendRawTransaction", json!([Bytes::from(raw)]))
            .await?;
        Ok(serde_json::from_value(hash)?)
    }

    async fn send(&self, to: Address, call: impl SolCall) -> eyre::Result<B256> {
        let tx = self
            .draft(self.key.address(), to, call.abi_encode())
            .await?;
        self.send_draft(tx).await
    }

    /// Lets the contract call itself with a gas limit.
    async fn dive(&self, diver: Address, depth: U256, gas: u64) -> eyre::Result<B256> {
        let data = Diver::diveCall { depth }.abi_encode();
        let mut tx = self.draft(self.key.address(), diver, data).await?;
        tx.gas = gas;
        self.send_draft(tx).await
    }

    async fn deploy(&self, name: &str) -> eyre::Result<Address> {
        let code = contract_code(name)?.bytecode;
        let hash = bytecode_hash(&code)?;
        let create = ContractDeployer::create2AccountCall {
            salt: B256::ZERO,
            bytecodeHash: hash,
            input: Bytes::new(),
            aaVersion: ContractDeployer::AccountAbstractionVersion::Version1,
        };
        let owner = self.key.address();
        let mut tx = self
            .draft(owner, CONTRACT_DEPLOYER_ADDRESS, create.abi_encode())
            .await?;
        tx.eip712_meta.get_or_insert_default().factory_deps = vec![code];
        self.send_draft(tx).await?;
        Ok(create2_address(owner, B256::ZERO, hash, &[]))
    }

    async fn report(&self, hash: B256) -> eyre::Result<TransactionReport> {
        let report = self.text("zksso_traceTransaction", json!([hash])).await?;
        Ok(serde_json::from_str(&report)?)
    }

    /// What the account that looks where it must not is refused with.
    async fn refusal(
        &self,
        account: Address,
        value: u64,
        target: Address,
    ) -> eyre::Result<RpcError> {
        let funds = json!([account, "0x8ac7230489e80000"]);
        self.ask("anvil_setBalance", funds).await?;
        let mut tx = self.draft(account, target, Vec::new()).await?;
        tx.value = U256::from(value);
        tx.eip712_meta.get_or_insert_default().custom_signature = Some(vec![1].into());
        let raw = TxEnvelope::Eip712(tx.into_signed(Signature::test_signature())).encoded_2718();
        let answer = self
            .ask("eth_sendRawTransaction", json!([Bytes::from(raw)]))
            .await;
        answer.err().wrap_err("it was accepted")
    }

    /// All events so far.
    async fn told(&self) -> Vec<NodeEvent> {
        self.node.flush_events().await.unwrap();
        self.events.lock().unwrap().clone()
    }
}

/// Number of the line of a source that has a text.
fn line(source: &str, text: &str) -> usize {
    let content = std::fs::read_to_string(project_root().join(source)).unwrap();
    content
        .lines()
        .position(|line| line.contains(text))
        .unwrap()
        + 1
}

/// The first call of a function of the contract `Explained`, wherever it is.
fn find<'c>(calls: &'c [Call], function: &str) -> Option<&'c Call> {
    calls.iter().find_map(|call| {
        let is_own = call.contract.as_deref() == Some("Explained");
        if is_own && call.function.as_deref() == Some(function) {
            return Some(call);
        }
        find(&call.calls, function)
    })
}

#[tokio::test]
async fn a_transaction_is_told_with_names_events_and_the_parts_of_its_fee() -> eyre::Result<()> {
    let bench = Bench::start()?;
    let explained = bench.deploy("Explained").await?;
    let hash = bench
        .send(
            explained,
            Explained::chooseCall {
                choice: U256::from(20),
            },
        )
        .await?;
    let report = bench.report(hash).await?;
    let call = find(&report.calls, "choose").wrap_err("no call")?;
    ensure!(
        serde_json::to_value(&call.arguments)?
            == json!([{ "name": "choice", "type": "uint256", "value": "20" }])
    );
    let event = report
        .events
        .iter()
        .find(|event| event.name.as_deref() == Some("Chosen"));
    let event = event.wrap_err("no event")?;
    let by = bench.key.address();
    ensure!(
        event.line(&Plain) == format!(r#"Explained.Chosen(by: {by}, choice: 20, name: "choice")"#)
    );
    let fee = report.fee;
    ensure!(fee.gas_used == fee.execution_gas + fee.pubdata_gas + fee.overhead_gas);
    ensure!(fee.pubdata_gas == u64::from(fee.pubdata_bytes) * fee.gas_per_pubdata);
    ensure!(fee.fee == U256::from(fee.gas_used) * U256::from(fee.gas_price));
    ensure!(fee.refund == fee.gas_limit - fee.gas_used);
    ensure!(fee.validation_gas < fee.execution_gas);
    let told = bench.told().await;
    let told = told.iter().filter_map(|event| match event {
        NodeEvent::Transaction(report) => Some(&**report),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    ensure!(told.len() == 2);
    ensure!(told[0].created[0].contract.as_deref() == Some("Explained"));
    ensure!(told[0].created[0].address == explained);
    ensure!(*told[1] == report);
    Ok(())
}

#[tokio::test]
async fn a_node_answers_while_its_contracts_load_and_explains_once_they_have() -> eyre::Result<()> {
    let (gate, closed) = mpsc::channel::<()>();
    let contracts = SharedContracts::loading(move || {
        // The other half is dropped, and nothing sent.
        let _ = closed.recv();
        known_contracts()
    });
    let config = NodeConfig::default().with_contracts(contracts);
    let bench = Bench::of(Node::start(config)?, Arc::default())?;
    let explained = bench.deploy("Explained").await?;
    let choice = U256::from(20);
    let hash = bench
        .send(explained, Explained::chooseCall { choice })
        .await?;
    let (report, ()) = tokio::join!(bench.report(hash), async { drop(gate) });
    ensure!(find(&report?.calls, "choose").is_some());
    Ok(())
}

#[tokio::test]
async fn a_revert_is_told_with_the_functions_and_lines_it_came_through() -> eyre::Result<()> {
    let bench = Bench::start()?;
    let explained = bench.deploy("Explained").await?;
    let amount = U256::from(5);
    let hash = bench
        .send(
            explained,
            Explained::delegateCall {
                other: explained,
                amount,
            },
        )
        .await?;
    let report = bench.report(hash).await?;
    ensure!(!report.success);
    let failure = report.failure.wrap_err("no failure")?;
    ensure!(failure.name.as_deref() == Some("Failed"));
    let cause = failure.cause.wrap_err("no cause")?;
    ensure!(cause.message == "TooMuch(asked: 5, limit: 0)");
    let spend = find(&report.calls, "spend").wrap_err("no call")?;
    let places: Vec<_> = spend.frames.iter().map(ToString::to_string).collect();
    let spend_line = line(SOURCE, "_take(amount, 1)");
    let take_line = line(SOURCE, "revert TooMuch");
    ensure!(
        places
            == [
                format!("Explained.spend ({SOURCE}:{spend_line})"),
                format!("Explained._take ({SOURCE}:{take_line})"),
            ],
        "{places:?}"
    );
    let lines = tree(&report.calls, &Plain, false);
    let console = lines
        .iter()
        .position(|line| line.ends_with("console.log asking for 5"));
    let inner = lines
        .iter()
        .position(|line| line.contains("Explained.spend("));
    ensure!(console.is_some() && console < inner, "{lines:#?}");
    Ok(())
}

#[tokio::test]
async fn a_broken_rule_is_told_with_variable_reason_and_line() -> eyre::Result<()> {
    let bench = Bench::start()?;
    let explained = bench.deploy("Explained").await?;
    let account = bench.deploy("NosyAccount").await?;
    let error = bench.refusal(account, 1, explained).await?;
    let facts = error.data.clone().wrap_err("no data")?;
    ensure!(
        facts["rule"] == "storage" && facts["contractName"] == "Explained",
        "{facts}"
    );
    ensure!(
        facts["variable"] == "balances[0x000000000000000000000000000000000000bEEF]",
        "{facts}"
    );
    let look = line(ACCOUNT_SOURCE, "Explained(target).balances");
    let place = format!("NosyAccount._look ({ACCOUNT_SOURCE}:{look})");
    ensure!(error.message.contains(&place), "{error}");
    ensure!(error.message.contains("real chains forbid it"), "{error}");
    let frames = facts["frames"].as_array().wrap_err("no frames")?;
    ensure!(
        frames
            .iter()
            .any(|frame| frame["line"] == look && frame["name"] == "NosyAccount"),
        "{facts}"
    );
    Ok(())
}

#[tokio::test]
async fn a_call_of_the_console_in_validation_is_explained() -> eyre::Result<()> {
    let bench = Bench::start()?;
    let account = bench.deploy("NosyAccount").await?;
    let error = bench.refusal(account, 2, zksso_trace::CONSOLE).await?;
    let facts = error.data.clone().wrap_err("no data")?;
    ensure!(facts["rule"] == "no-code", "{facts}");
    ensure!(
        error.message.contains("console.log in validation"),
        "{error}"
    );
    let call = line(ACCOUNT_SOURCE, "target.call");
    ensure!(
        error.message.contains(&format!("{ACCOUNT_SOURCE}:{call}")),
        "{error}"
    );
    let told = bench.told().await;
    let refusals = told.iter().filter_map(|event| match event {
        NodeEvent::Refusal(report) => Some(&**report),
        _ => None,
    });
    let refusals: Vec<&RefusalReport> = refusals.collect();
    ensure!(
        refusals.len() == 1 && refusals[0].reason == error.message,
        "{refusals:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_paymasters_validation_is_not_bound_by_the_rules() -> eyre::Result<()> {
    let bench = Bench::start()?;
    let explained = bench.deploy("Explained").await?;
    let account = bench.deploy("NosyAccount").await?;
    let paymaster = bench.deploy("NosyPaymaster").await?;
    let funds = json!([paymaster, "0x8ac7230489e80000"]);
    bench.ask("anvil_setBalance", funds).await?;
    let mut tx = bench.draft(account, explained, Vec::new()).await?;
    let meta = tx.eip712_meta.get_or_insert_default();
    meta.custom_signature = Some(vec![1].into());
    meta.paymaster_params = Some(PaymasterParams {
        paymaster,
        paymaster_input: Bytes::new(),
    });
    let raw = TxEnvelope::Eip712(tx.into_signed(Signature::test_signature())).encoded_2718();
    let hash = bench
        .ask("eth_sendRawTransaction", json!([Bytes::from(raw)]))
        .await?;
    let report = bench.report(serde_json::from_value(hash)?).await?;
    ensure!(report.success);
    // It read what the account must not read, and found it empty.
    let balances = find(&report.calls, "balances").wrap_err("no call")?;
    ensure!(balances.from == paymaster && balances.results[0].value == "0");
    Ok(())
}

#[tokio::test]
async fn coverage_tells_taken_lines_from_untaken_ones() -> eyre::Result<()> {
    let bench = Bench::start()?;
    let explained = bench.deploy("Explained").await?;
    for choice in [20, 30, 1] {
        let choice = U256::from(choice);
        bench
            .send(explained, Explained::chooseCall { choice })
            .await?;
    }
    let call = Explained::chooseCall { choice: U256::ONE }.abi_encode();
    let call = json!([{ "to": explained, "data": Bytes::from(call) }]);
    bench.ask("eth_call", call).await?;
    let coverage = bench
        .node
        .coverage()
        .await?
        .wrap_err("nothing is counted")?;
    let file = &coverage.files[SOURCE];
    let runs = |text: &str| file.lines[&line(SOURCE, text)].runs;
    ensure!(runs("choices += choice;") == 2);
    ensure!(runs("choices = 1000;") == 0);
    ensure!(runs("choices = choices * 3 + 1;") == 2);
    ensure!(runs("if (choice > 10)") == 4);
    ensure!(runs("revert TooMuch") == 0);
    ensure!(!file.lines.contains_key(&line(SOURCE, "error TooMuch")));
    let function = |name: &str| file.functions.iter().find(|function| function.name == name);
    let choose = function("Explained.choose").wrap_err("no function")?;
    ensure!(choose.runs == 4 && choose.gas > 4_000, "{choose:?}");
    ensure!(function("Explained._take").wrap_err("no function")?.runs == 0);
    let lcov = coverage.lcov();
    ensure!(lcov.contains(&format!("DA:{},2\n", line(SOURCE, "choices += choice;"))));
    ensure!(lcov.contains(&format!(
        "FN:{},Explained.choose\n",
        line(SOURCE, "function choose")
    )));
    bench.ask("zksso_resetCoverage", json!([])).await?;
    let coverage = bench
        .node
        .coverage()
        .await?
        .wrap_err("nothing is counted")?;
    ensure!(coverage.line_totals().1 == 0);
    Ok(())
}

#[tokio::test]
async fn calls_that_end_in_a_refusal_count_too() -> eyre::Result<()> {
    let bench = Bench::start()?;
    let explained = bench.deploy("Explained").await?;
    let call = Explained::spendTwiceCall { amount: U256::ONE }.abi_encode();
    let call = json!({ "to": explained, "data": Bytes::from(call) });
    ensure!(bench.ask("eth_call", json!([call])).await.is_err());
    let traced = json!([call, "latest", { "tracer": "sourceTracer" }]);
    let coverage = bench
        .node
        .coverage()
        .await?
        .wrap_err("nothing is counted")?;
    let file = &coverage.files[SOURCE];
    ensure!(file.lines[&line(SOURCE, "revert TooMuch")].runs == 1);
    let traced: Vec<Call> = serde_json::from_value(bench.ask("debug_traceCall", traced).await?)?;
    let spend = find(&traced, "spendTwice").wrap_err("no call")?;
    let last = spend.frames.last().wrap_err("no frames")?;
    ensure!(last.function.as_deref() == Some("_take"), "{last}");
    Ok(())
}

/// How many calls of the diver there are within one another, below the first.
fn depth(calls: &[Call]) -> usize {
    let mut left: Vec<_> = calls.iter().map(|call| (call, 0)).collect();
    let mut deepest = 0;
    while let Some((call, above)) = left.pop() {
        let depth = above + usize::from(call.function.as_deref() == Some("dive"));
        deepest = deepest.max(depth);
        left.extend(call.calls.iter().map(|call| (call, depth)));
    }
    deepest.saturating_sub(1)
}

#[tokio::test]
async fn calls_are_told_as_deep_as_gas_lets_them_nest() -> eyre::Result<()> {
    let bench = Bench::start()?;
    let diver = bench.deploy("Diver").await?;
    // Few enough for every reader, more than serde_json reads, and all that the gas of a transaction allows.
    let cases = [
        (50, 20_000_000),
        (300, 80_000_000),
        (u64::MAX, 4_000_000_000),
    ];
    let mut reached = Vec::new();
    for (limit, gas) in cases {
        let hash = bench.dive(diver, U256::from(limit), gas).await?;
        let report = bench.report(hash).await?;
        ensure!(report.success);
        let levels = depth(&report.calls);
        ensure!(tree(&report.calls, &Plain, true).len() > levels);
        let again = serde_json::to_string(&report)?;
        ensure!(serde_json::from_str::<TransactionReport>(&again)? == report);
        let told = bench
            .text(
                "debug_traceTransaction",
                json!([hash, { "tracer": "callTracer" }]),
            )
            .await?;
        let dives = told.matches(&format!(r#""to":"{diver:#x}""#)).count();
        // The transaction itself is one, too, above the calls of the bootloader.
        ensure!(dives == levels + 2, "{dives} of {levels}");
        let readable: Result<Value, _> = serde_json::from_str(&told);
        ensure!(readable.is_ok() == (levels < 60), "{levels}: {readable:?}");
        reached.push(levels);
    }
    ensure!(reached[..2] == [50, 300], "{reached:?}");
    ensure!((400..1_000).contains(&reached[2]), "{reached:?}");
    Ok(())
}

#[test]
fn reports_that_nest_beyond_any_chain_are_refused() {
    let call = |calls: &str| {
        let zero = Address::ZERO;
        format!(
            r#"{{"kind":"call","outcome":"returned","from":"{zero}","to":"{zero}","code":"{zero}","contract":null,"function":null,
            "arguments":[],"results":[],"console":null,"value":"0x0","gas":1,"gasUsed":1,"input":"0x","output":"0x","failure":null,
            "frames":[],"calls":[{calls}]}}"#
        )
    };
    let nested = |depth: usize| (0..depth).fold(String::new(), |inner, _| call(&inner));
    let read = |depth: usize| serde_json::from_str::<Call>(&nested(depth));
    assert!(read(2_000).is_ok());
    let error = read(3_000).unwrap_err().to_string();
    assert!(error.contains("2048 calls within one another"), "{error}");
    // The refusal leaves nothing behind that the next one would meet.
    assert!(read(2_000).is_ok());
}
