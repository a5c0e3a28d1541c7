//! The seam between solc's Yul and the code generator.

use std::{
    any::Any,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use alloy_primitives::{B256, Bytes};
use zksso_codegen::{
    Contract, Options, SourceMap, compile,
    yul::{Code, Diagnostic, Diagnostics, Object, parse},
};

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
    /// Where its instructions come from.
    pub(crate) source_map: SourceMap,
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
    let output = guarded(name, || compile(name, yul, &options))?;
    let objects = object_names(&parse(yul)?);
    let named = name_contracts(output.contracts, objects);
    let by_hash: BTreeMap<B256, String> = named
        .iter()
        .map(|(object, contract)| (contract.hash, object.clone()))
        .collect();
    let compiled = named.into_iter().map(|(object, contract)| {
        let dependencies = contract.factory_dependencies.into_iter();
        let dependencies = dependencies
            .map(|(name, hash)| (by_hash.get(&hash).cloned().unwrap_or(name), hash))
            .collect();
        let links = contract.link_references.into_iter();
        let links = links
            .map(|link| LinkReference {
                library: link.library,
                offset: link.offset,
            })
            .collect();
        Compiled {
            object,
            bytecode: contract.bytecode.into(),
            hash: contract.hash,
            dependencies,
            links,
            source_map: contract.source_map,
        }
    });
    Ok(compiled.collect())
}

/// Makes a finding of a panic in the code generator: one contract must not take the answer about all others with it.
fn guarded<T>(
    name: &str,
    generate: impl FnOnce() -> Result<T, Diagnostics>,
) -> Result<T, Diagnostics> {
    // What the code generator had in hand is dropped with it.
    catch_unwind(AssertUnwindSafe(generate)).unwrap_or_else(|payload| {
        let reason = panic_message(&*payload);
        let message = format!("internal compiler error: the code generator panicked: {reason}");
        let found = Diagnostic::error(Code::Panic, message)
            .in_contract(name)
            .with_note(format!("code generator {BACKEND}"))
            .with_help("no code was made of the contract; report this with its source");
        Err(found.into())
    })
}

fn panic_message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    text.or(owned).unwrap_or("no reason was given")
}

/// Lists the names of the Yul objects of contracts, created ones before their creators.
fn object_names(object: &Object) -> Vec<String> {
    let runtime = format!("{}_deployed", object.name);
    let (runtime, created): (Vec<_>, Vec<_>) = object
        .objects
        .iter()
        .partition(|nested| nested.name == runtime);
    let created = created
        .into_iter()
        .chain(runtime.into_iter().flat_map(|runtime| &runtime.objects));
    created
        .flat_map(object_names)
        .chain([object.name.clone()])
        .collect()
}

/// Gives contracts, whose names lack the AST id, the names of their objects. Both come in the same order, but equal
/// contracts only once.
fn name_contracts(contracts: Vec<Contract>, objects: Vec<String>) -> Vec<(String, Contract)> {
    let mut objects = objects.into_iter();
    let mut named = Vec::new();
    for contract in contracts {
        let object = objects.find(|object| contract_name(object) == contract.name);
        named.push((object.unwrap_or_else(|| contract.name.clone()), contract));
    }
    named
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
    fn panics_become_findings_about_the_contract() {
        let index = [1, 2, 3].iter().filter(|number| **number > 2).count() + 5;
        let found = guarded("A.sol:A", || Ok([7, 8][index])).unwrap_err();
        let text = found.to_string();
        assert!(
            text.starts_with("error[E0902]: internal compiler error"),
            "{text}"
        );
        assert!(
            text.contains("index out of bounds") && text.contains("A.sol:A"),
            "{text}"
        );
        assert!(text.contains("help: "), "{text}");
        let refused = Diagnostics::from(Diagnostic::error(Code::Stack, "full"));
        let passed = guarded::<()>("A.sol:A", || Err(refused.clone()));
        assert_eq!(passed, Err(refused));
    }

    #[test]
    fn created_objects_come_before_their_creators() {
        let part = |id: u32| {
            format!(
                "object \"Part_{id}\" {{ code {{}} object \"Part_{id}_deployed\" {{ code {{}} }} }}"
            )
        };
        let yul = format!(
            "object \"A_3\" {{ code {{}} {} object \"A_3_deployed\" {{ code {{}} {} }} }}",
            part(7),
            part(12)
        );
        assert_eq!(
            object_names(&parse(&yul).unwrap()),
            ["Part_7", "Part_12", "A_3"]
        );
    }
}
