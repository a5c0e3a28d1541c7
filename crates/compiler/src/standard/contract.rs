//! Contracts of the output.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{B256, hex};
use serde_json::{Map, Value, json};
use zksso_codegen::yul::{Code, Diagnostic};
use zksso_eravm::Listing;

use super::{link, message::Messages, selection::Selection};
use crate::{artifact::EncodedSourceMap, backend::Compiled, era::Codes};

/// Puts solc's descriptions and the bytecode together.
pub(super) struct ContractWriter<'a> {
    pub(super) selection: &'a Selection,
    /// Fully qualified names of Yul objects.
    pub(super) qualify: &'a dyn Fn(&str) -> Option<String>,
    pub(super) messages: &'a mut Messages,
}

impl ContractWriter<'_> {
    /// The `contracts` of an output, from those of solc's.
    pub(super) fn all(&mut self, raw: Option<Value>, codes: &Codes) -> Value {
        let Some(Value::Object(mut files)) = raw else {
            return json!({});
        };
        for (file, contracts) in &mut files {
            for (name, contract) in contracts.as_object_mut().into_iter().flatten() {
                let code = codes.get(&(file.clone(), name.clone()));
                let code = code.and_then(|code| code.as_ref().ok());
                self.one(file, name, contract, code.map_or(&[], Vec::as_slice));
            }
        }
        Value::Object(files)
    }

    /// Adds the code to the description of one contract. `compiled` holds its own code last, after that of what it creates.
    pub(super) fn one(
        &mut self,
        file: &str,
        name: &str,
        contract: &mut Value,
        compiled: &[Compiled],
    ) {
        if !contract.is_object() {
            *contract = json!({});
        }
        for yul in ["ir", "irOptimized"] {
            if !self.selection.wants(file, name, yul) {
                remove(contract, yul);
            }
        }
        if !self.selection.wants(file, name, "evm.methodIdentifiers") {
            remove(&mut contract["evm"], "methodIdentifiers");
        }
        if contract["evm"].is_null() {
            contract["evm"] = json!({});
        }
        let (unlinked, used) = (unlinked(compiled), used(compiled));
        let libraries: BTreeSet<&str> = compiled
            .iter()
            .filter(|code| used.contains(&code.hash))
            .flat_map(|code| &code.links)
            .map(|link| link.library.as_str())
            .collect();
        contract["missingLibraries"] = json!(libraries);
        self.dependencies(contract, compiled, &unlinked);
        if let Some(own) = compiled.last() {
            self.code(file, name, contract, own, &unlinked);
        }
    }

    fn dependencies(&self, contract: &mut Value, compiled: &[Compiled], unlinked: &BTreeSet<B256>) {
        let (mut linked, mut all) = (BTreeMap::new(), BTreeSet::new());
        for (object, hash) in compiled
            .last()
            .into_iter()
            .flat_map(|own| &own.dependencies)
        {
            let qualified = (self.qualify)(object).unwrap_or_else(|| object.clone());
            if !unlinked.contains(hash) {
                linked.insert(hex::encode(hash), qualified.clone());
            }
            all.insert(qualified);
        }
        contract["factoryDependencies"] = json!(linked);
        contract["factoryDependenciesUnlinked"] = json!(all);
    }

    fn code(
        &mut self,
        file: &str,
        name: &str,
        contract: &mut Value,
        own: &Compiled,
        unlinked: &BTreeSet<B256>,
    ) {
        let complete = !unlinked.contains(&own.hash);
        contract["objectFormat"] = json!(if complete { "raw" } else { "elf" });
        if own
            .dependencies
            .iter()
            .any(|(_, hash)| unlinked.contains(hash))
        {
            let message = format!(
                "{file}:{name} has no bytecode yet: it creates a contract whose libraries are missing"
            );
            let found = Diagnostic::warning(Code::UnlinkedCreation, message)
                .with_note("the code holds the hash of the created contract, which is not final")
                .with_help("give the addresses of its missingLibraries in settings.libraries");
            self.messages.push(found.into());
            return;
        }
        let object = link::unlinked_hex(own);
        contract["eravm"] = json!({ "bytecode": object });
        contract["evm"]["bytecode"] = json!({ "object": object });
        if complete {
            contract["hash"] = json!(hex::encode(own.hash));
        }
        if self.selection.wants_source_map(file, name)
            && let Some(map) = EncodedSourceMap::of(&own.source_map)
        {
            contract["eravm"]["sourceMap"] = json!(map);
        }
        if self.selection.wants_assembly(file, name) {
            let text = Listing::of(&own.bytecode).map(|listing| listing.to_string());
            let text = text.unwrap_or_default();
            contract["eravm"]["assembly"] = json!(text);
            contract["evm"]["assembly"] = json!(text);
        }
    }
}

fn remove(value: &mut Value, key: &str) {
    if let Some(map) = value.as_object_mut() {
        map.remove(key);
    }
}

/// Hashes of the codes that are not final: those with libraries missing, and those that create such a contract. Created
/// contracts come before their creators.
fn unlinked(compiled: &[Compiled]) -> BTreeSet<B256> {
    let mut unlinked = BTreeSet::new();
    for code in compiled {
        let creates = code.dependencies.iter();
        let creates = creates
            .map(|(_, hash)| hash)
            .any(|hash| unlinked.contains(hash));
        if creates || !code.links.is_empty() {
            unlinked.insert(code.hash);
        }
    }
    unlinked
}

/// Hashes of the last code and of those that it creates, directly or not.
fn used(compiled: &[Compiled]) -> BTreeSet<B256> {
    let mut used: BTreeSet<B256> = compiled.last().map(|own| own.hash).into_iter().collect();
    for code in compiled.iter().rev() {
        if used.contains(&code.hash) {
            used.extend(code.dependencies.iter().map(|(_, hash)| *hash));
        }
    }
    used
}

/// An empty description, for languages that describe nothing.
pub(super) fn undescribed() -> Value {
    Value::Object(Map::new())
}
