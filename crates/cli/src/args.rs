//! Command-line arguments.

use std::path::PathBuf;

use alloy::primitives::{Address, B256};
use clap::{Args, Parser, Subcommand};
use zksso_compiler::{Backend, EvmVersion, Remapping};

use crate::chain_args::ChainArgs;
use crate::server_args::ServerArgs;

/// Smart sign-on for ZKsync Era: contracts, compiler, node and client in one tool.
#[derive(Debug, Parser)]
#[command(name = "zksso", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Log more on standard error; twice for everything. RUST_LOG overrides it.
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compile, deploy, and play sign-on and sessions with real passkeys.
    Demo(DemoArgs),
    /// Compile the project's Solidity to EraVM artifacts.
    Build(BuildArgs),
    /// Compile any Solidity or Yul files to EraVM, or answer zksolc's standard JSON.
    Compile(CompileArgs),
    /// Show the instructions and constants of a bytecode.
    Disasm(DisasmArgs),
    /// Generate the Rust bindings from the artifacts.
    Bind(BindArgs),
    /// Serve the embedded node's JSON-RPC.
    Node(NodeArgs),
    /// Show what a transaction did: calls, events, fee, and the source lines where it failed.
    Trace(TraceArgs),
    /// Show which lines of the contracts ran on a node, and the gas they took.
    Coverage(CoverageArgs),
    /// Stand in for zksolc: what a binary of the name `zksolc` does.
    #[command(hide = true)]
    Zksolc(ZksolcArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ProjectArgs {
    /// Folder with foundry.toml; else the nearest one above the current folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  zksso demo                      on the embedded node
  zksso demo --json               the same as data
  zksso demo --rpc-url http://127.0.0.1:8011 --private-key 0x…")]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,

    /// A running ZKsync Era node to play on instead of the embedded one.
    #[arg(long, value_name = "URL", requires = "private_key")]
    pub(crate) rpc_url: Option<String>,

    /// Key of a funded account on that node (32 bytes, hex), which pays for the deployments.
    #[arg(
        long,
        value_name = "KEY",
        env = "ZKSSO_PRIVATE_KEY",
        hide_env_values = true
    )]
    pub(crate) private_key: Option<String>,

    /// Print the steps as a JSON array on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  zksso build                     compile what has changed, print sizes
  zksso build --root ../wallet --json
  ZKSOLC=./zksolc zksso build --backend zksolc")]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,

    /// What makes the code: zksso, or zksolc at $ZKSOLC or on PATH; else as foundry.toml says.
    #[arg(long, value_name = "NAME")]
    pub(crate) backend: Option<Backend>,

    /// Print the result as JSON on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  zksso compile Vault.sol                            print contracts, sizes and hashes
  zksso compile src/*.sol -o out --base-path . \\
    --remapping @openzeppelin/=node_modules/@openzeppelin/
  zksso compile Vault.sol --libraries lib/Math.sol:Math=0x1111111111111111111111111111111111111111
  zksso compile Loop.yul --json                      a Yul object; needs no solc
  zksso compile --standard-json < input.json         zksolc's protocol")]
pub(crate) struct CompileArgs {
    /// Solidity files, and Yul files that end in .yul.
    #[arg(value_name = "FILE", required_unless_present = "standard_json")]
    pub(crate) files: Vec<PathBuf>,

    /// Read a standard JSON from a file, or from standard input, and print the answer to it.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        conflicts_with_all = ["files", "remapping", "libraries", "no_optimizer", "optimizer_runs", "evm_version", "eravm_extensions", "out", "json"]
    )]
    pub(crate) standard_json: Option<Option<PathBuf>>,

    /// solc to use; else $SOLC, svm, PATH, or the npm package of the nearest folder that has it.
    #[arg(long, value_name = "PATH")]
    pub(crate) solc: Option<PathBuf>,

    /// Folder that the names of sources count from.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) base_path: PathBuf,

    /// Where imports lead, as prefix=path; may be repeated.
    #[arg(long, value_name = "PREFIX=PATH")]
    pub(crate) remapping: Vec<Remapping>,

    /// Address of a deployed library, as path:Name=0x…; may be repeated.
    #[arg(long, value_name = "PATH:NAME=ADDRESS", value_parser = library)]
    pub(crate) libraries: Vec<(String, Address)>,

    /// Leave solc's optimizer off.
    #[arg(long)]
    pub(crate) no_optimizer: bool,

    /// How often code is expected to run, for solc's optimizer.
    #[arg(long, value_name = "NUMBER", default_value_t = 200)]
    pub(crate) optimizer_runs: usize,

    /// EVM version for which solc emits Yul.
    #[arg(long, value_name = "NAME", default_value = "cancun")]
    pub(crate) evm_version: EvmVersion,

    /// Make EraVM instructions of calls to the addresses that @matterlabs/zksync-contracts uses for them.
    #[arg(long)]
    pub(crate) eravm_extensions: bool,

    /// Write a JSON file for each contract below this folder: abi, bytecode, hash, dependencies.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Print the contracts as JSON on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Reads `path:Name=0x…`.
pub(crate) fn library(text: &str) -> Result<(String, Address), String> {
    let parts = text.split_once('=').filter(|(name, _)| name.contains(':'));
    let (name, address) = parts.ok_or("expected path:Name=0x…")?;
    let address = address
        .parse()
        .map_err(|error| format!("{address} is no address: {error}"))?;
    Ok((name.to_owned(), address))
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  zksso disasm artifacts/AAFactory.sol/AAFactory.json
  zksso disasm 0x0000000100200190… --json
  cast code 0x… | zksso disasm -

Behind the instructions of an artifact with a source map stand the lines of the Solidity source.")]
pub(crate) struct DisasmArgs {
    /// An artifact's JSON or a file with bytecode, hexadecimal digits, or - for standard input.
    #[arg(value_name = "FILE|HEX")]
    pub(crate) code: String,

    /// Folder that the names of sources count from; else the nearest one above the artifact that has them.
    #[arg(long, value_name = "DIR")]
    pub(crate) base_path: Option<PathBuf>,

    /// Print instructions and constants as JSON on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What tools pass to zksolc. Other options of zksolc are refused, not ignored.
#[derive(Debug, Args)]
#[command(
    disable_version_flag = true,
    after_help = "Examples:
  zksolc --standard-json --solc ./solc < input.json
  zksolc --link Vault.zbin --libraries lib/Math.sol:Math=0x1111111111111111111111111111111111111111"
)]
pub(crate) struct ZksolcArgs {
    /// Files to link.
    #[arg(value_name = "FILE", requires = "link")]
    pub(crate) files: Vec<PathBuf>,

    /// Print the version of zksolc whose protocol this is.
    #[arg(long)]
    pub(crate) version: bool,

    /// Read a standard JSON from a file, or from standard input, and print the answer to it.
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with = "files")]
    pub(crate) standard_json: Option<Option<PathBuf>>,

    /// solc to use.
    #[arg(long, value_name = "PATH")]
    pub(crate) solc: Option<PathBuf>,

    /// Folder that relative `urls` of sources count from.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) base_path: PathBuf,

    /// Accepted, as sources come with the input and nothing is read from folders.
    #[arg(long, value_name = "DIR")]
    pub(crate) include_path: Vec<PathBuf>,

    /// Accepted, as sources come with the input and nothing is read from folders.
    #[arg(long, value_name = "DIRS")]
    pub(crate) allow_paths: Option<String>,

    /// Fill addresses of libraries into files with bytecode.
    #[arg(long)]
    pub(crate) link: bool,

    /// Addresses of deployed libraries, for --link.
    #[arg(long, value_name = "PATH:NAME=ADDRESS", num_args = 1.., value_parser = library, requires = "link")]
    pub(crate) libraries: Vec<(String, Address)>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  zksso bind                      write crates/bindings/src/generated
  zksso bind --check              fail if the files there are stale
  zksso bind --out src/bindings Vault Token")]
pub(crate) struct BindArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,

    /// Contracts to bind, by name or path:Name; those of the suite if none is named.
    #[arg(value_name = "CONTRACT")]
    pub(crate) contracts: Vec<String>,

    /// Folder of the generated files, relative to the project.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "crates/bindings/src/generated"
    )]
    pub(crate) out: PathBuf,

    /// Compare instead of writing; the exit code is 1 if anything differs.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  zksso node                      http://127.0.0.1:8011 and ws://127.0.0.1:8011
  zksso node --port 0             any free port, printed on start
  zksso node --state chain        go on where it ended
  zksso node --block-time 2       a block every two seconds
  zksso node --abi out -v         with the names of these ABIs, and all requests
  zksso node --coverage           count which lines run, for zksso coverage
  zksso node --cors http://localhost:3000,https://wallet.example
  zksso node --host 0.0.0.0 --allowed-host node.internal

Contracts are named by the artifacts of the nearest project and by those of --abi.")]
pub(crate) struct NodeArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,

    #[command(flatten)]
    pub(crate) chain: ChainArgs,

    /// Folder with artifacts or ABIs of foundry, hardhat or zksolc, or one file; may be repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) abi: Vec<PathBuf>,

    /// Accept transactions whose validation breaks the protocol's rules.
    #[arg(long)]
    pub(crate) no_validation_rules: bool,

    /// Count which lines of known contracts run; every transaction then runs twice.
    #[arg(long)]
    pub(crate) coverage: bool,

    /// Print no log of transactions.
    #[arg(long, conflicts_with = "json")]
    pub(crate) quiet: bool,

    /// Print the log as one JSON object per line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  zksso trace 0x1234…             on http://127.0.0.1:8011
  zksso trace 0x1234… --all       with the calls of the protocol itself
  zksso trace 0x1234… --json")]
pub(crate) struct TraceArgs {
    /// Hash of the transaction.
    #[arg(value_name = "HASH")]
    pub(crate) hash: B256,

    /// A running `zksso node`, which names things by the artifacts it was started with.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8011")]
    pub(crate) rpc_url: String,

    /// Show the calls that only serve the protocol, too.
    #[arg(long)]
    pub(crate) all: bool,

    /// Print the trace as JSON on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  zksso coverage                  functions by gas, and how many lines ran
  zksso coverage --lcov lcov.info
  zksso coverage --json --reset   and begin anew")]
pub(crate) struct CoverageArgs {
    /// A node that was started with --coverage.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8011")]
    pub(crate) rpc_url: String,

    /// Write a tracefile of lcov; - is standard output.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub(crate) lcov: Option<PathBuf>,

    /// Print lines and functions as JSON on standard output.
    #[arg(long)]
    pub(crate) json: bool,

    /// Let the node begin to count anew afterwards.
    #[arg(long)]
    pub(crate) reset: bool,

    /// Show libraries of node_modules, too.
    #[arg(long)]
    pub(crate) all: bool,
}
