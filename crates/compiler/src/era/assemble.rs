//! Puts solc's descriptions and the code generator's bytecode together into artifacts.

use std::collections::{BTreeMap, BTreeSet};

use alloy_json_abi::{InternalType, JsonAbi, Param};
use alloy_primitives::Bytes;
use semver::Version;

use super::{
    artifact::EraContract,
    layout::stable_layout,
    names::ObjectNames,
    solc_output::{AstNode, SolcContract},
};
use crate::{
    artifact::{Artifact, EncodedSourceMap},
    backend::Compiled,
};

/// Everything that a compiler run found out, by fully qualified name.
pub(super) struct Assembler<'a> {
    /// solc's descriptions of all contracts, libraries included.
    pub(super) contracts: &'a BTreeMap<(String, String), SolcContract>,
    /// Contracts of the Yul objects.
    pub(super) names: &'a ObjectNames,
    /// NatSpec of structs and enums by their name in ABIs.
    pub(super) type_docs: &'a BTreeMap<String, String>,
    /// Version of solc.
    pub(super) solc_version: &'a Version,
    /// Identity of the code generator.
    pub(super) backend: &'a str,
}

impl Assembler<'_> {
    /// Builds the cache entry of a contract. `compiled` holds its own code last, after that of what it creates.
    pub(super) fn contract(&self, file: &str, name: &str, compiled: &[Compiled]) -> EraContract {
        let (own, nested) = match compiled.split_last() {
            Some((own, nested)) => (Some(own), nested),
            None => (None, &[][..]),
        };
        let libraries = nested.iter().map(|code| {
            let (file, name) = self.split_name(&code.object);
            self.artifact(&file, &name, Some(code))
        });
        EraContract::new(self.artifact(file, name, own), libraries.collect())
    }

    fn artifact(&self, file: &str, name: &str, code: Option<&Compiled>) -> Artifact {
        let described = self.contracts.get(&(file.to_owned(), name.to_owned()));
        let abi = described
            .map(|contract| contract.abi.clone())
            .unwrap_or_default();
        let json = |part: fn(&SolcContract) -> &serde_json::Value| {
            described.map(part).cloned().unwrap_or_default()
        };
        Artifact {
            contract_name: name.to_owned(),
            source_name: file.to_owned(),
            type_docs: self.docs_of(&abi),
            abi,
            bytecode: code.map_or_else(Bytes::new, |code| code.bytecode.clone()),
            bytecode_hash: code.map(|code| code.hash),
            link_references: code.map(|code| code.links.clone()).unwrap_or_default(),
            factory_dependencies: code.map(|code| self.dependencies(code)).unwrap_or_default(),
            storage_layout: stable_layout(json(|contract| &contract.storage_layout)),
            userdoc: json(|contract| &contract.userdoc),
            devdoc: json(|contract| &contract.devdoc),
            method_identifiers: described
                .map(|c| c.evm.method_identifiers.clone())
                .unwrap_or_default(),
            solc_version: self.solc_version.clone(),
            codegen_version: self.backend.to_owned(),
            source_map: code.and_then(|code| EncodedSourceMap::of(&code.source_map)),
        }
    }

    fn dependencies(&self, code: &Compiled) -> BTreeMap<alloy_primitives::B256, String> {
        let qualified = |object: &str| {
            let (file, name) = self.split_name(object);
            format!("{file}:{name}")
        };
        code.dependencies
            .iter()
            .map(|(object, hash)| (*hash, qualified(object)))
            .collect()
    }

    /// Returns file and name of an object's contract. An object may be called by its qualified name already; an unknown one keeps its own name, without a file.
    fn split_name(&self, object: &str) -> (String, String) {
        let qualified = self.names.get(object).unwrap_or(object).rsplit_once(':');
        qualified.map_or_else(
            || (String::new(), object.to_owned()),
            |(file, name)| (file.to_owned(), name.to_owned()),
        )
    }

    fn docs_of(&self, abi: &JsonAbi) -> BTreeMap<String, String> {
        let used = type_names(abi);
        let docs = self
            .type_docs
            .iter()
            .filter(|(name, _)| used.contains(name.as_str()));
        docs.map(|(name, text)| (name.clone(), text.clone()))
            .collect()
    }
}

/// Collects the documented structs and enums of a source file, by their name in ABIs.
pub(super) fn collect_type_docs(unit: &AstNode, docs: &mut BTreeMap<String, String>) {
    for node in &unit.nodes {
        add_type_doc("", node, docs);
        for member in node
            .nodes
            .iter()
            .filter(|_| node.node_type == "ContractDefinition")
        {
            add_type_doc(&format!("{}.", node.name), member, docs);
        }
    }
}

fn add_type_doc(scope: &str, node: &AstNode, docs: &mut BTreeMap<String, String>) {
    let text = node
        .documentation
        .get("text")
        .and_then(|text| text.as_str());
    let is_type = matches!(
        node.node_type.as_str(),
        "StructDefinition" | "EnumDefinition"
    );
    if let Some(text) = text.filter(|_| is_type) {
        docs.insert(format!("{scope}{}", node.name), text.to_owned());
    }
}

/// Lists the names of all structs and enums that an ABI mentions, nested ones included.
fn type_names(abi: &JsonAbi) -> BTreeSet<String> {
    let functions = abi
        .functions()
        .flat_map(|function| function.inputs.iter().chain(&function.outputs));
    let errors = abi.errors().flat_map(|error| &error.inputs);
    let constructor = abi
        .constructor
        .iter()
        .flat_map(|constructor| &constructor.inputs);
    let mut names = BTreeSet::new();
    functions
        .chain(errors)
        .chain(constructor)
        .for_each(|param| add_param(param, &mut names));
    for input in abi.events().flat_map(|event| &event.inputs) {
        add_type(input.internal_type.as_ref(), &mut names);
        input
            .components
            .iter()
            .for_each(|param| add_param(param, &mut names));
    }
    names
}

fn add_param(param: &Param, names: &mut BTreeSet<String>) {
    add_type(param.internal_type.as_ref(), names);
    param
        .components
        .iter()
        .for_each(|param| add_param(param, names));
}

fn add_type(internal: Option<&InternalType>, names: &mut BTreeSet<String>) {
    if let Some(InternalType::Struct { contract, ty } | InternalType::Enum { contract, ty }) =
        internal
    {
        let ty = ty.split('[').next().unwrap_or(ty);
        names.insert(
            contract
                .as_ref()
                .map_or_else(|| ty.to_owned(), |contract| format!("{contract}.{ty}")),
        );
    }
}
