//! From the cache of foundry-compilers to the folder of artifacts.

use std::collections::BTreeMap;

use alloy_primitives::hex;
use foundry_compilers::ProjectCompileOutput;

use crate::{
    artifact::Artifact,
    artifacts::Artifacts,
    config::ProjectConfig,
    era::{EraArtifact, EraArtifacts, EraCompiler},
    error::Result,
    project::ContractSize,
};

/// Output of a build as foundry-compilers returns it.
pub(crate) type CompileOutput<'a> = ProjectCompileOutput<EraCompiler<'a>, EraArtifacts>;

/// Writes the artifacts of everything that was compiled or found in the cache.
pub(crate) fn publish(config: &ProjectConfig, output: &CompileOutput<'_>) -> Result<Artifacts> {
    let all = [output.compiled_artifacts(), output.cached_artifacts()];
    let all = all
        .into_iter()
        .flat_map(|artifacts| artifacts.artifact_files())
        .map(|file| &file.artifact);
    Artifacts::publish(&config.era.artifacts, by_name(&all.collect::<Vec<_>>()))
}

/// Lists the contracts with bytecode that were compiled, sorted by name.
pub(crate) fn compiled(output: &CompileOutput<'_>) -> Vec<ContractSize> {
    let compiled = output
        .compiled_artifacts()
        .artifact_files()
        .map(|file| &file.artifact.artifact);
    let compiled = compiled.filter(|artifact| artifact.is_deployable());
    let mut sizes: Vec<_> = compiled
        .map(|artifact| ContractSize {
            name: artifact.name(),
            size: artifact.bytecode.len(),
        })
        .collect();
    sizes.sort_by(|a, b| a.name.cmp(&b.name));
    sizes
}

/// Files artifacts by fully qualified name. A created contract whose code is not that of its own artifact, because it
/// is no contract of the project, or because solc made other Yul of it inside its creator, gets an artifact of its own.
fn by_name(cached: &[&EraArtifact]) -> BTreeMap<String, Artifact> {
    let mut artifacts: BTreeMap<_, _> = cached
        .iter()
        .map(|c| (c.artifact.name(), c.artifact.clone()))
        .collect();
    for library in cached.iter().flat_map(|cached| &cached.libraries) {
        let (name, Some(hash)) = (library.name(), library.bytecode_hash) else {
            continue;
        };
        match artifacts.get(&name) {
            Some(known) if known.bytecode_hash == Some(hash) => {}
            Some(_) => {
                let contract_name =
                    format!("{}-{}", library.contract_name, &hex::encode(hash)[56..]);
                let variant = Artifact {
                    contract_name,
                    ..library.clone()
                };
                artifacts.insert(variant.name(), variant);
            }
            None => drop(artifacts.insert(name, library.clone())),
        }
    }
    artifacts
}
