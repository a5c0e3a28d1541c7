//! Contracts that are known by their artifacts.

use std::{
    collections::HashMap,
    fmt, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use alloy_json_abi::JsonAbi;
use alloy_primitives::{B256, Selector, U256};
use serde_json::Value;

use crate::{
    Argument, Error, Frame, Hashed, Result,
    abi::{EventItem, Item},
    artifact::{Artifact, Mapped},
    builtin, layout,
    source::{Sources, Text},
};

/// Largest file that is read as an artifact, in bytes.
const MAX_FILE: u64 = 64 << 20;

/// Folders of tools that hold whole compilations and no artifacts.
const SKIPPED_FOLDERS: [&str; 2] = ["build-info", "node_modules"];

/// Contracts, by bytecode hash and by the selectors of their functions, errors and events. A new one knows what every chain has.
pub struct Contracts {
    known: Vec<Known>,
    by_code: HashMap<B256, usize>,
    any: Items,
    sources: Sources,
}

/// A contract whose bytecode is known.
struct Known {
    name: String,
    items: Items,
    mapped: Option<Mapped>,
    layout: Value,
}

/// Items by selector. Several may share one.
#[derive(Default)]
struct Items {
    functions: HashMap<Selector, Vec<Arc<Item>>>,
    errors: HashMap<Selector, Vec<Arc<Item>>>,
    events: HashMap<B256, Vec<Arc<EventItem>>>,
    constructor: Option<Item>,
}

/// What loading found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Contracts with an ABI.
    pub contracts: usize,
    /// Those of them with EraVM bytecode.
    pub with_code: usize,
    /// Those of them with a source map.
    pub with_source: usize,
}

impl Default for Contracts {
    fn default() -> Self {
        let mut any = Items::default();
        any.add(&builtin::abi());
        Self {
            known: Vec::new(),
            by_code: HashMap::new(),
            any,
            sources: Sources::default(),
        }
    }
}

impl fmt::Debug for Contracts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.known.iter().map(|known| &known.name);
        f.debug_list().entries(names).finish()
    }
}

impl Contracts {
    /// Adds all artifacts in a folder and the folders below it, or in one file. JSON files of other kinds are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the folder or a file cannot be read, [`Error::Empty`] if there is no artifact.
    pub fn load(&mut self, path: &Path) -> Result<Loaded> {
        let mut files = Vec::new();
        collect(path, &mut files).map_err(|(path, source)| Error::Read { path, source })?;
        files.sort();
        let mut loaded = Loaded::default();
        for file in files {
            let content = fs::read(&file).map_err(|source| Error::Read {
                path: file.clone(),
                source,
            })?;
            if let Ok(json) = serde_json::from_slice(&content) {
                self.add(&json, &file, &mut loaded);
            }
        }
        if loaded.contracts == 0 {
            return Err(Error::Empty(path.to_owned()));
        }
        Ok(loaded)
    }

    fn add(&mut self, json: &Value, file: &Path, loaded: &mut Loaded) {
        for artifact in Artifact::all(json, file) {
            loaded.contracts += 1;
            loaded.with_code += usize::from(artifact.hash.is_some());
            loaded.with_source += usize::from(artifact.map.is_some());
            self.insert(artifact);
        }
    }

    fn insert(&mut self, artifact: Artifact) {
        self.any.add(&artifact.abi);
        let Some(hash) = artifact.hash else {
            return;
        };
        let mut items = Items::default();
        items.add(&artifact.abi);
        let constructor = artifact.abi.constructor.as_ref();
        items.constructor =
            constructor.and_then(|constructor| Item::constructor(&constructor.inputs));
        // Contracts with the same code are called by the first one's name.
        let number = self.known.len();
        if *self.by_code.entry(hash).or_insert(number) == number {
            self.known.push(Known {
                name: artifact.name,
                items,
                mapped: artifact.map,
                layout: artifact.layout,
            });
        }
    }

    fn known(&self, code_hash: B256) -> Option<&Known> {
        self.known.get(*self.by_code.get(&code_hash)?)
    }

    /// Name of the contract with this code.
    pub fn name(&self, code_hash: B256) -> Option<&str> {
        self.known(code_hash).map(|known| known.name.as_str())
    }

    /// Whether the source lines of the contract with this code are known.
    pub fn has_source(&self, code_hash: B256) -> bool {
        self.known(code_hash)
            .is_some_and(|known| known.mapped.is_some())
    }

    /// Name of the state variable at a slot, as the contract with this code lays out its storage; `hashes` are those that the run has
    /// computed, by which slots of mappings are found.
    pub fn variable(&self, code_hash: B256, slot: U256, hashes: &[Hashed]) -> Option<String> {
        layout::variable(&self.known(code_hash)?.layout, slot, hashes)
    }

