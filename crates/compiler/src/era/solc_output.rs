//! The parts of solc's standard-JSON output that are used, and how to ask for them.

use std::collections::BTreeMap;

use alloy_json_abi::JsonAbi;
use foundry_compilers::artifacts::{self, output_selection::FileOutputSelection};
use serde::Deserialize;
use serde_json::Value;

/// Outputs that describe a contract without compiling it.
const DESCRIPTION: [&str; 5] = [
    "abi",
    "devdoc",
    "userdoc",
    "storageLayout",
    "evm.methodIdentifiers",
];

/// Output of a solc run.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SolcOutput {
    pub(crate) errors: Vec<artifacts::Error>,
    pub(crate) contracts: BTreeMap<String, BTreeMap<String, SolcContract>>,
    pub(crate) sources: BTreeMap<String, SolcSource>,
}

/// A contract in solc's output.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct SolcContract {
    pub(crate) abi: JsonAbi,
    pub(crate) devdoc: Value,
    pub(crate) userdoc: Value,
    pub(crate) storage_layout: Value,
    pub(crate) evm: SolcEvm,
    /// Yul as solc generates it; empty for interfaces and abstract contracts, and if the optimised Yul is asked for.
    ir: String,
    /// Yul after solc's optimiser, if that is asked for.
    ir_optimized: String,
}

impl SolcContract {
    /// The Yul to compile; empty for interfaces and abstract contracts.
    pub(crate) fn yul(&self) -> &str {
        if self.ir.is_empty() {
            &self.ir_optimized
        } else {
            &self.ir
        }
    }
}

/// The `evm` section of a contract.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct SolcEvm {
    pub(crate) method_identifiers: BTreeMap<String, String>,
}

/// A source file in solc's output.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SolcSource {
    pub(crate) id: u32,
    pub(crate) ast: AstNode,
}

/// A node of the syntax tree; `nodes` holds what a source unit or a contract contains.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct AstNode {
    pub(crate) id: i64,
    pub(crate) node_type: String,
    pub(crate) name: String,
    /// `contract`, `library` or `interface`, on contract definitions.
    pub(crate) contract_kind: String,
    /// `{ "text": … }` on definitions; other node types use the field otherwise.
    pub(crate) documentation: Value,
    pub(crate) nodes: Vec<AstNode>,
}

impl SolcOutput {
    /// Lists the contracts that have code of their own, as file, name and contract. solc also emits Yul for libraries
    /// without external functions, whose code is part of the contracts that use them.
    pub(crate) fn deployable(&self) -> impl Iterator<Item = (&str, &str, &SolcContract)> {
        let contracts = self.contracts.iter().flat_map(|(file, contracts)| {
            contracts
                .iter()
                .map(move |(name, contract)| (file.as_str(), name.as_str(), contract))
        });
        contracts.filter(|(file, name, contract)| {
            let internal =
                contract.evm.method_identifiers.is_empty() && self.is_library(file, name);
            !contract.yul().is_empty() && !internal
        })
    }

    /// Leaves only the Yul that is compiled, if the other was asked for too.
    pub(crate) fn keep_yul(&mut self, output: &str) {
        if output == "irOptimized" {
            let contracts = self.contracts.values_mut().flat_map(BTreeMap::values_mut);
            contracts.for_each(|contract| contract.ir.clear());
        }
    }

    fn is_library(&self, file: &str, name: &str) -> bool {
        let definitions = self
            .sources
            .get(file)
            .map_or(&[][..], |source| &source.ast.nodes);
        definitions
            .iter()
            .any(|node| node.name == name && node.contract_kind == "library")
    }

    /// Returns whether solc refused the sources.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors.iter().any(artifacts::Error::is_error)
    }
}

/// Selects descriptions and Yul, which is the output `yul`.
pub(crate) fn full_selection(yul: &str) -> FileOutputSelection {
    let outputs = DESCRIPTION
        .into_iter()
        .chain([yul])
        .map(str::to_owned)
        .collect();
    FileOutputSelection::from([("*".to_owned(), outputs)])
}

/// Selects descriptions.
pub(crate) fn description_selection() -> FileOutputSelection {
    FileOutputSelection::from([("*".to_owned(), DESCRIPTION.map(str::to_owned).to_vec())])
}

/// Selects the syntax tree of a file, beside what is selected already.
pub(crate) fn add_ast(selection: &mut FileOutputSelection) {
    selection.insert(String::new(), vec!["ast".to_owned()]);
}
