//! The zksso command line: parses arguments, calls a library, prints.

mod args;
mod bind;
mod build;
mod chain_args;
mod compile;
mod coverage;
mod demo;
mod disasm;
mod known;
mod log;
mod node;
mod output;
mod places;
mod progress;
mod project;
mod report;
mod server_args;
mod trace;
mod zksolc;

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse_from(arguments(env::args_os().collect()));
    install_tracing(cli.verbose);
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// The command line; under the name `zksolc` the binary stands in for that compiler.
fn arguments(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let program = arguments.first().map(Path::new);
    let stem = program.and_then(Path::file_stem).unwrap_or_default();
    if stem == "zksolc" || stem.to_string_lossy().starts_with("zksolc-") {
        arguments.splice(..1, ["zksso".into(), "zksolc".into()]);
    }
    arguments
}

fn run(cli: Cli) -> eyre::Result<ExitCode> {
    match cli.command {
        Command::Compile(arguments) => compile::run(&arguments),
        Command::Disasm(arguments) => disasm::run(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Zksolc(arguments) => zksolc::run(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Demo(arguments) => wait_for(demo::run(&arguments)),
        Command::Build(arguments) => wait_for(build::run(&arguments)),
        Command::Bind(arguments) => wait_for(bind::run(&arguments)),
        Command::Node(arguments) => wait_for(node::run(&arguments, cli.verbose)),
        Command::Trace(arguments) => wait_for(trace::run(&arguments)),
        Command::Coverage(arguments) => wait_for(coverage::run(&arguments)),
    }
}

fn wait_for(command: impl Future<Output = eyre::Result<()>>) -> eyre::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(command).map(|()| ExitCode::SUCCESS)
}

/// The whole chain of causes in one line, without repeating what an outer message already says.
fn one_line(error: &eyre::Report) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.contains(&cause) {
            continue;
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&cause);
    }
    line
}

fn install_tracing(verbose: u8) {
    let default = ["warn", "info", "debug", "trace"]
        .get(usize::from(verbose))
        .copied();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default.unwrap_or("trace")));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
