//! The suite's code, built once per process.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use zksso_compiler::{Artifacts, Project};
use zksso_deployer::ContractCode;

/// The repository's root, where `foundry.toml` is.
///
/// # Panics
/// If the crate was moved out of the repository.
pub fn project_root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    root.expect("crates/testkit is two folders below the root")
        .to_owned()
}

/// The project's artifacts, up to date.
///
/// # Panics
/// If the project does not build; the message is the compiler's.
pub fn artifacts() -> &'static Artifacts {
    static ARTIFACTS: OnceLock<Artifacts> = OnceLock::new();
    ARTIFACTS.get_or_init(|| {
        let built = Project::open(project_root()).and_then(|project| project.build(&()));
        built
            .unwrap_or_else(|error| panic!("the contracts do not build: {error}"))
            .artifacts
    })
}

/// Code of one contract with everything it creates.
///
/// # Errors
/// If there is no such contract, or more than one.
pub fn contract_code(name: &str) -> eyre::Result<ContractCode> {
    let artifacts = artifacts();
    let dependencies = artifacts.factory_dependency_closure(name)?;
    Ok(ContractCode {
        name: name.to_owned(),
        bytecode: artifacts.bytecode(name)?.code,
        factory_dependencies: dependencies
            .into_iter()
            .map(|dependency| dependency.code)
            .collect(),
    })
}
