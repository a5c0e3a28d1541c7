//! The standard JSON of zksolc: one JSON document of sources and settings in, one of contracts and messages out.
//!
//! Tools that call zksolc (Hardhat's plugin, foundry-zksync) speak this protocol. It is solc's, with a few settings and
//! outputs for EraVM beside. What is wrong with sources or settings becomes an entry of `errors` in the output, never a
//! failure, and a setting that has no effect here becomes a warning.
//!
//! Code comes from where [`Project`](crate::Project) takes it: [`SolcJob`] runs solc, [`Translator`] the code generator.

mod contract;
mod files;
mod input;
mod link;
mod message;
mod selection;
mod yul;

pub use files::FileRequest;
pub use link::{LinkOutcome, link};

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Mutex,
};

use foundry_compilers::{artifacts::sources::Sources, error::SolcError};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use self::{
    contract::ContractWriter,
    input::{Input, Language},
    message::{Message, Messages},
};
use crate::{
    backend::BACKEND,
    config::{ProjectConfig, SolcRequest},
    environment::Environment,
    era::{EraOptions, ObjectNames, SolcJob, SolcOutput, Stage, Translator},
    error::Error,
    solc::{FoundSolc, discover},
};

/// The release of zksolc whose standard JSON this is.
pub const ZKSOLC_PROTOCOL: &str = "1.5.14";

/// Compiles standard JSON.
#[derive(Clone, Debug)]
pub struct StandardCompiler {
    /// Where solc is searched, and what relative paths count from.
    config: ProjectConfig,
    env: Environment,
}

/// The answer to a standard JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct StandardOutput {
    /// The document to print.
    pub json: Value,
    /// Whether the input was a JSON object at all. If not, the document says why not.
    pub readable: bool,
}

impl StandardOutput {
    /// The texts of the errors, as people read them.
    pub fn errors(&self) -> Vec<&str> {
        self.messages("error")
    }

    /// The texts of the warnings, as people read them.
    pub fn warnings(&self) -> Vec<&str> {
        self.messages("warning")
    }

    fn messages(&self, severity: &str) -> Vec<&str> {
        let all = self.json["errors"].as_array().into_iter().flatten();
        all.filter(|message| message["severity"] == severity)
            .filter_map(|message| message["formattedMessage"].as_str())
            .collect()
    }
}

impl StandardCompiler {
    /// A compiler that counts paths from `base` and finds solc as a project there would, or in the nearest folder above
    /// that has the npm package.
    pub fn new(base: &Path, solc: SolcRequest, env: Environment) -> Self {
        let mut config = ProjectConfig::defaults(base.to_path_buf());
        config.solc = solc;
        if let Some(data) = &env.data_home {
            config.era.cache = data.join("zksso");
        }
        Self { config, env }
    }

    /// Compiles the text of a standard JSON.
    pub fn compile_text(&self, text: &str) -> StandardOutput {
        match serde_json::from_str(text) {
            Ok(json @ Value::Object(_)) => StandardOutput {
                json: self.compile(json, None),
                readable: true,
            },
            Ok(_) => unreadable("the standard JSON input is not an object".to_owned()),
            Err(error) => unreadable(format!("the standard JSON input is not JSON: {error}")),
        }
    }

    /// Compiles a standard JSON; `targets` narrows Solidity to the contracts of some files.
    fn compile(&self, json: Value, targets: Option<&BTreeSet<String>>) -> Value {
        let mut messages = Messages::default();
        let mut output = Map::new();
        if let Some(input) = Input::read(json, &self.config.root, &mut messages) {
            let compiled = match input.language {
                Language::Solidity => self.solidity(&input, targets, &mut messages),
                Language::Yul => Ok(yul::compile(&input, &mut messages)),
            };
            match compiled {
                Ok(compiled) => output = compiled,
                Err(error) => messages.push(Message::error(error.to_string())),
            }
        }
        finish(output, messages)
    }

