//! `zksso disasm`: bytecode to text.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use alloy::hex;
use eyre::{WrapErr, bail, eyre};
use serde_json::{Value, json};
use zksso_eravm::{Listing, bytecode_hash};

use crate::args::DisasmArgs;
use crate::output::print;
use crate::places::Places;

pub(crate) fn run(arguments: &DisasmArgs) -> eyre::Result<()> {
    let content = read(&arguments.code)?;
    let places = Places::of(&content, &source_folders(arguments))?;
    let code = parse(content)?;
    if code.is_empty() {
        bail!("there is no bytecode: interfaces and abstract contracts have none");
    }
    let listing =
        Listing::of(&code).map_err(|error| eyre!("this is no EraVM bytecode: {error}"))?;
    let text = if arguments.json {
        serde_json::to_string_pretty(&as_json(&code, &listing, &places))?
    } else {
        as_text(&code, &listing, &places)
    };
    print(&text)?;
    Ok(())
}

/// Where source files are searched: in the folder that was named, else in those above the artifact and the current one.
fn source_folders(arguments: &DisasmArgs) -> Vec<PathBuf> {
    if let Some(folder) = &arguments.base_path {
        return vec![folder.clone()];
    }
    let artifact = fs::canonicalize(&arguments.code).unwrap_or_default();
    let above = artifact.ancestors().skip(1).map(Path::to_path_buf);
    above.chain([PathBuf::from(".")]).collect()
}

/// Reads standard input, a file, or the argument itself.
fn read(argument: &str) -> eyre::Result<Vec<u8>> {
    let mut content = Vec::new();
    if argument == "-" {
        std::io::stdin()
            .read_to_end(&mut content)
            .wrap_err("cannot read standard input")?;
    } else if Path::new(argument).is_file() {
        content = fs::read(argument).wrap_err_with(|| format!("cannot read {argument}"))?;
    } else if is_hex(argument) {
        content = argument.into();
    } else {
        bail!("{argument} is neither a file nor hexadecimal bytecode");
    }
    Ok(content)
}

fn is_hex(text: &str) -> bool {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Bytecode from the JSON of an artifact, from hexadecimal digits, or as it is.
fn parse(content: Vec<u8>) -> eyre::Result<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(&content) else {
        return Ok(content);
    };
    let text = text.trim();
    if !text.starts_with('{') {
        return digits(text);
    }
    let json: Value = serde_json::from_str(text).wrap_err("the artifact is not JSON")?;
    let places = ["/bytecode", "/bytecode/object", "/evm/bytecode/object"];
    let mut found = places
        .iter()
        .filter_map(|place| json.pointer(place)?.as_str());
    let code = found.next();
    digits(code.ok_or_else(|| eyre!("the JSON has no `bytecode`"))?)
}

fn digits(text: &str) -> eyre::Result<Vec<u8>> {
    if text.contains("__$") {
        bail!("addresses of libraries are missing in the bytecode: link it first");
    }
    hex::decode(text).wrap_err("the bytecode is not hexadecimal")
}

/// The listing, with the place of an instruction behind it where it differs from that of the one before.
fn as_text(code: &[u8], listing: &Listing, places: &Places) -> String {
    let hash = hash(code).unwrap_or_else(|| "none: this code cannot be deployed".to_owned());
    let mut text = format!("; {} bytes, hash {hash}\n", code.len());
    let mut last = None;
    for (address, line) in listing.to_string().lines().enumerate() {
        let place = places.of_instruction(address);
        let shown = place.filter(|_| place != last);
        match shown {
            Some(place) => text += &format!("{line:<56} ; {place}\n"),
            None => text += &format!("{line}\n"),
        }
        last = place;
    }
    text
}

fn as_json(code: &[u8], listing: &Listing, places: &Places) -> Value {
    let instructions = listing.instructions.iter().enumerate();
    let instructions = instructions.map(|(address, text)| {
        let mut line = json!({ "address": address, "text": text.to_string() });
        if let Some(place) = places.of_instruction(address) {
            line["source"] = json!(place);
        }
        line
    });
    let pool = listing.pool.iter().enumerate().map(|(index, value)| {
        let word = listing.pool_start() + index;
        json!({ "word": word, "value": format!("{value:#066x}") })
    });
    json!({
        "bytes": code.len(),
        "hash": hash(code),
        "instructions": instructions.collect::<Vec<_>>(),
        "pool": pool.collect::<Vec<_>>(),
    })
}

fn hash(code: &[u8]) -> Option<String> {
    bytecode_hash(code).ok().map(|hash| hash.to_string())
}
