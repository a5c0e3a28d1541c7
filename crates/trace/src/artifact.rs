//! What the tools of this world write about a contract.
//!
//! Known shapes: our own artifacts, those of foundry and hardhat and of their plugins for ZKsync, the answer of solc and zksolc to a
//! standard JSON, and a bare list of ABI items.

use std::path::{Path, PathBuf};

use alloy_json_abi::{AbiItem, JsonAbi};
use alloy_primitives::B256;
use serde::Deserialize;
use serde_json::Value;

use crate::source::SourceMap;

/// A contract as a file describes it.
#[derive(Clone, Debug)]
pub(crate) struct Artifact {
    pub(crate) name: String,
    pub(crate) abi: JsonAbi,
    /// Versioned hash of its EraVM bytecode.
    pub(crate) hash: Option<B256>,
    pub(crate) map: Option<Mapped>,
    pub(crate) layout: Value,
}

/// A source map with its files.
#[derive(Clone, Debug)]
pub(crate) struct Mapped {
    pub(crate) files: Vec<String>,
    pub(crate) map: SourceMap,
    /// Folder of the artifact, from which the files are searched.
    pub(crate) folder: PathBuf,
}

#[derive(Deserialize)]
struct Encoded {
    sources: Vec<String>,
    mappings: String,
}

/// Places of the bytecode, its hash and the source map in the known shapes.
const BYTECODES: [&str; 4] = [
    "/bytecode",
    "/bytecode/object",
    "/evm/bytecode/object",
    "/eravm/bytecode",
];
const HASHES: [&str; 2] = ["/bytecodeHash", "/hash"];
const MAPS: [&str; 2] = ["/sourceMap", "/eravm/sourceMap"];

impl Artifact {
    /// All contracts of a JSON; none if it is something else.
    pub(crate) fn all(json: &Value, path: &Path) -> Vec<Self> {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        if let Some(contracts) = json.get("contracts").and_then(Value::as_object) {
            let files = contracts.values().filter_map(Value::as_object).flatten();
            let found = files.filter_map(|(name, contract)| Self::one(contract, name, path));
            return found.collect();
        }
        Self::one(json, &stem, path).into_iter().collect()
    }

    fn one(json: &Value, name: &str, path: &Path) -> Option<Self> {
        let items = if json.is_array() {
            json
        } else {
            json.get("abi")?
        };
        let name = json
            .get("contractName")
            .and_then(Value::as_str)
            .unwrap_or(name);
        Some(Self {
            name: name.to_owned(),
            abi: abi(items)?,
            hash: hash(json),
            map: mapped(json, path),
            layout: json.get("storageLayout").cloned().unwrap_or_default(),
        })
    }
}

/// The items that are ones; a list without any is no ABI, unless it is empty.
fn abi(items: &Value) -> Option<JsonAbi> {
    let items = items.as_array()?;
    let known = items
        .iter()
        .filter_map(|item| AbiItem::deserialize(item).ok());
    let abi: JsonAbi = known.collect();
    (items.is_empty() || !abi.is_empty()).then_some(abi)
}

/// The hash of the bytecode, or the one that the file tells. EVM bytecode has one, too, but nothing on the chain does.
fn hash(json: &Value) -> Option<B256> {
    let text = |place: &&str| {
        json.pointer(place)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let code = BYTECODES.iter().find_map(text);
    let computed = code.and_then(|code| hex::decode(code.trim_start_matches("0x")).ok());
    let computed = computed.and_then(|code| zksso_eravm::bytecode_hash(&code).ok());
    computed.or_else(|| HASHES.iter().find_map(text)?.parse().ok())
}

fn mapped(json: &Value, path: &Path) -> Option<Mapped> {
    let encoded = MAPS.iter().find_map(|place| json.pointer(place))?;
    let Encoded { sources, mappings } = Encoded::deserialize(encoded).ok()?;
    Some(Mapped {
        map: SourceMap::parse(&mappings, sources.len())?,
        files: sources,
        folder: path.parent()?.to_owned(),
    })
}
