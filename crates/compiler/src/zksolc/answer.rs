//! What zksolc answers, in the form of the code generator's results.

use std::collections::BTreeMap;

use alloy_primitives::{B256, hex};
use foundry_compilers::artifacts::{self, Severity, error::SourceLocation};
use serde::Deserialize;
use serde_json::{Map, Value};
use zksso_codegen::SourceMap;
use zksso_eravm::bytecode_hash;

use crate::{
    artifact::{EncodedSourceMap, LinkReference},
    backend::Compiled,
    placeholder::placeholder,
};

/// A contract of the answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Contract {
    evm: Evm,
    eravm: Eravm,
    factory_dependencies: BTreeMap<String, String>,
    missing_libraries: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Evm {
    bytecode: Bytecode,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Bytecode {
    object: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Eravm {
    source_map: Option<EncodedSourceMap>,
}

/// The answer: contracts by `path:Name`, and messages.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    contracts: BTreeMap<String, Contract>,
    messages: Vec<artifacts::Error>,
}

impl Answer {
    /// Reads an answer. What is unreadable in it becomes a message.
    pub(super) fn new(mut json: Map<String, Value>) -> Self {
        let mut answer = Self::default();
        if let Some(Value::Array(messages)) = json.remove("errors") {
            answer.messages.extend(messages.iter().map(message));
        }
        let Some(Value::Object(files)) = json.remove("contracts") else {
            return answer;
        };
        for (file, contracts) in files {
            let Value::Object(contracts) = contracts else {
                continue;
            };
            for (name, contract) in contracts {
                let qualified = format!("{file}:{name}");
                match serde_json::from_value(contract) {
                    Ok(contract) => drop(answer.contracts.insert(qualified, contract)),
                    Err(error) => answer.messages.push(failure(format!(
                        "zksolc's answer on {qualified} is malformed: {error}"
                    ))),
                }
            }
        }
        answer
    }

    /// The messages, for people.
    pub(crate) fn take_messages(&mut self) -> Vec<artifacts::Error> {
        std::mem::take(&mut self.messages)
    }

    /// The code of a contract, its own last, behind that of what it creates; nothing if there is none. Reasons why code cannot
    /// be used become messages.
    pub(crate) fn codes(&mut self, qualified: &str) -> Vec<Compiled> {
        let mut codes = Vec::new();
        if let Err(reason) = self.collect(qualified, &mut codes, &mut Vec::new()) {
            self.messages.push(failure(reason));
            codes.clear();
        }
        codes
    }

    fn collect(
        &self,
        qualified: &str,
        codes: &mut Vec<Compiled>,
        path: &mut Vec<String>,
    ) -> Result<(), String> {
        let Some(contract) = self.contracts.get(qualified) else {
            return Ok(());
        };
        if codes.iter().any(|code| code.object == qualified)
            || contract.evm.bytecode.object.is_empty()
        {
            return Ok(());
        }
        if path.iter().any(|creator| creator == qualified) {
            return Err(format!("zksolc says that {qualified} creates itself"));
        }
        path.push(qualified.to_owned());
        let mut dependencies = Vec::new();
        for (hash, name) in &contract.factory_dependencies {
            let hash: B256 = hash
                .parse()
                .map_err(|_| format!("zksolc names the hash {hash:?} of {name}, which is none"))?;
            self.collect(name, codes, path)?;
            dependencies.push((name.clone(), hash));
        }
        path.pop();
        codes.push(contract.compiled(qualified, dependencies)?);
        Ok(())
    }
}

impl Contract {
    fn compiled(
        &self,
        qualified: &str,
        dependencies: Vec<(String, B256)>,
    ) -> Result<Compiled, String> {
        let (bytecode, links) = self.linkable(qualified)?;
        let hash = bytecode_hash(&bytecode)
            .map_err(|error| format!("zksolc's code of {qualified} is no bytecode: {error}"))?;
        let map = self.eravm.source_map.as_ref();
        let map = map.map_or_else(|| Ok(SourceMap::default()), EncodedSourceMap::decode);
        Ok(Compiled {
            object: qualified.to_owned(),
            bytecode: bytecode.into(),
            hash,
            dependencies,
            links,
            source_map: map.map_err(|error| format!("{qualified}: {error}"))?,
        })
    }

    /// The code with zeros in the place of addresses that are missing, and where these places are.
    fn linkable(&self, qualified: &str) -> Result<(Vec<u8>, Vec<LinkReference>), String> {
        let mut text = self.evm.bytecode.object.clone();
        let mut links = Vec::new();
        for library in &self.missing_libraries {
            let sign = placeholder(library);
            while let Some(at) = text.find(&sign) {
                text.replace_range(at..at + sign.len(), &"0".repeat(sign.len()));
                // The address takes the last twenty bytes of the word.
                let offset = (at / 2).saturating_sub(12);
                let library = library.clone();
                links.push(LinkReference { library, offset });
            }
        }
        links.sort_by_key(|link| link.offset);
        let bytecode = hex::decode(&text)
            .map_err(|error| format!("zksolc's code of {qualified} is not hexadecimal: {error}"))?;
        if bytecode.starts_with(b"\x7fELF") {
            return Err(format!(
                "{qualified} needs the addresses of {}: zksolc links object files only by itself; give them as `libraries` \
                 in foundry.toml",
                self.missing_libraries.join(", ")
            ));
        }
        Ok((bytecode, links))
    }
}

/// An error without place.
fn failure(message: String) -> artifacts::Error {
    artifacts::Error {
        source_location: None,
        secondary_source_locations: Vec::new(),
        r#type: "ZksolcError".to_owned(),
        component: "zksolc".to_owned(),
        severity: Severity::Error,
        error_code: None,
        formatted_message: Some(format!("error: {message}\n")),
        message,
    }
}

/// Reads a message. Releases differ in its fields, so that none but the text is relied on.
fn message(json: &Value) -> artifacts::Error {
    if let Ok(message) = serde_json::from_value(json.clone()) {
        return message;
    }
    let text = |key: &str| json[key].as_str().map(str::to_owned);
    let place = &json["sourceLocation"];
    let number = |key: &str| {
        place[key]
            .as_i64()
            .and_then(|number| i32::try_from(number).ok())
    };
    let severity = match json["severity"].as_str() {
        Some("warning") => Severity::Warning,
        Some("info") => Severity::Info,
        _ => Severity::Error,
    };
    artifacts::Error {
        source_location: place["file"].as_str().map(|file| SourceLocation {
            file: file.to_owned(),
            start: number("start").unwrap_or(-1),
            end: number("end").unwrap_or(-1),
        }),
        severity,
        formatted_message: text("formattedMessage"),
        ..failure(text("message").unwrap_or_else(|| json.to_string()))
    }
}
