//! The examples in `docs/traces.md` are what the tool prints.
//!
//! `ZKSSO_BLESS=1` writes them anew.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdout, Stdio},
};

use alloy::{
    consensus::SignableTransaction as _,
    eips::eip2718::Encodable2718 as _,
    network::TxSignerSync as _,
    primitives::{Address, B256, Bytes, Signature, U256},
    providers::Provider as _,
    signers::local::PrivateKeySigner,
    sol,
    sol_types::SolCall as _,
    transports::TransportResult,
};
use alloy_zksync::network::{tx_envelope::TxEnvelope, unsigned_tx::eip712::TxEip712};
use serde_json::{Value, json};
use zksso_bindings::{CONTRACT_DEPLOYER_ADDRESS, ContractDeployer};
use zksso_client::Chain;
use zksso_core::{bytecode_hash, create2_address};
use zksso_node::RICH_ACCOUNTS;
use zksso_testkit::{contract_code, draft};

use crate::zksso::{command, root, run};

sol! {
    interface Explained {
        function delegate(address other, uint256 amount) external;
    }
}

const PAGE: &str = "docs/traces.md";
const SOURCE: &str = "test/contracts/doubles/Explained.sol";
/// Signs of the longest hexadecimal number that the page shows in full, an address, and those that it shows of longer ones.
const LONGEST: usize = 42;
const SHOWN: usize = 12;
/// Rows of the table of functions, and lines of each kind in the tracefile, that the page shows.
const ROWS: usize = 4;
const RECORDS: usize = 3;

/// A node in a process of its own, with its log and a funded key.
struct Scene {
    process: Child,
    log: BufReader<ChildStdout>,
    url: String,
    chain: Chain,
    key: PrivateKeySigner,
    nonce: u64,
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Scene {
    async fn start() -> Self {
        let start = "node --port 0 --coverage --timestamp 1700000000";
        let arguments: Vec<_> = start.split(' ').collect();
        let mut process = command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(process.stdout.take().unwrap());
        let greeting = lines_until(&mut log, |line| line.contains(" is listening on "));
        let mut words = greeting.last().unwrap().split(' ');
        let url = words.find(|word| word.starts_with("http")).unwrap();
        Self {
            chain: Chain::connect(url).await.unwrap(),
            url: url.to_owned(),
            process,
            log,
            key: PrivateKeySigner::from_bytes(&RICH_ACCOUNTS[0].private_key).unwrap(),
            nonce: 0,
        }
    }

    async fn ask(&self, method: &'static str, params: Value) -> TransportResult<Value> {
        let answer = self.chain.provider().raw_request(method.into(), params);
        answer.await
    }

    async fn send(&mut self, to: Address, data: Vec<u8>, code: Option<Bytes>) {
        let mut tx = draft(self.key.address(), U256::from(self.nonce), to, data);
        self.nonce += 1;
        tx.eip712_meta.get_or_insert_default().factory_deps = code.into_iter().collect();
        let signature = self.key.sign_transaction_sync(&mut tx).unwrap();
        self.send_signed(tx, signature).await.unwrap();
    }

    async fn send_signed(&self, tx: TxEip712, signature: Signature) -> TransportResult<Value> {
        let raw = TxEnvelope::Eip712(tx.into_signed(signature)).encoded_2718();
        let params = json!([Bytes::from(raw)]);
        self.ask("eth_sendRawTransaction", params).await
    }

    async fn deploy(&mut self, name: &str) -> Address {
        let code = contract_code(name).unwrap().bytecode;
        let hash = bytecode_hash(&code).unwrap();
        let create = ContractDeployer::create2AccountCall {
            salt: B256::ZERO,
            bytecodeHash: hash,
            input: Bytes::new(),
            aaVersion: ContractDeployer::AccountAbstractionVersion::Version1,
        };
        self.send(CONTRACT_DEPLOYER_ADDRESS, create.abi_encode(), Some(code))
            .await;
        create2_address(self.key.address(), B256::ZERO, hash, &[])
    }

    async fn delegate(&mut self, explained: Address) {
        let call = Explained::delegateCall {
            other: explained,
            amount: U256::from(5),
        };
        self.send(explained, call.abi_encode(), None).await;
    }

    /// What `zksso coverage` prints.
    fn coverage(&self, arguments: &[&str]) -> String {
        let url = ["coverage", "--rpc-url", &self.url];
        let run = run(&[&url, arguments].concat());
        assert!(run.success, "{}", run.stderr);
        run.stdout
    }

    /// The data of the error with which the account that looks where it must not is refused.
    async fn refusal(&self, account: Address, target: Address) -> Value {
        let funds = json!([account, "0x8ac7230489e80000"]);
        self.ask("anvil_setBalance", funds).await.unwrap();
        let mut tx = draft(account, U256::ZERO, target, Vec::new());
        tx.value = U256::ONE;
        tx.eip712_meta.get_or_insert_default().custom_signature = Some(vec![1].into());
        let answer = self.send_signed(tx, Signature::test_signature()).await;
        let error = answer.unwrap_err();
        let data = error.as_error_resp().and_then(|error| error.data.clone());
        serde_json::from_str(data.unwrap().get()).unwrap()
    }
}

fn lines_until(log: &mut BufReader<ChildStdout>, is_last: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "the log has ended");
        lines.push(line.trim_end().to_owned());
        if is_last(&line) {
            return lines;
        }
    }
}