    fn solidity(
        &self,
        input: &Input,
        targets: Option<&BTreeSet<String>>,
        messages: &mut Messages,
    ) -> Result<Map<String, Value>, Error> {
        let solc = self.find_solc()?;
        let job = SolcJob::new(
            solc.command(),
            &input.sources,
            Value::Object(input.settings.clone()),
        );
        let selection = input.selection.for_solc(job.yul_output(), targets);
        let mut raw: Map<String, Value> = job.run(&selection, Stage::Full).map_err(failed)?;
        if let Some(Value::Array(errors)) = raw.remove("errors") {
            messages.extend(errors);
        }
        let (version, long) = solc.versions();
        let mut output = Map::new();
        if !messages.has_errors() {
            let mut typed = SolcOutput::deserialize(&Value::Object(raw.clone()))
                .map_err(|error| failed(error.into()))?;
            typed.keep_yul(job.yul_output());
            output.insert(
                "contracts".to_owned(),
                self.contracts(input, &job, &typed, &mut raw, messages)
                    .map_err(failed)?,
            );
        }
        output.insert("sources".to_owned(), input.selection.sources(&mut raw));
        output.insert("version".to_owned(), json!(version));
        output.insert("long_version".to_owned(), json!(long));
        Ok(output)
    }

    /// Translates all contracts and adds what comes of it to solc's descriptions.
    fn contracts(
        &self,
        input: &Input,
        job: &SolcJob<'_>,
        typed: &SolcOutput,
        raw: &mut Map<String, Value>,
        messages: &mut Messages,
    ) -> Result<Value, SolcError> {
        let options = EraOptions {
            backend: BACKEND.to_owned(),
            era_extensions: input.era_extensions,
            libraries: input.libraries.clone(),
            folders: Vec::new(),
        };
        let translator = Translator {
            job,
            options: &options,
            observer: &(),
            measured: &Mutex::default(),
        };
        let codes = translator.translate_all(typed);
        for error in translator.errors(&codes) {
            messages.push(error.into());
        }
        let mut names = ObjectNames::default();
        names.learn(typed);
        translator.learn_ids(&codes, &mut names)?;
        let mut writer = ContractWriter {
            selection: &input.selection,
            qualify: &|object| names.get(object).map(str::to_owned),
            messages,
        };
        Ok(writer.all(raw.remove("contracts"), &codes))
    }

    /// Finds solc from the base folder, or from the nearest folder above it that has the npm package.
    fn find_solc(&self) -> Result<FoundSolc, Error> {
        let mut config = self.config.clone();
        let with_package = self
            .config
            .root
            .ancestors()
            .find(|folder| folder.join("node_modules/solc/package.json").is_file());
        if let Some(folder) = with_package {
            config.root = folder.to_path_buf();
        }
        discover(&config, &self.env)
    }

    /// Folder that relative paths count from.
    pub fn base(&self) -> &Path {
        &self.config.root
    }
}

fn failed(error: SolcError) -> Error {
    Error::SolcFailed {
        message: error.to_string(),
    }
}

fn unreadable(message: String) -> StandardOutput {
    let mut messages = Messages::default();
    messages.push(Message::error(message));
    StandardOutput {
        json: finish(Map::new(), messages),
        readable: false,
    }
}

/// Puts what every output has into it. Contracts of a compilation with errors are left out, as solc does.
fn finish(mut output: Map<String, Value>, messages: Messages) -> Value {
    if messages.has_errors() {
        output.insert("contracts".to_owned(), json!({}));
    }
    for key in ["contracts", "sources"] {
        output.entry(key).or_insert_with(|| json!({}));
    }
    if !messages.is_empty() {
        output.insert("errors".to_owned(), messages.into_json());
    }
    output.insert("zk_version".to_owned(), json!(ZKSOLC_PROTOCOL));
    Value::Object(output)
}

/// A source's name as a path, the key of [`Sources`].
fn insert_source(sources: &mut Sources, name: &str, content: String) -> bool {
    let source = foundry_compilers::artifacts::sources::Source::new(content);
    sources.insert(PathBuf::from(name), source).is_none()
}