    /// The functions of the source that a run of this code is in, outermost first: `callers` are the addresses of the calls that have
    /// not returned, `recent` the latest instructions. Code that the compiler made, and functions that it put in their caller's
    /// place, are not told apart from the function around them.
    pub fn frames(&self, code_hash: B256, callers: &[u16], recent: &[u16]) -> Vec<Frame> {
        let Some(mapped) = self
            .known(code_hash)
            .and_then(|known| known.mapped.as_ref())
        else {
            return Vec::new();
        };
        let place = |at: &u16| self.place(mapped, *at);
        let last = recent.iter().rev().find_map(place);
        let mut frames: Vec<Frame> = Vec::new();
        for frame in callers.iter().filter_map(place).chain(last) {
            let of_same = |frame: &Frame| (frame.contract.clone(), frame.function.clone());
            frames.pop_if(|before| of_same(before) == of_same(&frame));
            frames.push(frame);
        }
        frames
    }

    fn place(&self, mapped: &Mapped, at: u16) -> Option<Frame> {
        let range = mapped.map.range(at)?;
        let file = mapped.files.get(range.file)?;
        match self.sources.text(&mapped.folder, file) {
            Some(text) if text.outline.is_vague(range.start, range.end) => None,
            Some(text) => Some(text.frame(file, range)),
            None => Some(Frame {
                file: file.clone(),
                ..Frame::default()
            }),
        }
    }

    /// All contracts with source maps.
    pub(crate) fn mapped(&self) -> impl Iterator<Item = (B256, &Mapped)> {
        self.by_code.iter().filter_map(|(hash, number)| {
            let known = self.known.get(*number)?;
            Some((*hash, known.mapped.as_ref()?))
        })
    }

    /// The files of a source map, as far as they are there.
    pub(crate) fn texts(&self, mapped: &Mapped) -> Vec<Option<Arc<Text>>> {
        let files = mapped.files.iter();
        files
            .map(|file| self.sources.text(&mapped.folder, file))
            .collect()
    }

    // --- Selectors ------------------------------------------------------------------------------------------------------