// --- What the page shows of it --------------------------------------------------------------------------------------------

/// The lines of the transaction that failed: long numbers are cut, and of the events there is one.
fn log_of_failure(log: &mut BufReader<ChildStdout>) -> String {
    let lines = lines_until(log, |line| line.starts_with("  reverted:"));
    let first = lines.iter().rposition(|line| line.starts_with("0x"));
    let lines = lines[first.unwrap()..].iter().map(|line| cut_numbers(line));
    abridged(lines, &[("  event ", 1, "  …")])
}

/// The functions that took most gas, and the sums, without the number of lines in all contracts there are.
fn functions(table: &str) -> String {
    let lines = table.lines().map(|line| match line.split_once(" of ") {
        Some((ran, rest)) if line.contains(" lines with code ") => {
            let (_, rest) = rest.split_once(' ').unwrap();
            format!("{ran} of … {rest}")
        }
        _ => line.to_owned(),
    });
    abridged(lines, &[("│ ", 1 + ROWS, "…")])
}

/// The beginning of each part of what a tracefile says of a source.
fn records(tracefile: &str) -> String {
    let heading = format!("TN:\nSF:{SOURCE}\n");
    let (_, rest) = tracefile.split_once(&heading).unwrap();
    let (record, _) = rest.split_once("end_of_record").unwrap();
    let lines = [&heading, record].concat();
    let kinds = ["FN:", "FNDA:", "DA:"].map(|kind| (kind, RECORDS, "…"));
    abridged(lines.lines().map(str::to_owned), &kinds)
}

/// Of the lines that begin as a kind says, its number of them is kept; its mark stands for the others.
fn abridged(lines: impl Iterator<Item = String>, kinds: &[(&str, usize, &str)]) -> String {
    let mut seen = vec![0; kinds.len()];
    let mut shown = Vec::new();
    for line in lines {
        let kind = kinds.iter().position(|(start, ..)| line.starts_with(start));
        let Some(kind) = kind else {
            shown.push(line);
            continue;
        };
        let (_, count, mark) = kinds[kind];
        seen[kind] += 1;
        if seen[kind] <= count {
            shown.push(line);
        } else if seen[kind] == count + 1 {
            shown.push(mark.to_owned());
        }
    }
    shown.join("\n")
}

fn cut_numbers(line: &str) -> String {
    let words = line.split_inclusive(|sign: char| !sign.is_ascii_alphanumeric());
    let cut = words.map(|word| {
        let number = word.trim_end_matches(|sign: char| !sign.is_ascii_alphanumeric());
        let rest = &word[number.len()..];
        let mark = if rest.starts_with('…') { "" } else { "…" };
        match number.starts_with("0x") && number.len() > LONGEST {
            true => format!("{}{mark}{rest}", &number[..SHOWN]),
            false => word.to_owned(),
        }
    });
    cut.collect()
}

/// The page with another text in the block after a marker.
fn with_block(page: &str, name: &str, text: &str) -> String {
    let marker = format!("<!-- {name}: written by the tests -->\n```");
    let (before, rest) = page
        .split_once(&marker)
        .unwrap_or_else(|| panic!("{PAGE} has no block {name}"));
    let (language, rest) = rest.split_once('\n').unwrap();
    let (_, after) = rest.split_once("\n```\n").unwrap();
    format!("{before}{marker}{language}\n{text}\n```\n{after}")
}

#[tokio::test]
async fn the_page_about_traces_shows_what_the_tool_prints() {
    let mut scene = Scene::start().await;
    let explained = scene.deploy("Explained").await;
    let account = scene.deploy("NosyAccount").await;
    scene.coverage(&["--reset"]);
    scene.delegate(explained).await;
    let refusal = scene.refusal(account, explained);
    let blocks = [
        ("functions", functions(&scene.coverage(&[]))),
        ("tracefile", records(&scene.coverage(&["--lcov", "-"]))),
        ("refusal", format!("{:#}", refusal.await)),
        ("log", log_of_failure(&mut scene.log)),
    ];
    let path = root().join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let right = blocks.iter().fold(page.clone(), |page, (name, text)| {
        with_block(&page, name, text)
    });
    if std::env::var_os("ZKSSO_BLESS").is_some() {
        fs::write(&path, &right).unwrap();
        return;
    }
    // Nothing but the examples can differ.
    assert_eq!(page, right, "ZKSSO_BLESS=1 writes the examples anew");
}
