//! Where the contracts keep what: a snapshot that fails on change, since a storage struct that moves loses every user's keys.
//!
//! solc reports the layout of state variables only. Structs in namespaces (ERC-7201) are read from the sources: their members,
//! those of every struct they hold, and the slot, which is derived anew and compared with the constant in the source.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use alloy::primitives::{B256, U256, keccak256};
use eyre::{OptionExt, WrapErr, ensure};
use zksso_testkit::{artifacts, project_root};

/// Set it to write the snapshot instead of comparing with it.
const UPDATE_VARIABLE: &str = "ZKSSO_UPDATE_SNAPSHOTS";

/// Tag of a storage struct, before the name of its namespace.
const TAG: &str = "@custom:storage-location erc7201:";

#[test]
fn storage_is_laid_out_as_the_snapshot_says() -> eyre::Result<()> {
    let sources = sources(&project_root().join("contracts"))?;
    let mut text = String::new();
    let mut namespaces = BTreeSet::new();
    for (path, source) in &sources {
        for namespace in namespaces_of(source) {
            ensure!(
                namespaces.insert(namespace.name.clone()),
                "two structs have the namespace {}",
                namespace.name
            );
            let slot = namespace.slot();
            ensure!(
                source.contains(&format!("{slot};")),
                "{path} has no constant with the slot of {}: {slot}",
                namespace.name
            );
            let _ = writeln!(text, "{path}\n{}\n{slot}", namespace.name);
            describe(&namespace.fields, source, &sources, 1, &mut text);
            text.push('\n');
        }
    }
    ensure!(!namespaces.is_empty(), "found no storage structs");
    text += &state_variables()?;
    let path = project_root().join("snapshots/storage.txt");
    if std::env::var_os(UPDATE_VARIABLE).is_some() {
        return Ok(fs::write(path, text)?);
    }
    let committed = fs::read_to_string(&path)
        .wrap_err_with(|| format!("no snapshot; run the test once with {UPDATE_VARIABLE}=1"))?;
    ensure!(
        committed == text,
        "the storage layout changed, which breaks accounts in use; if none are, run the test once with {UPDATE_VARIABLE}=1.\n\
         committed:\n{committed}\nnow:\n{text}"
    );
    Ok(())
}

/// A struct in a namespace.
struct Namespace {
    name: String,
    fields: Vec<(String, String)>,
}

impl Namespace {
    /// `keccak256(abi.encode(uint256(keccak256(name)) - 1)) & ~0xff`.
    fn slot(&self) -> B256 {
        let hashed = U256::from_be_bytes(keccak256(&self.name).0) - U256::from(1);
        let mut slot = keccak256(hashed.to_be_bytes::<32>());
        slot.0[31] = 0;
        slot
    }
}

fn namespaces_of(source: &str) -> Vec<Namespace> {
    let parts = source.split(TAG).skip(1);
    parts
        .map(|part| Namespace {
            name: part
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned(),
            fields: fields(part),
        })
        .collect()
}

/// Members, type and name, of the first struct in a text.
fn fields(text: &str) -> Vec<(String, String)> {
    let Some((_, rest)) = text.split_once("struct ") else {
        return Vec::new();
    };
    let Some((_, rest)) = rest.split_once('{') else {
        return Vec::new();
    };
    let body = rest.split('}').next().unwrap_or_default();
    let lines = body
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default().trim());
    let members = lines.filter(|line| !line.is_empty()).collect::<String>();
    members
        .split(';')
        .filter_map(|member| member.trim().rsplit_once(' '))
        .map(|(kind, name)| (kind.to_owned(), name.to_owned()))
        .collect()
}

/// Writes members, and below each those of the structs in its type.
fn describe(
    fields: &[(String, String)],
    source: &str,
    sources: &BTreeMap<String, String>,
    depth: usize,
    text: &mut String,
) {
    for (kind, name) in fields {
        let _ = writeln!(text, "{}{kind} {name}", "  ".repeat(depth));
        for word in kind.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.') {
            if let Some((source, declared)) = find_struct(word, source, sources) {
                describe(&self::fields(declared), source, sources, depth + 1, text);
            }
        }
    }
}

/// Source and declaration of a struct named in a source: of a library if the name is qualified, else of this very file, else of
/// any.
fn find_struct<'a>(
    name: &str,
    source: &'a str,
    sources: &'a BTreeMap<String, String>,
) -> Option<(&'a str, &'a str)> {
    let (library, name) = match name.split_once('.') {
        Some((library, name)) => (Some(format!("library {library} {{")), name),
        None => (None, name),
    };
    let declaration = format!("struct {name} {{");
    let all = sources.values().map(String::as_str);
    let mut candidates = std::iter::once(source).chain(all).filter(|source| {
        library
            .as_ref()
            .is_none_or(|library| source.contains(library))
    });
    candidates.find_map(|source| Some((source, &source[source.find(&declaration)?..])))
}

/// State variables of every contract that has any, as solc lays them out.
fn state_variables() -> eyre::Result<String> {
    let artifacts = artifacts();
    let mut text = String::new();
    for name in artifacts
        .names()
        .filter(|name| name.starts_with("contracts/"))
    {
        let layout = &artifacts.get(name)?.storage_layout;
        let variables = layout["storage"].as_array();
        for variable in variables.into_iter().flatten() {
            let field = |key: &str| variable[key].as_str().ok_or_eyre("not a storage layout");
            let _ = writeln!(
                text,
                "{name} slot {} {} {}",
                field("slot")?,
                field("type")?,
                field("label")?
            );
        }
    }
    Ok(text)
}

/// All Solidity sources below a folder, by path from the project's root.
fn sources(folder: &Path) -> eyre::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sol") {
                let name = path.strip_prefix(project_root())?.display().to_string();
                found.insert(name, fs::read_to_string(&path)?);
            }
        }
    }
    Ok(found)
}
