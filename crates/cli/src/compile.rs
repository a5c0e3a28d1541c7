//! `zksso compile`: files or standard JSON to EraVM.

use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use eyre::{WrapErr, bail};
use serde_json::{Value, json};
use zksso_compiler::{Environment, FileRequest, SolcRequest, StandardCompiler, StandardOutput};

use crate::args::CompileArgs;
use crate::output::print;
use crate::report::grouped;

pub(crate) fn run(arguments: &CompileArgs) -> eyre::Result<ExitCode> {
    let compiler = compiler(&arguments.base_path, arguments.solc.as_deref())?;
    if let Some(file) = &arguments.standard_json {
        let output = compiler.compile_text(&read_input(file.as_deref())?);
        print(&output.json.to_string())?;
        return Ok(ExitCode::from(u8::from(!output.readable)));
    }
    let output = compiler.compile_files(&request(arguments))?;
    report(arguments, &output)?;
    Ok(ExitCode::SUCCESS)
}

/// A compiler for sources below `base`.
pub(crate) fn compiler(base: &Path, solc: Option<&Path>) -> eyre::Result<StandardCompiler> {
    let base = fs::canonicalize(base)
        .wrap_err_with(|| format!("cannot open the folder {}", base.display()))?;
    let solc = match solc {
        Some(path) => SolcRequest::Path(std::path::absolute(path)?),
        None => SolcRequest::Any,
    };
    Ok(StandardCompiler::new(
        &base,
        solc,
        Environment::from_process(),
    ))
}

/// Reads a file, or standard input.
pub(crate) fn read_input(file: Option<&Path>) -> eyre::Result<String> {
    let mut bytes = Vec::new();
    match file {
        Some(file) => {
            bytes = fs::read(file).wrap_err_with(|| format!("cannot read {}", file.display()))?;
        }
        None => {
            std::io::stdin()
                .read_to_end(&mut bytes)
                .wrap_err("cannot read standard input")?;
        }
    }
    // What is no UTF-8 is no JSON either, and reported as that.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn request(arguments: &CompileArgs) -> FileRequest {
    FileRequest {
        remappings: arguments.remapping.clone(),
        libraries: arguments.libraries.iter().cloned().collect(),
        optimizer: !arguments.no_optimizer,
        optimizer_runs: arguments.optimizer_runs,
        evm_version: arguments.evm_version,
        era_extensions: arguments.eravm_extensions,
        ..FileRequest::new(arguments.files.clone())
    }
}

fn report(arguments: &CompileArgs, output: &StandardOutput) -> eyre::Result<()> {
    let errors = output.errors();
    if !errors.is_empty() {
        bail!("compilation failed\n{}", errors.concat().trim_end());
    }
    for warning in output.warnings() {
        eprintln!("{}", warning.trim_end());
    }
    let contracts = contracts(&output.json);
    if let Some(folder) = &arguments.out {
        for contract in &contracts {
            write(folder, contract)?;
        }
    }
    if arguments.json {
        print(&serde_json::to_string_pretty(&contracts)?)?;
    } else {
        print(&table(&contracts).to_string())?;
    }
    Ok(())
}

/// The contracts of a standard JSON, each as an object with the keys of an artifact.
fn contracts(json: &Value) -> Vec<Value> {
    let files = json["contracts"].as_object().into_iter().flatten();
    let contracts = files.flat_map(|(file, contracts)| {
        let contracts = contracts.as_object().into_iter().flatten();
        contracts.map(move |(name, contract)| artifact(file, name, contract))
    });
    contracts.collect()
}

fn artifact(file: &str, name: &str, contract: &Value) -> Value {
    let prefixed = |value: &Value| value.as_str().map(|digits| format!("0x{digits}"));
    let dependencies = contract["factoryDependencies"].as_object();
    let dependencies: serde_json::Map<String, Value> = dependencies
        .into_iter()
        .flatten()
        .map(|(hash, name)| (format!("0x{hash}"), name.clone()))
        .collect();
    let mut artifact = json!({
        "contractName": name,
        "sourceName": file,
        "abi": contract["abi"],
        "bytecode": prefixed(&contract["evm"]["bytecode"]["object"]).unwrap_or_else(|| "0x".to_owned()),
        "bytecodeHash": prefixed(&contract["hash"]),
        "factoryDependencies": dependencies,
        "missingLibraries": contract["missingLibraries"],
        "methodIdentifiers": contract["evm"]["methodIdentifiers"],
    });
    let source_map = &contract["eravm"]["sourceMap"];
    if !source_map.is_null() {
        artifact["sourceMap"] = source_map.clone();
    }
    artifact
}

/// Writes `<source>/<Contract>.json`. Names of sources outside of the base folder are cut to what lies below `folder`.
fn write(folder: &Path, contract: &Value) -> eyre::Result<()> {
    let text = |key: &str| contract[key].as_str().unwrap_or_default();
    let source = Path::new(text("sourceName")).components();
    let source: PathBuf = source
        .filter(|part| matches!(part, Component::Normal(_)))
        .collect();
    let folder = folder.join(source);
    let path = folder.join(format!("{}.json", text("contractName")));
    fs::create_dir_all(&folder).wrap_err_with(|| format!("cannot create {}", folder.display()))?;
    fs::write(&path, serde_json::to_string_pretty(contract)? + "\n")
        .wrap_err_with(|| format!("cannot write {}", path.display()))
}

fn table(contracts: &[Value]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(UTF8_FULL_CONDENSED)
        .set_header(["contract", "bytes", "bytecode hash"]);
    for contract in contracts {
        let text = |key: &str| contract[key].as_str().unwrap_or_default();
        let bytes = (text("bytecode").len() as u64).saturating_sub(2) / 2;
        let size = Cell::new(grouped(bytes)).set_alignment(CellAlignment::Right);
        let name = format!("{}:{}", text("sourceName"), text("contractName"));
        table.add_row([Cell::new(name), size, Cell::new(hash_or_reason(contract))]);
    }
    table
}

/// The hash, or why there is none.
fn hash_or_reason(contract: &Value) -> String {
    let missing = contract["missingLibraries"]
        .as_array()
        .into_iter()
        .flatten();
    let missing: Vec<&str> = missing.filter_map(Value::as_str).collect();
    match contract["bytecodeHash"].as_str() {
        Some(hash) => hash.to_owned(),
        None if missing.is_empty() => "no code".to_owned(),
        None => format!("needs {}", missing.join(", ")),
    }
}
