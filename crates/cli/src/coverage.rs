//! `zksso coverage`: which lines ran, and what they cost.

use std::fs;
use std::path::Path;

use alloy::providers::Provider as _;
use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use eyre::WrapErr;
use serde_json::{Value, json};
use zksso_client::Chain;
use zksso_trace::Coverage;

use crate::args::CoverageArgs;
use crate::{output::print, report::grouped};

pub(crate) async fn run(arguments: &CoverageArgs) -> eyre::Result<()> {
    let chain = Chain::connect(&arguments.rpc_url).await?;
    let coverage = ask(&chain, "zksso_coverage").await?;
    let coverage: Coverage = serde_json::from_value(coverage)
        .wrap_err("the node's answer is of another version of zksso")?;
    let is_shown = |file: &str| arguments.all || !file.starts_with("node_modules/");
    let coverage = coverage.filtered(is_shown);
    match &arguments.lcov {
        Some(file) => write(file, &coverage.lcov())?,
        None if arguments.json => print(&serde_json::to_string_pretty(&coverage)?)?,
        None => print(&table(&coverage))?,
    }
    if arguments.reset {
        ask(&chain, "zksso_resetCoverage").await?;
    }
    Ok(())
}

async fn ask(chain: &Chain, method: &'static str) -> eyre::Result<Value> {
    let answer = chain.provider().raw_request(method.into(), json!([]));
    answer.await.wrap_err("the node does not count lines")
}

fn write(file: &Path, text: &str) -> eyre::Result<()> {
    if file == Path::new("-") {
        return Ok(print(text)?);
    }
    fs::write(file, text).wrap_err_with(|| format!("cannot write {}", file.display()))
}

/// All functions that ran, those that took most gas first, and the sums.
fn table(coverage: &Coverage) -> String {
    let mut table = Table::new();
    table
        .load_preset(UTF8_FULL_CONDENSED)
        .set_header(["function", "place", "entered", "gas"]);
    let files = coverage.files.iter();
    let functions = files.flat_map(|(file, covered)| {
        covered
            .functions
            .iter()
            .map(move |function| (file, function))
    });
    let mut ran: Vec<_> = functions.filter(|(_, function)| function.gas > 0).collect();
    ran.sort_by_key(|(_, function)| std::cmp::Reverse(function.gas));
    for (file, function) in ran {
        table.add_row([
            Cell::new(&function.name),
            Cell::new(format!("{file}:{}", function.line)),
            right(function.runs),
            right(function.gas),
        ]);
    }
    let (lines, covered) = coverage.line_totals();
    format!(
        "{table}\n{covered} of {lines} lines with code ran. Gas besides: {} in code that the compiler made, {} in contracts without a source map.",
        grouped(coverage.gas_of_generated_code),
        grouped(coverage.gas_of_unknown_code)
    )
}

fn right(number: u64) -> Cell {
    Cell::new(grouped(number)).set_alignment(CellAlignment::Right)
}
