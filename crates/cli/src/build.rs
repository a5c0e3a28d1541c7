//! `zksso build`: Solidity to artifacts.

use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use serde_json::json;
use zksso_compiler::BuildOutput;

use crate::args::BuildArgs;
use crate::progress::Progress;
use crate::project;
use crate::report::grouped;

pub(crate) async fn run(arguments: &BuildArgs) -> eyre::Result<()> {
    let mut project = project::open(&arguments.project)?;
    if let Some(backend) = arguments.backend {
        project = project.with_backend(backend);
    }
    let progress = Progress::new(arguments.json);
    let output = project::build(&project, &progress).await?;
    drop(progress);
    for warning in &output.warnings {
        eprintln!("{warning}");
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&as_json(&output))?);
    } else {
        print_table(&output);
    }
    Ok(())
}

fn as_json(output: &BuildOutput) -> serde_json::Value {
    let contracts: Vec<_> = output
        .sizes
        .iter()
        .map(|contract| json!({ "name": contract.name, "bytes": contract.size }))
        .collect();
    let compiled: Vec<_> = output
        .compiled
        .iter()
        .map(|contract| &contract.name)
        .collect();
    json!({
        "artifacts": output.artifacts.dir(),
        "cached": output.cached,
        "compiled": compiled,
        "contracts": contracts,
        "ms": output.timings.total.as_millis() as u64,
    })
}

fn print_table(output: &BuildOutput) {
    let mut table = Table::new();
    table
        .load_preset(UTF8_FULL_CONDENSED)
        .set_header(["contract", "bytes"]);
    for contract in &output.sizes {
        let size = Cell::new(grouped(contract.size as u64)).set_alignment(CellAlignment::Right);
        table.add_row([Cell::new(&contract.name), size]);
    }
    println!("{table}");
    let what = match output.compiled.len() {
        0 => "nothing to compile".to_owned(),
        number => format!("compiled {number} contracts"),
    };
    println!(
        "{what} in {:.2} s; artifacts in {}",
        output.timings.total.as_secs_f32(),
        output.artifacts.dir().display()
    );
}
