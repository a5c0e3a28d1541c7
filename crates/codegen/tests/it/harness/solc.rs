//! npm's solc through Node.js, with results kept between runs.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use alloy_primitives::{hex, keccak256};
use serde_json::{Value, json};

/// Reads standard JSON from its input and writes solc's answer.
const SCRIPT: &str = r#"
const solc = require(process.argv[1]);
let input = "";
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", () => process.stdout.write(solc.compile(input)));
"#;

/// Answers every line of standard JSON with a line.
const SERVER: &str = r#"
const solc = require(process.argv[1]);
const lines = require("readline").createInterface({ input: process.stdin });
lines.on("line", (line) => process.stdout.write(solc.compile(line).replace(/\n/g, " ") + "\n"));
"#;

/// Which Yul of solc our compiler gets. The oracle's code is the optimised one in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ir {
    /// After solc's Yul optimiser, with steps for the EVM.
    Optimised,
    /// As generated, whatever solc's optimiser is set to.
    Unoptimised,
}

impl Ir {
    /// What tests compile unless they say otherwise.
    pub(crate) const DEFAULT: Self = Self::Unoptimised;

    /// The one that is not the default.
    pub(crate) const OTHER: Self = match Self::DEFAULT {
        Self::Optimised => Self::Unoptimised,
        Self::Unoptimised => Self::Optimised,
    };

    /// Name of the output in standard JSON.
    const fn output(self) -> &'static str {
        match self {
            Self::Optimised => "irOptimized",
            Self::Unoptimised => "ir",
        }
    }
}

/// One compiled contract.
#[derive(Clone, Debug)]
pub(crate) struct Contract {
    pub(crate) name: String,
    /// Name of the file that defines it.
    pub(crate) source: String,
    /// Yul of the kind asked for; for Yul sources the source itself.
    pub(crate) yul: String,
    /// EVM creation code.
    pub(crate) evm: Vec<u8>,
    /// ABI as JSON.
    pub(crate) abi: Value,
}

/// The repository's root, where the npm packages are.
pub(crate) fn root() -> PathBuf {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut roots = folders.filter(|folder| folder.join("package-lock.json").exists());
    roots
        .next()
        .expect("the crate is in the repository")
        .to_owned()
}

/// A Solidity file of a folder under `test/contracts`: its name and text.
pub(crate) fn source(folder: &str, file: &str) -> (String, String) {
    let path = root().join("test/contracts").join(folder).join(file);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    (file.to_owned(), text)
}

/// Compiles Solidity sources in one call of solc. Imports of npm packages are resolved from `node_modules`.
///
/// # Panics
/// With solc's message if it reports an error.
pub(crate) fn compile(sources: &[(String, String)]) -> Vec<Contract> {
    compile_as(Ir::DEFAULT, sources)
}

/// The same with a choice of Yul.
pub(crate) fn compile_as(ir: Ir, sources: &[(String, String)]) -> Vec<Contract> {
    let output = solidity(
        sources,
        &[],
        &["abi", "ir", "irOptimized", "evm.bytecode.object"],
    );
    let mut contracts = Vec::new();
    for (source, entries) in output["contracts"].as_object().into_iter().flatten() {
        for (name, entry) in entries.as_object().into_iter().flatten() {
            let yul = entry[ir.output()].as_str().unwrap_or_default();
            if !yul.is_empty() {
                contracts.push(Contract {
                    source: source.clone(),
                    ..contract(name, yul, entry)
                });
            }
        }
    }
    contracts
}

/// solc's outputs for Solidity sources, with the optimiser on, which `ir` does not show.
fn solidity(sources: &[(String, String)], debug_info: &[&str], outputs: &[&str]) -> Value {
    standard_json(&json!({
        "language": "Solidity",
        "sources": with_imports(sources),
        "settings": {
            "viaIR": true,
            "optimizer": {"enabled": true, "runs": 200},
            "evmVersion": "cancun",
            "metadata": {"appendCBOR": false, "bytecodeHash": "none"},
            "debug": {"debugInfo": debug_info},
            "outputSelection": {"*": {"*": outputs}},
        },
    }))
}

/// The Yul of all contracts with comments about its places in the source.
pub(crate) fn located(sources: &[(String, String)], ir: Ir) -> BTreeMap<String, String> {
    let output = solidity(sources, &["location"], &["ir", "irOptimized"]);
    let key = ir.output();
    let files = output["contracts"].as_object().into_iter().flatten();
    let contracts = files.flat_map(|(_, contracts)| contracts.as_object().into_iter().flatten());
    let text = |contract: &Value| contract[key].as_str().unwrap_or_default().to_owned();
    contracts
        .map(|(name, contract)| (name.clone(), text(contract)))
        .collect()
}

/// Compiles a Yul source with solc's optimiser off.
pub(crate) fn compile_yul(source: &str) -> Contract {
    let output = standard_json(&json!({
        "language": "Yul",
        "sources": {"test.yul": {"content": source}},
        "settings": {
            "optimizer": {"enabled": false},
            "evmVersion": "cancun",
            "outputSelection": {"*": {"*": ["evm.bytecode.object"]}},
        },
    }));
    let entries = output["contracts"]["test.yul"]
        .as_object()
        .expect("one source");
    let (name, entry) = entries.iter().next().expect("one object");
    contract(name, source, entry)
}

