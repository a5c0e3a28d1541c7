//! Reading the input, and sorting its settings: solc's, ours, and those that have no effect here.

use std::{collections::BTreeMap, fs, path::Path};

use alloy_primitives::Address;
use foundry_compilers::artifacts::sources::Sources;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{
    insert_source,
    message::{Message, Messages},
    selection::Selection,
};
use crate::config::DEFAULT_RUNS;

/// Language of the sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Solidity,
    Yul,
}

/// A readable input.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) language: Language,
    pub(super) sources: Sources,
    /// The settings for solc, without the output selection.
    pub(super) settings: Map<String, Value>,
    pub(super) selection: Selection,
    /// Addresses of libraries, by `path:Name`.
    pub(super) libraries: BTreeMap<String, Address>,
    /// `enableEraVMExtensions`.
    pub(super) era_extensions: bool,
}

/// The document.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    language: String,
    #[serde(default)]
    sources: BTreeMap<String, SourceEntry>,
    #[serde(default)]
    settings: Map<String, Value>,
    // Hardhat's plugin puts these beside the settings.
    #[serde(default)]
    suppressed_warnings: Option<Value>,
    #[serde(default)]
    suppressed_errors: Option<Value>,
}

/// A source: its text, or places where that may be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceEntry {
    content: Option<String>,
    #[serde(default)]
    urls: Vec<String>,
    #[serde(default, rename = "keccak256")]
    _hash: Option<String>,
}

impl Input {
    /// Reads a document; `None` if it has to be rejected, for reasons that `messages` tell. Relative URLs count from
    /// `base`.
    pub(super) fn read(json: Value, base: &Path, messages: &mut Messages) -> Option<Self> {
        let document: Document = match serde_json::from_value(json) {
            Ok(document) => document,
            Err(error) => {
                messages.push(Message::error(format!(
                    "the standard JSON input is malformed: {error}"
                )));
                return None;
            }
        };
        let language = language(&document.language, messages);
        let sources = read_sources(document.sources, base, messages);
        let mut settings = Settings {
            map: document.settings,
            messages,
        };
        for (key, value) in [
            ("suppressedWarnings", document.suppressed_warnings),
            ("suppressedErrors", document.suppressed_errors),
        ] {
            if let Some(value) = value {
                settings.map.entry(key).or_insert(value);
            }
        }
        let era_extensions = settings.take("enableEraVMExtensions").unwrap_or(false);
        settings.report_foreign();
        settings.complete();
        let libraries = settings.libraries();
        let selection = settings.map.remove("outputSelection");
        let settings = settings.map;
        let selection = Selection::read(selection, messages);
        let language = language.filter(|_| !messages.has_errors())?;
        Some(Self {
            language,
            sources,
            settings,
            selection,
            libraries,
            era_extensions,
        })
    }
}

fn language(name: &str, messages: &mut Messages) -> Option<Language> {
    match name {
        "Solidity" => Some(Language::Solidity),
        "Yul" => Some(Language::Yul),
        other => {
            messages.push(Message::error(format!(
                "language {other:?} is not supported: use \"Solidity\" or \"Yul\""
            )));
            None
        }
    }
}

fn read_sources(
    entries: BTreeMap<String, SourceEntry>,
    base: &Path,
    messages: &mut Messages,
) -> Sources {
    let mut sources = Sources::default();
    if entries.is_empty() {
        messages.push(Message::error("the input has no sources"));
    }
    for (name, entry) in entries {
        match entry.read(base) {
            Ok(content) => {
                if !insert_source(&mut sources, &name, content) {
                    messages.push(Message::error(format!(
                        "source {name:?} is there twice, under two spellings"
                    )));
                }
            }
            Err(reason) => messages.push(Message::error(format!(
                "source {name:?} is missing: {reason}"
            ))),
        }
    }
    sources
}

impl SourceEntry {
    fn read(self, base: &Path) -> Result<String, String> {
        match (self.content, self.urls.as_slice()) {
            (Some(_), [_, ..]) => Err("it has both `content` and `urls`".to_owned()),
            (Some(content), []) => Ok(content),
            (None, []) => Err("it has neither `content` nor `urls`".to_owned()),
            (None, urls) => read_first(urls, base),
        }
    }
}

/// Reads the first of several files that can be read.
fn read_first(urls: &[String], base: &Path) -> Result<String, String> {
    let mut reasons = Vec::new();
    for url in urls {
        let path = base.join(url.strip_prefix("file://").unwrap_or(url));
        match fs::read_to_string(&path) {
            Ok(content) => return Ok(content),
            Err(error) => reasons.push(format!("{}: {error}", path.display())),
        }
    }
    Err(reasons.join("; "))
}

/// Settings of zksolc that would suppress messages. None of these messages exists here.
const SUPPRESSIBLE: [(&str, &[&str]); 2] = [
    ("suppressedWarnings", &["txorigin", "assemblycreate"]),
    ("suppressedErrors", &["sendtransfer", "ripemd160"]),
];

/// The settings while they are being sorted.
struct Settings<'a> {
    map: Map<String, Value>,
    messages: &'a mut Messages,
}

