//! Command-line arguments.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
    /// Generate the Rust bindings from the artifacts.
    Bind(BindArgs),
    /// Serve the embedded node's JSON-RPC.
    Node(NodeArgs),
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
  zksso build --root ../wallet --json")]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,

    /// Print the result as JSON on standard output.
    #[arg(long)]
    pub(crate) json: bool,
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
  zksso node                      http://127.0.0.1:8011
  zksso node --port 0             any free port, printed on start")]
pub(crate) struct NodeArgs {
    /// Address to listen on.
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,

    /// Port to listen on; 0 takes any free one.
    #[arg(long, default_value_t = 8011)]
    pub(crate) port: u16,
}
