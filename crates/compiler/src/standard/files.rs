//! From files on disk to standard JSON.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use alloy_primitives::Address;
use foundry_compilers::artifacts::{EvmVersion, remappings::Remapping};
use serde_json::{Map, Value, json};

use super::{StandardCompiler, StandardOutput};
use crate::{
    config::DEFAULT_RUNS,
    era::SourceSet,
    error::{Error, Result},
    foundry,
};

/// Files to compile, and how.
#[derive(Clone, Debug)]
pub struct FileRequest {
    /// Solidity files, and Yul files that end in `.yul`. Relative paths count from the current folder.
    pub files: Vec<PathBuf>,
    /// Import remappings; relative paths count from the compiler's base folder.
    pub remappings: Vec<Remapping>,
    /// Addresses of deployed libraries, by `path:Name`.
    pub libraries: BTreeMap<String, Address>,
    /// Whether solc's optimizer runs.
    pub optimizer: bool,
    /// solc's `runs`.
    pub optimizer_runs: usize,
    /// EVM version for which solc emits Yul.
    pub evm_version: EvmVersion,
    /// Whether calls to the addresses of the EraVM simulations become EraVM instructions.
    pub era_extensions: bool,
}

impl FileRequest {
    /// Files with the settings that a build uses if nothing else is said.
    pub fn new(files: Vec<PathBuf>) -> Self {
        Self {
            files,
            remappings: Vec::new(),
            libraries: BTreeMap::new(),
            optimizer: true,
            optimizer_runs: DEFAULT_RUNS,
            evm_version: EvmVersion::Cancun,
            era_extensions: false,
        }
    }

    fn settings(&self, base: &Path) -> Value {
        let mut libraries = BTreeMap::<&str, BTreeMap<&str, &Address>>::new();
        for (name, address) in &self.libraries {
            let (file, name) = name.rsplit_once(':').unwrap_or(("", name));
            libraries.entry(file).or_default().insert(name, address);
        }
        json!({
            "enableEraVMExtensions": self.era_extensions,
            "evmVersion": self.evm_version.to_string(),
            "libraries": libraries,
            "optimizer": { "enabled": self.optimizer, "runs": self.optimizer_runs },
            "outputSelection": { "*": { "*": ["abi", "evm.methodIdentifiers", "eravm.sourceMap"] } },
            "remappings": self.remappings.iter().map(|from| relative(from, base)).collect::<Vec<_>>(),
        })
    }
}

/// A remapping in the names of sources, which are relative to the base folder.
fn relative(remapping: &Remapping, base: &Path) -> String {
    let Remapping {
        context,
        name,
        path,
    } = remapping;
    let below = Path::new(path).strip_prefix(base).ok();
    let mut path = below.map_or_else(|| path.clone(), |path| path.display().to_string());
    // The names of sources begin without a dot, and for the base folder itself nothing is left.
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.to_owned();
    }
    if path == "." {
        path.clear();
    }
    if !path.is_empty() && !path.ends_with('/') {
        path.push('/');
    }
    let context = context.as_ref().map(|context| format!("{context}:"));
    format!("{}{name}={path}", context.unwrap_or_default())
}

impl StandardCompiler {
    /// Compiles files, and reads what they import from the base folder and by the remappings. Contracts that are defined in
    /// imported files get no code.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] for a file that cannot be read, [`Error::SolcFailed`] if the imports cannot be followed. What is wrong
    /// in the sources stands in the output.
    pub fn compile_files(&self, request: &FileRequest) -> Result<StandardOutput> {
        let files = request
            .files
            .iter()
            .map(|file| fs::canonicalize(file).map_err(Error::io("read", file)));
        let files: Vec<PathBuf> = files.collect::<Result<_>>()?;
        let (yul, solidity): (Vec<_>, Vec<_>) = files
            .into_iter()
            .partition(|file| file.extension().is_some_and(|extension| extension == "yul"));
        let mut output = Value::Null;
        if !solidity.is_empty() {
            output = self.solidity_files(request, &solidity)?;
        }
        if !yul.is_empty() {
            merge(&mut output, self.yul_files(request, &yul)?);
        }
        Ok(StandardOutput {
            json: output,
            readable: true,
        })
    }

    fn solidity_files(&self, request: &FileRequest, files: &[PathBuf]) -> Result<Value> {
        let mut config = self.config.clone();
        config.remappings.clone_from(&request.remappings);
        let set = SourceSet::resolve(&foundry::paths(&config), files)?;
        let sources: Map<String, Value> = set
            .sources
            .iter()
            .map(|(name, source)| {
                let content = json!({ "content": AsRef::<str>::as_ref(source) });
                (name.display().to_string(), content)
            })
            .collect();
        let targets: BTreeSet<String> = files.iter().map(|file| self.name(file)).collect();
        let input = json!({
            "language": "Solidity",
            "sources": sources,
            "settings": request.settings(self.base()),
        });
        let mut output = self.compile(input, Some(&targets));
        if let Some(contracts) = output["contracts"].as_object_mut() {
            contracts.retain(|file, _| targets.contains(file));
        }
        Ok(output)
    }

    fn yul_files(&self, request: &FileRequest, files: &[PathBuf]) -> Result<Value> {
        let mut sources = Map::new();
        for file in files {
            let content = fs::read_to_string(file).map_err(Error::io("read", file))?;
            sources.insert(self.name(file), json!({ "content": content }));
        }
        let settings = request.settings(self.base());
        let input = json!({ "language": "Yul", "sources": sources, "settings": settings });
        Ok(self.compile(input, None))
    }

    /// The name of a source: its path from the base folder, or the whole path outside of it.
    fn name(&self, file: &Path) -> String {
        let name = file.strip_prefix(self.base()).unwrap_or(file);
        name.display().to_string()
    }
}

/// Adds the contracts, sources and messages of another output.
fn merge(output: &mut Value, other: Value) {
    if output.is_null() {
        *output = other;
        return;
    }
    let Value::Object(other) = other else { return };
    for (key, value) in other {
        match (&mut output[key.as_str()], value) {
            (Value::Object(known), Value::Object(more)) => known.extend(more),
            (Value::Array(known), Value::Array(more)) => known.extend(more),
            (known @ Value::Null, value) => *known = value,
            _ => {}
        }
    }
}