/// Compiles a Yul source without optimisation, in a process that lives as long as the test run: loading solc takes longer than
/// most programs. Where `memoryguard` permits it, variables that the stack cannot hold go to memory.
///
/// `None` if solc has no stack for the program.
///
/// # Errors
/// solc's message if it reports any other error.
pub(crate) fn try_compile_yul(source: &str) -> Result<Option<Contract>, String> {
    let details =
        json!({"yul": true, "yulDetails": {"stackAllocation": true, "optimizerSteps": ":"}});
    let guarded = source.contains("memoryguard(");
    let optimizer = if guarded {
        json!({"enabled": false, "details": details})
    } else {
        json!({"enabled": false})
    };
    let output = server_json(&json!({
        "language": "Yul",
        "sources": {"test.yul": {"content": source}},
        "settings": {
            "optimizer": optimizer,
            "evmVersion": "cancun",
            "outputSelection": {"*": {"*": ["evm.bytecode.object"]}},
        },
    }));
    for error in output["errors"].as_array().into_iter().flatten() {
        let message = error["formattedMessage"].as_str().unwrap_or_default();
        if [
            "too deep",
            "inaccessible",
            "StackTooDeep",
            "Could not create stack layout",
        ]
        .iter()
        .any(|text| message.contains(text))
        {
            return Ok(None);
        }
        if error["severity"] == "error" {
            return Err(message.to_owned());
        }
    }
    let entries = output["contracts"]["test.yul"]
        .as_object()
        .expect("one source");
    let (name, entry) = entries.iter().next().expect("one object");
    Ok(Some(contract(name, source, entry)))
}

fn contract(name: &str, yul: &str, entry: &Value) -> Contract {
    let evm = entry["evm"]["bytecode"]["object"]
        .as_str()
        .unwrap_or_default();
    Contract {
        name: name.to_owned(),
        source: String::new(),
        yul: yul.to_owned(),
        evm: hex::decode(evm).unwrap_or_default(),
        abi: entry["abi"].clone(),
    }
}

/// The sources and everything they import.
fn with_imports(sources: &[(String, String)]) -> Value {
    let mut all = serde_json::Map::new();
    let mut pending: Vec<(String, String)> = sources.to_vec();
    while let Some((name, text)) = pending.pop() {
        for import in imports(&text) {
            let path = resolve(&name, import);
            if !all.contains_key(&path) && !pending.iter().any(|(name, _)| *name == path) {
                let file = root().join("node_modules").join(&path);
                if let Ok(text) = fs::read_to_string(file) {
                    pending.push((path, text));
                }
            }
        }
        all.insert(name, json!({"content": text}));
    }
    all.sort_keys();
    Value::Object(all)
}

fn imports(text: &str) -> impl Iterator<Item = &str> {
    let lines = text
        .split(';')
        .filter(|statement| statement.contains("import"));
    lines.filter_map(|statement| statement.rsplit('"').nth(1))
}

fn resolve(from: &str, import: &str) -> String {
    if !import.starts_with('.') {
        return import.to_owned();
    }
    let mut path: Vec<&str> = from.split('/').collect();
    path.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => drop(path.pop()),
            part => path.push(part),
        }
    }
    path.join("/")
}

fn standard_json(input: &Value) -> Value {
    let input = input.to_string();
    let key = hex::encode(&keccak256([SCRIPT.as_bytes(), input.as_bytes()].concat())[..16]);
    let cached = cache().join(format!("solc-{key}.json"));
    let text = fs::read_to_string(&cached).unwrap_or_else(|_| {
        let text = run_solc(&input);
        let partial = cached.with_extension(format!("{:?}.partial", std::thread::current().id()));
        fs::write(&partial, &text)
            .and_then(|()| fs::rename(&partial, &cached))
            .expect("cache is writable");
        text
    });
    let output: Value = serde_json::from_str(&text).expect("solc answers in JSON");
    for error in output["errors"].as_array().into_iter().flatten() {
        assert_ne!(
            error["severity"],
            "error",
            "{}",
            error["formattedMessage"].as_str().unwrap_or_default()
        );
    }
    output
}

/// Where results are kept. Cargo names a folder to tests only.
fn cache() -> PathBuf {
    option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from)
}

/// A process running [`SERVER`].
struct Server {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _process: Child,
}

fn server_json(request: &Value) -> Value {
    static SERVERS: Mutex<Vec<Server>> = Mutex::new(Vec::new());
    let idle = SERVERS.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut server = idle.unwrap_or_else(start_server);
    writeln!(server.input, "{request}").expect("solc reads its input");
    let mut line = String::new();
    server.output.read_line(&mut line).expect("solc answers");
    let answer = serde_json::from_str(&line).expect("solc answers in JSON");
    SERVERS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(server);
    answer
}

fn start_server() -> Server {
    let mut process = Command::new("node")
        .args(["-e", SERVER])
        .arg(root().join("node_modules/solc"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js is on PATH");
    Server {
        input: process.stdin.take().expect("input is piped"),
        output: BufReader::new(process.stdout.take().expect("output is piped")),
        _process: process,
    }
}

fn run_solc(input: &str) -> String {
    let package = root().join("node_modules/solc");
    let mut child = Command::new("node")
        .args(["-e", SCRIPT])
        .arg(&package)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js is on PATH");
    let mut stdin = child.stdin.take().expect("input is piped");
    stdin
        .write_all(input.as_bytes())
        .expect("solc reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("solc ends");
    assert!(
        output.status.success(),
        "solc failed; is {} installed (npm ci)?",
        package.display()
    );
    String::from_utf8(output.stdout).expect("solc answers in UTF-8")
}