impl Settings<'_> {
    /// Removes a setting and reads it.
    fn take<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let value = self.map.remove(key).filter(|value| !value.is_null())?;
        self.parse(key, value)
    }

    fn parse<T: DeserializeOwned>(&mut self, key: &str, value: Value) -> Option<T> {
        let parsed = serde_json::from_value(value);
        if let Err(error) = &parsed {
            self.error(format!("settings.{key} is malformed: {error}"));
        }
        parsed.ok()
    }

    fn error(&mut self, text: impl Into<String>) {
        self.messages.push(Message::error(text));
    }

    fn warn(&mut self, text: impl Into<String>) {
        self.messages.push(Message::warning(text));
    }

    /// Removes the settings that zksolc knows and solc does not, saying which have no effect.
    fn report_foreign(&mut self) {
        let codegen: Option<String> = self.take("codegen");
        let force: Option<bool> = self.take("forceEVMLA");
        if force == Some(true) || codegen.is_some_and(|codegen| codegen != "yul") {
            self.error(
                "code generation from EVM assembly (forceEVMLA, codegen \"evmla\") is not supported: code goes through Yul, \
                 which needs solc 0.8.24 or newer; remove the setting",
            );
        }
        if self.map.get("viaIR") == Some(&json!(false)) {
            self.warn("settings.viaIR is false, but code for EraVM always goes through Yul");
        }
        for key in ["LLVMOptions", "llvmOptions"] {
            let options: Option<Vec<String>> = self.take(key);
            if options.is_some_and(|options| !options.is_empty()) {
                self.warn(format!(
                    "settings.{key} has no effect: there is no LLVM in this compiler"
                ));
            }
        }
        // Missing libraries are always listed, and the code is generated all the same.
        let _: Option<bool> = self.take("detectMissingLibraries");
        for (key, known) in SUPPRESSIBLE {
            self.report_suppressed(key, known);
        }
        self.report_metadata();
        self.report_optimizer();
    }

    fn report_suppressed(&mut self, key: &str, known: &[&str]) {
        let names: Vec<String> = self.take(key).unwrap_or_default();
        for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
            self.warn(format!("settings.{key}: there is no message {name:?}"));
        }
    }

    fn report_metadata(&mut self) {
        let metadata = &self.map.get("metadata");
        let hash = metadata.map_or(&Value::Null, |metadata| &metadata["bytecodeHash"]);
        if hash.as_str().is_some_and(|hash| hash != "none") {
            self.warn(format!(
                "settings.metadata.bytecodeHash is {hash}, but the code carries no hash of its metadata"
            ));
        }
        // solc does not know zksolc's keccak256, and no code of solc's making is used.
        if let Some(Value::Object(metadata)) = self.map.get_mut("metadata") {
            metadata.insert("bytecodeHash".to_owned(), json!("none"));
        }
    }

    /// Removes zksolc's part of the optimizer's settings. It has one mode here, for speed.
    fn report_optimizer(&mut self) {
        let Some(Value::Object(optimizer)) = self.map.get_mut("optimizer") else {
            return;
        };
        let mode = optimizer.remove("mode");
        let size = [
            "fallback_to_optimizing_for_size",
            "fallbackToOptimizingForSize",
            "sizeFallback",
        ];
        let size = size.map(|key| (key, optimizer.remove(key)));
        optimizer.remove("disable_system_request_memoization");
        if let Some(mode) = mode.filter(|mode| *mode != json!("3")) {
            self.warn(format!(
                "settings.optimizer.mode {mode} has no effect: the code generator has one mode"
            ));
        }
        for (key, value) in size {
            if value == Some(json!(true)) {
                self.warn(format!(
                    "settings.optimizer.{key} has no effect: the code generator has one mode"
                ));
            }
        }
    }

    /// Fills in what the protocol leaves to the compiler, as builds of projects do.
    fn complete(&mut self) {
        self.map.insert("viaIR".to_owned(), json!(true));
        self.map.entry("evmVersion").or_insert(json!("cancun"));
        match self.map.entry("optimizer").or_insert_with(|| json!({})) {
            Value::Object(optimizer) => complete_optimizer(optimizer),
            _ => self.error("settings.optimizer is malformed: expected an object"),
        }
    }

    /// Reads the addresses of libraries, which stay for solc to read too.
    fn libraries(&mut self) -> BTreeMap<String, Address> {
        let Some(value) = self.map.get("libraries").cloned() else {
            return BTreeMap::new();
        };
        let files: Option<BTreeMap<String, BTreeMap<String, String>>> =
            self.parse("libraries", value);
        let mut libraries = BTreeMap::new();
        for (file, names) in files.unwrap_or_default() {
            for (name, address) in names {
                let qualified = match file.as_str() {
                    "" => name,
                    file => format!("{file}:{name}"),
                };
                match address.parse() {
                    Ok(address) => {
                        libraries.insert(qualified, address);
                    }
                    Err(_) => self.error(format!(
                        "settings.libraries: {address:?} of {qualified} is not an address of 20 bytes"
                    )),
                }
            }
        }
        libraries
    }
}

fn complete_optimizer(optimizer: &mut Map<String, Value>) {
    let enabled = optimizer.entry("enabled").or_insert(json!(true)).clone();
    if enabled == json!(true) {
        optimizer.entry("runs").or_insert(json!(DEFAULT_RUNS));
    }
}
