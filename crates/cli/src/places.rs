//! Lines of the Solidity source for the instructions of an artifact.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use eyre::WrapErr;
use serde_json::Value;
use zksso_compiler::{EncodedSourceMap, SourceMap};

/// Where the map may be in an artifact: ours, or a contract of a standard JSON.
const PLACES_IN_ARTIFACT: [&str; 2] = ["/sourceMap", "/eravm/sourceMap"];

/// The places of all instructions, as text; none if the artifact has no map.
#[derive(Debug, Default)]
pub(crate) struct Places(Vec<Option<String>>);

impl Places {
    /// Reads the map of an artifact's JSON and the source files that it names, each from the first of the folders that has it.
    /// What is no artifact, or one without a map, has no places.
    pub(crate) fn of(artifact: &[u8], folders: &[PathBuf]) -> eyre::Result<Self> {
        let Ok(json) = serde_json::from_slice::<Value>(artifact) else {
            return Ok(Self::default());
        };
        let mut found = PLACES_IN_ARTIFACT.iter().filter_map(|at| json.pointer(at));
        let Some(encoded) = found.next().filter(|map| !map.is_null()) else {
            return Ok(Self::default());
        };
        let encoded: EncodedSourceMap = serde_json::from_value(encoded.clone())
            .wrap_err("the artifact's source map is malformed")?;
        let map = encoded
            .decode()
            .wrap_err("the artifact's source map is malformed")?;
        let texts = texts(&map, folders);
        let place = |instruction| place(&map, &texts, instruction);
        Ok(Self((0..map.entries().len()).map(place).collect()))
    }

    /// `path:line:column`, or the bytes of the file if it was not found.
    pub(crate) fn of_instruction(&self, address: usize) -> Option<&str> {
        self.0.get(address)?.as_deref()
    }
}

fn place(map: &SourceMap, texts: &BTreeMap<&str, String>, instruction: usize) -> Option<String> {
    let text = |file: &str| texts.get(file).map(String::as_str);
    let line = map.position(instruction, text);
    line.map(|line| line.to_string()).or_else(|| {
        let (file, start, length) = map.range(instruction)?;
        Some(format!("{file}, bytes {start} to {}", start + length))
    })
}

fn texts<'a>(map: &'a SourceMap, folders: &[PathBuf]) -> BTreeMap<&'a str, String> {
    let read = |file: &str| {
        let mut found = folders
            .iter()
            .map(|folder| fs::read_to_string(folder.join(file)));
        found.find_map(Result::ok)
    };
    let texts = map.sources().iter();
    let texts = texts.filter_map(|file| Some((file.as_str(), read(file)?)));
    texts.collect()
}
