//! `zksso disasm`: bytecode to text.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use alloy::hex;
use eyre::{WrapErr, bail, eyre};
use serde_json::{Value, json};
use zksso_eravm::{Listing, bytecode_hash};

use crate::args::DisasmArgs;
use crate::output::print;

pub(crate) fn run(arguments: &DisasmArgs) -> eyre::Result<()> {
    let code = parse(read(&arguments.code)?)?;
    if code.is_empty() {
        bail!("there is no bytecode: interfaces and abstract contracts have none");
    }
    let listing =
        Listing::of(&code).map_err(|error| eyre!("this is no EraVM bytecode: {error}"))?;
    let text = if arguments.json {
        serde_json::to_string_pretty(&as_json(&code, &listing))?
    } else {
        as_text(&code, &listing)
    };
    print(&text)?;
    Ok(())
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

fn as_text(code: &[u8], listing: &Listing) -> String {
    let hash = hash(code).unwrap_or_else(|| "none: this code cannot be deployed".to_owned());
    format!("; {} bytes, hash {hash}\n{listing}", code.len())
}

fn as_json(code: &[u8], listing: &Listing) -> Value {
    let instructions = listing.instructions.iter().enumerate();
    let instructions =
        instructions.map(|(address, text)| json!({ "address": address, "text": text.to_string() }));
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
