//! How fast a node answers, and what it costs: `cargo bench --workspace --bench node`, after `cargo build --release --workspace`.
//!
//! Measures the command `zksso node` from outside, over HTTP: with its log, which is read as a terminal would, and with `--quiet`.
//! `$ZKSSO` names another binary. If `$ANVIL_ZKSYNC` names one, the same is asked of it, with the log that it has by itself. Ratios are
//! to the first column. `--json` prints data.

use std::{
    env,
    error::Error,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::{self, sleep},
    time::{Duration, Instant},
};

use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxEnvelope},
    eips::eip2718::Encodable2718,
    network::TxSignerSync,
    primitives::{Address, U256, hex},
    signers::local::PrivateKeySigner,
};
use serde_json::{Map, Value, json};
use zksso_node::RICH_ACCOUNTS;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const STARTS: usize = 10;
const TRANSFERS: u64 = 1_000;
/// Transfers over which growth of memory is measured, after those that are timed.
const MORE_TRANSFERS: u64 = 3_000;
const QUESTIONS: usize = 100;
/// Accounts and transfers of each in a mined block.
const SENDERS: usize = 10;
const EACH: u64 = 20;
const BLOCKS: u64 = 10;
/// Processor time is read again after this pause, until it no longer grows, but so many times at most.
const PAUSE: Duration = Duration::from_millis(20);
const PAUSES: usize = 500;

type Figures = Map<String, Value>;

fn main() -> Result<()> {
    let own = own_binary()?;
    let mut columns = vec![
        ("with log", measure(&own, &["node"])?),
        ("--quiet", measure(&own, &["node", "--quiet"])?),
    ];
    if let Some(path) = env::var_os("ANVIL_ZKSYNC") {
        columns.push(("anvil-zksync", measure(&path.into(), &[])?));
    }
    if env::args().any(|argument| argument == "--json") {
        let columns = columns.into_iter();
        let all: Map<_, _> = columns
            .map(|(name, figures)| (name.to_owned(), json!(figures)))
            .collect();
        println!("{:#}", json!(all));
    } else {
        print(&columns);
    }
    Ok(())
}

/// `zksso`, next to the folder of this program.
fn own_binary() -> Result<PathBuf> {
    if let Some(path) = env::var_os("ZKSSO") {
        return Ok(path.into());
    }
    let here = env::current_exe()?;
    let folder = here.ancestors().nth(2).ok_or("no target folder")?;
    let path = folder.join("zksso");
    if path.exists() {
        return Ok(path);
    }
    Err(format!(
        "{} is missing: cargo build --release --workspace",
        path.display()
    )
    .into())
}

/// A row for each figure, a column for each way to run a node.
fn print(columns: &[(&str, Figures)]) {
    let [(first, own), others @ ..] = columns else {
        return;
    };
    let heads = others
        .iter()
        .map(|(name, _)| format!(" {name:>12}   ratio"));
    println!("{:<48} {first:>10}{}", "", heads.collect::<String>());
    for (name, value) in own {
        let value = value.as_f64().unwrap_or_default();
        let cells = others.iter().map(|(_, figures)| {
            let other = figures.get(name).and_then(Value::as_f64);
            let other = other.unwrap_or_default();
            format!(" {other:>12.3} {:>6.2}x", other / value)
        });
        println!("{name:<48} {value:>10.3}{}", cells.collect::<String>());
    }
}

fn measure(binary: &PathBuf, arguments: &[&str]) -> Result<Figures> {
    let mut starts = Vec::new();
    for _ in 1..STARTS {
        starts.push(Process::start(binary, arguments)?.started);
    }
    let mut node = Process::start(binary, arguments)?;
    starts.push(node.started);
    let mut results = Map::new();
    let mut put = |name: &str, value: f64| results.insert(name.to_owned(), json!(value));
    put("start to first answer, ms", median(starts));
    put("memory at start, MB", node.memory()? / 1e6);
    let request = json!([{ "from": sender(1)?.address(), "to": PAYEE, "value": "0x1" }]);
    for (name, method) in [
        ("estimate, ms", "eth_estimateGas"),
        ("call, ms", "eth_call"),
    ] {
        put(name, node.time_questions(method, &request)?);
    }
    let cpu = node.cpu()?;
    put(
        "transfer, send to receipt, ms",
        node.time_transfers(TRANSFERS)?,
    );
    put(
        "processor time per transfer, ms",
        (node.cpu_at_rest()? - cpu) / as_f64(TRANSFERS),
    );
    let memory = node.memory()?;
    node.time_transfers(MORE_TRANSFERS)?;
    put(
        "memory per transfer, kB",
        (node.memory()? - memory) / 1e3 / as_f64(MORE_TRANSFERS),
    );
    let cpu = node.cpu_at_rest()?;
    let (all, mining) = node.time_blocks()?;
    put("transfer in a block of 200, sent and mined, ms", all);
    put("transfer in a block of 200, mined only, ms", mining);
    let in_blocks = as_f64(BLOCKS) * as_f64(EACH) * as_f64(u64::try_from(SENDERS)?);
    put(
        "transfer in a block of 200, processor time, ms",
        (node.cpu_at_rest()? - cpu) / in_blocks,
    );
    Ok(results)
}

const PAYEE: Address = Address::repeat_byte(0x77);

fn sender(index: usize) -> Result<PrivateKeySigner> {
    Ok(PrivateKeySigner::from_bytes(
        &RICH_ACCOUNTS[index].private_key,
    )?)
}

