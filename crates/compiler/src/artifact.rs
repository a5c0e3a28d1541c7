//! The artifact of one contract: everything that deploying, calling and documenting it needs.

use std::collections::BTreeMap;

use alloy_json_abi::JsonAbi;
use alloy_primitives::{B256, Bytes};
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zksso_codegen::{SourceMap, SourceMapError};

/// A word of the bytecode that must be replaced by a library's address before the contract can be deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkReference {
    /// Fully qualified name of the library.
    pub library: String,
    /// Byte offset of a 32-byte word.
    pub offset: usize,
}

/// Where the instructions of a bytecode come from, in the form of solc's source maps; see [`SourceMap`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EncodedSourceMap {
    /// Names of the source files that entries refer to by number.
    pub sources: Vec<String>,
    /// One entry `s:l:f:j` for each instruction, separated by `;`.
    pub mappings: String,
}

impl EncodedSourceMap {
    /// Writes a map; `None` if no instruction has a place.
    pub(crate) fn of(map: &SourceMap) -> Option<Self> {
        (!map.is_empty()).then(|| Self {
            sources: map.sources().to_vec(),
            mappings: map.to_string(),
        })
    }

    /// Reads the map.
    ///
    /// # Errors
    ///
    /// The first entry that is malformed.
    pub fn decode(&self) -> Result<SourceMap, SourceMapError> {
        SourceMap::parse(&self.mappings, self.sources.clone())
    }
}

/// Content of `artifacts/<Source>.sol/<Contract>.json`; the keys are the field names in camel case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// Name of the contract.
    pub contract_name: String,
    /// Source file, relative to the project's root, with `/` between folders.
    pub source_name: String,
    /// Ethereum ABI.
    pub abi: JsonAbi,
    /// EraVM bytecode, deploy and runtime code in one; empty for interfaces and abstract contracts.
    pub bytecode: Bytes,
    /// Versioned hash of the bytecode; null if there is none.
    pub bytecode_hash: Option<B256>,
    /// Contracts that this one creates, by bytecode hash, each with its fully qualified name.
    pub factory_dependencies: BTreeMap<B256, String>,
    /// Places in the bytecode that wait for the address of a library; the hash is final only if there are none.
    pub link_references: Vec<LinkReference>,
    /// solc's storage layout, with AST ids replaced by numbers that do not depend on other sources.
    pub storage_layout: Value,
    /// solc's user documentation (`@notice`).
    pub userdoc: Value,
    /// solc's developer documentation (`@dev`, `@param`, `@return`).
    pub devdoc: Value,
    /// NatSpec text of the structs and enums in the ABI, by their name there (`Library.Struct` or `Struct`).
    pub type_docs: BTreeMap<String, String>,
    /// Function selectors in hexadecimal, by signature.
    pub method_identifiers: BTreeMap<String, String>,
    /// Version of solc.
    pub solc_version: Version,
    /// Identity of the code generator.
    pub codegen_version: String,
    /// Where the instructions come from; absent if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_map: Option<EncodedSourceMap>,
}

impl Artifact {
    /// Returns the fully qualified name, `path:Contract`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.source_name, self.contract_name)
    }

    /// Returns whether there is bytecode to deploy.
    pub const fn is_deployable(&self) -> bool {
        self.bytecode_hash.is_some()
    }
}
