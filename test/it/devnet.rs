//! The bytecode that the embedded node's genesis carries is what our compiler makes of `contracts/devnet`.

use std::fs;

use alloy::hex;
use zksso_node::DEVNET_CONTRACTS;
use zksso_testkit::{artifacts, project_root};

/// Set it to write the files instead of comparing them.
const UPDATE_VARIABLE: &str = "ZKSSO_UPDATE_DEVNET";

#[test]
fn genesis_runs_the_devnet_contracts_as_compiled() -> eyre::Result<()> {
    for contract in DEVNET_CONTRACTS {
        let compiled = hex::encode(artifacts().bytecode(contract.name)?.code);
        if std::env::var_os(UPDATE_VARIABLE).is_some() {
            let path = project_root()
                .join("crates/node/genesis")
                .join(file_name(contract.name));
            fs::write(path, format!("{compiled}\n"))?;
            continue;
        }
        assert_eq!(
            contract.bytecode_hex.trim(),
            compiled,
            "{} is stale; run the test once with {UPDATE_VARIABLE}=1",
            contract.name
        );
    }
    Ok(())
}

/// `KnownCodesStorage` is kept in `known_codes_storage.hex`.
fn file_name(contract: &str) -> String {
    let mut name = String::new();
    for letter in contract.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name + ".hex"
}
