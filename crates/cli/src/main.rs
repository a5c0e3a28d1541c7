//! The zksso command line: parses arguments, calls a library, prints.

mod args;
mod bind;
mod build;
mod demo;
mod node;
mod progress;
mod project;
mod report;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    install_tracing(cli.verbose);
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> eyre::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Demo(arguments) => demo::run(&arguments).await,
            Command::Build(arguments) => build::run(&arguments).await,
            Command::Bind(arguments) => bind::run(&arguments).await,
            Command::Node(arguments) => node::run(&arguments).await,
        }
    })
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