fn transfer(signer: &PrivateKeySigner, nonce: u64) -> Result<String> {
    let mut tx = TxEip1559 {
        chain_id: 260,
        nonce,
        gas_limit: 1_000_000,
        max_fee_per_gas: 100_000_000,
        to: PAYEE.into(),
        value: U256::ONE,
        ..TxEip1559::default()
    };
    let signature = signer.sign_transaction_sync(&mut tx)?;
    Ok(hex::encode_prefixed(
        TxEnvelope::from(tx.into_signed(signature)).encoded_2718(),
    ))
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A node in a process of its own, with a connection to it.
struct Process {
    child: Child,
    connection: BufReader<TcpStream>,
    /// Milliseconds until the first answer.
    started: f64,
    nonce: u64,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    fn start(binary: &PathBuf, arguments: &[&str]) -> Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let began = Instant::now();
        let mut child = Command::new(binary)
            .args(arguments)
            .args(["--port", &port.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut log) = child.stdout.take() {
            thread::spawn(move || io::copy(&mut log, &mut io::sink()));
        }
        let connection = loop {
            match TcpStream::connect(("127.0.0.1", port)) {
                Ok(stream) => break stream,
                Err(_) if child.try_wait()?.is_some() => return Err("the node ended".into()),
                Err(_) => sleep(Duration::from_micros(200)),
            }
        };
        connection.set_nodelay(true)?;
        let mut process = Self {
            child,
            connection: BufReader::new(connection),
            started: 0.0,
            nonce: 0,
        };
        process.ask("eth_chainId", &json!([]))?;
        process.started = milliseconds(began);
        Ok(process)
    }

    fn ask(&mut self, method: &str, params: &Value) -> Result<Value> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let body = body.to_string();
        let head = format!(
            "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let stream = self.connection.get_mut();
        stream.write_all([head, body].concat().as_bytes())?;
        let answer: Value = serde_json::from_slice(&self.read()?)?;
        match answer.get("result") {
            Some(result) => Ok(result.clone()),
            None => Err(format!("{method}: {answer}").into()),
        }
    }

    fn read(&mut self) -> Result<Vec<u8>> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.connection.read_line(&mut line)?;
            let line = line.trim().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.connection.read_exact(&mut body)?;
        Ok(body)
    }

    fn time_questions(&mut self, method: &str, request: &Value) -> Result<f64> {
        let mut times = Vec::new();
        for _ in 0..QUESTIONS {
            let asked = Instant::now();
            self.ask(method, request)?;
            times.push(milliseconds(asked));
        }
        Ok(median(times))
    }

    fn time_transfers(&mut self, count: u64) -> Result<f64> {
        let signer = sender(0)?;
        let mut times = Vec::new();
        for _ in 0..count {
            let raw = json!([transfer(&signer, self.nonce)?]);
            self.nonce += 1;
            let sent = Instant::now();
            let hash = self.ask("eth_sendRawTransaction", &raw)?;
            let receipt = self.ask("eth_getTransactionReceipt", &json!([hash]))?;
            times.push(milliseconds(sent));
            if receipt["status"] != "0x1" {
                return Err(format!("a transfer failed: {receipt}").into());
            }
        }
        Ok(median(times))
    }

    /// Milliseconds per transfer in blocks of several: all of it, and making the block.
    fn time_blocks(&mut self) -> Result<(f64, f64)> {
        self.ask("evm_setAutomine", &json!([false]))?;
        let (mut all, mut mining) = (Vec::new(), Vec::new());
        let senders: Vec<_> = (2..2 + SENDERS).map(sender).collect::<Result<_>>()?;
        let count = as_f64(EACH) * as_f64(u64::try_from(SENDERS)?);
        for block in 0..BLOCKS {
            let mut raws = Vec::new();
            for nonce in block * EACH..(block + 1) * EACH {
                for signer in &senders {
                    raws.push(json!([transfer(signer, nonce)?]));
                }
            }
            let began = Instant::now();
            for raw in &raws {
                self.ask("eth_sendRawTransaction", raw)?;
            }
            let sent = Instant::now();
            self.ask("evm_mine", &json!([]))?;
            mining.push(milliseconds(sent) / count);
            all.push(milliseconds(began) / count);
            let sealed = self.ask("eth_getBlockByNumber", &json!(["latest", false]))?;
            let held = sealed["transactions"].as_array().map_or(0, Vec::len);
            if held != raws.len() {
                return Err(format!("a block holds {held} of {} transfers", raws.len()).into());
            }
        }
        self.ask("evm_setAutomine", &json!([true]))?;
        Ok((median(all), median(mining)))
    }

    /// Bytes of memory in use.
    fn memory(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        let kilobytes: u64 = kilobytes.ok_or("no VmRSS")?.parse()?;
        Ok(as_f64(kilobytes) * 1024.0)
    }

    /// Processor time once the node has done what it does after its answers.
    fn cpu_at_rest(&self) -> Result<f64> {
        let mut before = self.cpu()?;
        for _ in 0..PAUSES {
            sleep(PAUSE);
            let now = self.cpu()?;
            if now - before < 0.1 {
                return Ok(now);
            }
            before = now;
        }
        Ok(before)
    }

    /// Milliseconds of processor time that its threads have used.
    fn cpu(&self) -> Result<f64> {
        let mut nanoseconds = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            let used = text.split_whitespace().next().ok_or("no schedstat")?;
            nanoseconds += used.parse::<u64>()?;
        }
        Ok(as_f64(nanoseconds) / 1e6)
    }
}
