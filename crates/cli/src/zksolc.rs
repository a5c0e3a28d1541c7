//! `zksolc`: what tools that know zksolc ask of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use alloy::hex;
use alloy::primitives::Address;
use eyre::{WrapErr, bail, eyre};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use zksso_compiler::{LinkOutcome, ZKSOLC_PROTOCOL, link};

use crate::args::{ZksolcArgs, library};
use crate::compile::{compiler, read_input};
use crate::output::print;

pub(crate) fn run(arguments: &ZksolcArgs) -> eyre::Result<()> {
    let text = if arguments.version {
        version()
    } else {
        answer(arguments)?.to_string()
    };
    print(&text)?;
    Ok(())
}

/// Tools take the first number for zksolc's version, and choose by it how to speak.
fn version() -> String {
    format!(
        "zksolc v{ZKSOLC_PROTOCOL} (the protocol; the compiler is zksso v{})",
        env!("CARGO_PKG_VERSION")
    )
}

fn answer(arguments: &ZksolcArgs) -> eyre::Result<Value> {
    match (&arguments.standard_json, arguments.link) {
        (Some(file), false) => {
            let compiler = compiler(&arguments.base_path, arguments.solc.as_deref())?;
            // As zksolc does, even an unreadable input is answered with JSON and success.
            Ok(compiler.compile_text(&read_input(file.as_deref())?).json)
        }
        (Some(file), true) => link_json(&read_input(file.as_deref())?),
        (None, true) => link_files(arguments),
        (None, false) => bail!(
            "expected --standard-json, --link or --version; to compile files, use `zksso compile`"
        ),
    }
}

/// Input of `--link --standard-json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkInput {
    bytecodes: BTreeMap<String, String>,
    #[serde(default)]
    libraries: Vec<String>,
}

fn link_json(text: &str) -> eyre::Result<Value> {
    let input: LinkInput =
        serde_json::from_str(text).wrap_err("the linker's JSON input is malformed")?;
    let libraries = input.libraries.iter().map(|text| library(text));
    let libraries = libraries
        .collect::<Result<_, _>>()
        .map_err(|error| eyre!("the linker's JSON input names a malformed library: {error}"))?;
    let mut report = LinkReport::default();
    for (name, code) in &input.bytecodes {
        report.link(name, code, &libraries)?;
    }
    Ok(report.into_json())
}

/// Links files in place.
fn link_files(arguments: &ZksolcArgs) -> eyre::Result<Value> {
    if arguments.files.is_empty() {
        bail!("--link needs a file with bytecode");
    }
    let libraries = arguments.libraries.iter().cloned().collect();
    let mut report = LinkReport::default();
    for file in &arguments.files {
        link_file(file, &libraries, &mut report)?;
    }
    Ok(report.into_json())
}

fn link_file(
    file: &Path,
    libraries: &BTreeMap<String, Address>,
    report: &mut LinkReport,
) -> eyre::Result<()> {
    let text =
        fs::read_to_string(file).wrap_err_with(|| format!("cannot read {}", file.display()))?;
    let name = file.display().to_string();
    if let Some(code) = report.link(&name, &text, libraries)? {
        let prefix = if text.starts_with("0x") { "0x" } else { "" };
        fs::write(file, format!("{prefix}{code}"))
            .wrap_err_with(|| format!("cannot write {name}"))?;
    }
    Ok(())
}

/// The linker's answer.
#[derive(Default)]
struct LinkReport {
    linked: Map<String, Value>,
    unlinked: Map<String, Value>,
    ignored: Map<String, Value>,
}

impl LinkReport {
    /// Links one code; returns it if that changed it.
    fn link(
        &mut self,
        name: &str,
        code: &str,
        libraries: &BTreeMap<String, Address>,
    ) -> eyre::Result<Option<String>> {
        let entry =
            |code: &str, hash: &[u8]| json!({ "bytecode": code, "hash": hex::encode(hash) });
        let outcome = link(code, libraries)
            .map_err(|reason| eyre!("{name} is no EraVM bytecode: {reason}"))?;
        match outcome {
            LinkOutcome::Linked(code, hash) => {
                self.linked
                    .insert(name.to_owned(), entry(&code, hash.as_slice()));
                return Ok(Some(code));
            }
            LinkOutcome::Complete(code, hash) => {
                self.ignored
                    .insert(name.to_owned(), entry(&code, hash.as_slice()));
            }
            LinkOutcome::Unlinked(placeholders) => {
                let missing = json!({ "linker_symbols": placeholders, "factory_dependencies": [] });
                self.unlinked.insert(name.to_owned(), missing);
            }
        }
        Ok(None)
    }

    fn into_json(self) -> Value {
        json!({ "linked": self.linked, "unlinked": self.unlinked, "ignored": self.ignored })
    }
}