    /// Calls `read` with the items of a selector, those of the contract itself first, until one fits.
    fn first<'s, K: std::hash::Hash + Eq + 's, I: 's, T>(
        &'s self,
        code_hash: B256,
        kind: impl Fn(&'s Items) -> &'s HashMap<K, Vec<Arc<I>>>,
        key: &K,
        read: impl FnMut(&'s I) -> Option<T>,
    ) -> Option<T> {
        let own = self.known(code_hash).map(|known| &known.items);
        let items = own.into_iter().chain([&self.any]);
        let found = items.filter_map(|items| kind(items).get(key)).flatten();
        found.map(|item| &**item).find_map(read)
    }

    /// The function that calldata names, with its arguments.
    pub(crate) fn function(&self, code_hash: B256, input: &[u8]) -> Option<(&Item, Vec<Argument>)> {
        let (selector, data) = input.split_first_chunk::<4>()?;
        let read = |item| Item::arguments(item, data).map(|arguments| (item, arguments));
        self.first(
            code_hash,
            |items| &items.functions,
            &Selector::from(*selector),
            read,
        )
    }

    pub(crate) fn constructor(&self, code_hash: B256, input: &[u8]) -> Option<Vec<Argument>> {
        self.known(code_hash)?
            .items
            .constructor
            .as_ref()?
            .arguments(input)
    }

    /// The error that revert data names, with its arguments.
    pub(crate) fn custom_error(
        &self,
        code_hash: B256,
        data: &[u8],
    ) -> Option<(&str, Vec<Argument>)> {
        let (selector, data) = data.split_first_chunk::<4>()?;
        let read =
            |item| Item::arguments(item, data).map(|arguments| (item.name.as_str(), arguments));
        self.first(
            code_hash,
            |items| &items.errors,
            &Selector::from(*selector),
            read,
        )
    }

    /// The event with these topics, with its arguments.
    pub(crate) fn log(
        &self,
        code_hash: B256,
        topics: &[B256],
        data: &[u8],
    ) -> Option<(&str, Vec<Argument>)> {
        let read = |item| {
            EventItem::arguments(item, topics, data).map(|arguments| (item.name(), arguments))
        };
        self.first(code_hash, |items| &items.events, topics.first()?, read)
    }
}

impl Items {
    fn add(&mut self, abi: &JsonAbi) {
        for function in abi.functions() {
            push(
                &mut self.functions,
                function.selector(),
                Item::function(function),
            );
        }
        for error in abi.errors() {
            push(&mut self.errors, error.selector(), Item::error(error));
        }
        for event in abi.events() {
            push(&mut self.events, event.selector(), EventItem::of(event));
        }
    }
}

/// Adds an item that is not there yet.
fn push<K: std::hash::Hash + Eq, I: PartialEq>(
    map: &mut HashMap<K, Vec<Arc<I>>>,
    key: K,
    item: Option<I>,
) {
    let items = map.entry(key).or_default();
    if let Some(item) = item
        && items.iter().all(|other| **other != item)
    {
        items.push(Arc::new(item));
    }
}

/// All JSON files at a path or below it. Links to folders are not followed, so that the walk ends.
fn collect(
    path: &Path,
    files: &mut Vec<PathBuf>,
) -> std::result::Result<(), (PathBuf, std::io::Error)> {
    let failed = |error| (path.to_owned(), error);
    let data = fs::metadata(path).map_err(failed)?;
    if !data.is_dir() {
        if data.len() <= MAX_FILE {
            files.push(path.to_owned());
        }
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let ty = entry.file_type().map_err(failed)?;
        let path = entry.path();
        let is_json = path
            .extension()
            .is_some_and(|extension| extension == "json");
        let is_skipped = SKIPPED_FOLDERS
            .iter()
            .any(|name| entry.file_name() == *name);
        if (ty.is_dir() && !is_skipped) || (ty.is_file() && is_json) {
            collect(&path, files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Four words of no-operations, the least that is odd and more than one.
    fn code() -> String {
        "00".repeat(96)
    }

    fn abi(name: &str) -> Value {
        json!([
            { "type": "function", "name": name, "inputs": [{ "name": "a", "type": "uint256" }], "outputs": [], "stateMutability": "view" },
            { "type": "error", "name": "No", "inputs": [] },
            { "type": "something new" },
        ])
    }

    fn load(files: &[(&str, Value)]) -> (Contracts, Result<Loaded>) {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content.to_string()).unwrap();
        }
        let mut contracts = Contracts::default();
        let loaded = contracts.load(folder.path());
        (contracts, loaded)
    }

    #[test]
    fn artifacts_of_all_shapes_are_found() {
        let hash: B256 = zksso_eravm::bytecode_hash(&[0; 96]).unwrap();
        let shapes = [
            (
                "a/Ours.json",
                json!({ "contractName": "Ours", "abi": abi("f"), "bytecode": code(), "bytecodeHash": hash }),
            ),
            (
                "a/Foundry.json",
                json!({ "abi": abi("f"), "bytecode": { "object": code() } }),
            ),
            (
                "a/Hardhat.json",
                json!({ "_format": "hh-zksolc-artifact-1", "contractName": "Hardhat", "abi": abi("f"), "bytecode": format!("0x{}", code()) }),
            ),
            (
                "a/zksolc.json",
                json!({ "contracts": { "A.sol": { "Zksolc": { "abi": abi("f"), "evm": { "bytecode": { "object": code() } } } } } }),
            ),
            ("a/Era.json", json!({ "abi": abi("f"), "hash": hash })),
        ];
        for shape in shapes {
            let (contracts, loaded) = load(std::slice::from_ref(&shape));
            assert_eq!(loaded.unwrap().with_code, 1, "{}", shape.0);
            let name = Path::new(shape.0).file_stem().unwrap().to_str().unwrap();
            let known = contracts.name(hash).unwrap();
            assert!(known.eq_ignore_ascii_case(name), "{known}");
        }
        let (contracts, loaded) = load(&[("Plain.json", abi("plain"))]);
        let found = Loaded {
            contracts: 1,
            with_code: 0,
            with_source: 0,
        };
        assert_eq!(loaded.unwrap(), found);
        let mut call = alloy_primitives::keccak256("plain(uint256)")[..4].to_vec();
        call.extend([0; 32]);
        let (function, _) = contracts.function(B256::ZERO, &call).unwrap();
        assert_eq!(function.name, "plain");
        call.pop();
        assert!(contracts.function(B256::ZERO, &call).is_none());
    }

    #[test]
    fn other_files_are_passed_over_and_none_at_all_is_an_error() {
        let (_, loaded) = load(&[
            ("build-info/x.json", json!({ "abi": abi("f") })),
            ("package.json", json!({ "name": "x" })),
            ("list.json", json!([1, 2])),
        ]);
        assert!(matches!(loaded, Err(Error::Empty(_))));
        let missing = Contracts::default().load(Path::new("/no/such/folder"));
        assert!(matches!(missing, Err(Error::Read { .. })));
    }

    #[test]
    fn failures_are_taken_apart_and_end() {
        let items = json!([{ "type": "error", "name": "Outer", "inputs": [{ "name": "reason", "type": "bytes" }] }]);
        let (contracts, _) = load(&[("Outer.json", items)]);
        let wrap = |inner: &[u8]| {
            let mut data = alloy_primitives::keccak256("Outer(bytes)")[..4].to_vec();
            data.extend(U256::from(32).to_be_bytes::<32>());
            data.extend(U256::from(inner.len()).to_be_bytes::<32>());
            data.extend(inner);
            data
        };
        let mut panic = vec![0x4e, 0x48, 0x7b, 0x71];
        panic.extend(U256::from(0x11).to_be_bytes::<32>());
        let failure = contracts.failure(B256::ZERO, &wrap(&panic));
        assert_eq!(failure.name.as_deref(), Some("Outer"));
        assert_eq!(
            failure.cause.unwrap().message,
            "panic 0x11: arithmetic overflow or underflow"
        );
        let deep = (0..100).fold(Vec::new(), |inner, _| wrap(&inner));
        let mut depth = 0;
        let mut next = Some(Box::new(contracts.failure(B256::ZERO, &deep)));
        while let Some(failure) = next {
            depth += 1;
            next = failure.cause;
        }
        assert_eq!(depth, 5);
        for length in 0..deep.len().min(200) {
            contracts.failure(B256::ZERO, &deep[..length]);
        }
    }
}
