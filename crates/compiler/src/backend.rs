//! The seam between solc's Yul and the code generator.

use std::collections::BTreeMap;

use alloy_primitives::{B256, Bytes};
use zksso_codegen::{Options, compile, yul::Diagnostics};

use crate::{artifact::LinkReference, era::EraOptions};

/// Identity of the code generator: its version and a hash of its sources and of those of the instruction set.
pub(crate) const BACKEND: &str =
    concat!(env!("CARGO_PKG_VERSION"), "+", env!("ZKSSO_BACKEND_HASH"));

/// A contract that came out of a Yul object: the object itself, or one nested in it.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    /// Name of the Yul object.
    pub(crate) object: String,
    /// Bytecode.
    pub(crate) bytecode: Bytes,
    /// Versioned bytecode hash.
    pub(crate) hash: B256,
    /// Contracts that it creates: name of the Yul object and bytecode hash.
    pub(crate) dependencies: Vec<(String, B256)>,
    /// Libraries whose address is missing.
    pub(crate) links: Vec<LinkReference>,
}

/// Translates optimised Yul of one contract, `path:Name`, and of the contracts that it creates; the contract is last.
pub(crate) fn translate(
    name: &str,
    yul: &str,
    options: &EraOptions,
) -> Result<Vec<Compiled>, Diagnostics> {
    let options = Options {
        enable_eravm_extensions: options.era_extensions,
        libraries: options.libraries.clone(),
    };
    let output = compile(name, yul, &options)?;
    let objects = object_names(yul);
    let object = |plain: String| {
        objects
            .get(plain.as_str())
            .map_or(plain, |object| (*object).to_owned())
    };
    let contracts = output.contracts.into_iter().map(|contract| Compiled {
        bytecode: contract.bytecode.into(),
        hash: contract.hash,
        dependencies: contract
            .factory_dependencies
            .into_iter()
            .map(|(name, hash)| (object(name), hash))
            .collect(),
        links: contract
            .link_references
            .into_iter()
            .map(|link| LinkReference {
                library: link.library,
                offset: link.offset,
            })
            .collect(),
        object: object(contract.name),
    });
    Ok(contracts.collect())
}

/// Maps names of contracts to those of their Yul objects, which end in an AST id.
fn object_names(yul: &str) -> BTreeMap<&str, &str> {
    let objects = yul.lines().filter_map(|line| {
        line.trim_start()
            .strip_prefix("object \"")?
            .split('"')
            .next()
    });
    objects
        .map(|object| (contract_name(object), object))
        .collect()
}

/// Strips the AST id from an object's name.
pub(crate) fn contract_name(object: &str) -> &str {
    match object.rsplit_once('_') {
        Some((name, id)) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => object,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_names_lose_their_id_only() {
        let names = ["My_Token_17", "Token", "Token_", "A_3_deployed"].map(contract_name);
        assert_eq!(names, ["My_Token", "Token", "Token_", "A_3_deployed"]);
    }

    #[test]
    fn nested_objects_are_found_by_contract_name() {
        let yul =
            "/// x\nobject \"A_3\" {\n  object \"A_3_deployed\" {\n    object \"B_12\" {}\n  }\n}";
        assert_eq!(object_names(yul)["B"], "B_12");
        assert_eq!(object_names(yul)["A"], "A_3");
    }
}
