//! Rust bindings of contracts, as source that people can review.
//!
//! Each contract becomes a module with one documented `sol!` interface. The macro expands it when the bindings are built,
//! which keeps the generated file as short as the Solidity interface; NatSpec becomes the documentation of the items.
//! Structs and enums live inside of the interface, as `Contract::Struct`: two contracts that use one Solidity struct each
//! have their own type, equal in encoding.

mod docs;
mod names;
mod print;
mod types;

use std::{collections::BTreeMap, path::PathBuf};

use crate::{artifacts::Artifacts, error::Result};

/// Generates the bindings of `contracts`, named as for [`Artifacts::get`]: one file for each, and `mod.rs`, which
/// exports them. Paths are relative to the folder that holds them.
///
/// The result depends on the artifacts only, and rustfmt leaves it as it is.
///
/// # Errors
///
/// Those of [`Artifacts::get`].
pub fn generate<S: AsRef<str>>(
    artifacts: &Artifacts,
    contracts: &[S],
) -> Result<BTreeMap<PathBuf, String>> {
    let all = artifacts
        .names()
        .map(|name| artifacts.get(name))
        .collect::<Result<Vec<_>>>()?;
    let mut modules = BTreeMap::new();
    for name in contracts {
        let artifact = artifacts.get(name.as_ref())?;
        modules.insert(
            snake_case(&artifact.contract_name),
            names::with_names(artifact, &all),
        );
    }
    let index = module_file(
        modules
            .iter()
            .map(|(module, artifact)| (module, &artifact.contract_name)),
    );
    let mut files = BTreeMap::from([(PathBuf::from("mod.rs"), index)]);
    for (module, artifact) in modules {
        files.insert(
            PathBuf::from(format!("{module}.rs")),
            print::interface(&artifact),
        );
    }
    Ok(files)
}

fn module_file<'a>(modules: impl Iterator<Item = (&'a String, &'a String)> + Clone) -> String {
    let declarations: String = modules
        .clone()
        .map(|(module, _)| format!("mod {module};\n"))
        .collect();
    let exports: String = modules
        .map(|(module, name)| format!("pub use {module}::{name};\n"))
        .collect();
    format!(
        "//! Bindings generated from the artifacts by `zksso bind`. Do not edit.\n\n{declarations}\n{exports}"
    )
}

/// Turns `ERC7579Account` into `erc7579_account`.
fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, &char) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(index + 1);
        let starts_word = before.is_some_and(|before| {
            before.is_lowercase()
                || before.is_ascii_digit()
                || after.is_some_and(|after| after.is_lowercase())
        });
        if char.is_uppercase() && starts_word && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(char.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_named_in_snake_case() {
        let names = [
            "AAFactory",
            "ERC7579Account",
            "WebAuthValidator",
            "Vault",
            "My_Token",
        ]
        .map(snake_case);
        assert_eq!(
            names,
            [
                "aa_factory",
                "erc7579_account",
                "web_auth_validator",
                "vault",
                "my_token"
            ]
        );
    }
}
