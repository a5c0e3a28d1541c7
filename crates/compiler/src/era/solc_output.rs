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
        contracts.filter(|(_, _, contract)| {
            let internal = contract.evm.method_identifiers.is_empty() && is_library(contract.yul());
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

    /// Returns whether solc refused the sources.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors.iter().any(artifacts::Error::is_error)
    }
}

/// Returns whether Yul is that of a library, which keeps its own address to tell calls from delegated ones. Contracts that
/// are created from it are not looked at.
fn is_library(yul: &str) -> bool {
    let lines = yul.lines().map(str::trim_start);
    let is_object = |line: &str| line.starts_with("object \"");
    let inside = lines.skip_while(|line| !is_object(line)).skip(1);
    let mut own = inside.take_while(|line| !is_object(line));
    // No Solidity source can say this: its assembly has no such built-in.
    own.any(|line| line.starts_with("setimmutable(") && line.contains("\"library_deploy_address\""))
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

/// Selects the description of a contract, beside what is selected already.
pub(crate) fn add_description(selection: &mut FileOutputSelection, contract: &str) {
    selection.insert(contract.to_owned(), DESCRIPTION.map(str::to_owned).to_vec());
}

/// Selects the syntax tree of a file, beside what is selected already.
pub(crate) fn add_ast(selection: &mut FileOutputSelection) {
    selection.insert(String::new(), vec!["ast".to_owned()]);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Yul of a contract that runs `code` and contains `nested`.
    fn object(code: &str, nested: &str) -> String {
        format!(
            "\n/// @use-src 0:\"A.sol\"\nobject \"A_3\" {{\n    code {{\n        {code}\n    }}\n    {nested}\n}}\n"
        )
    }

    #[test]
    fn libraries_are_known_by_the_address_that_they_keep() {
        let keeps = "setimmutable(_1, \"library_deploy_address\", address())";
        let library = object(keeps, "");
        assert!(is_library(&library));
        assert!(!is_library(&object("return(0, 0)", &library)));
        assert!(!is_library(&object(
            "mstore(0, \"library_deploy_address\")",
            ""
        )));
        assert!(!is_library(""));
    }
}
