//! What the cache keeps of each contract.

use std::{borrow::Cow, path::Path};

use alloy_json_abi::JsonAbi;
use foundry_compilers::{
    ArtifactOutput, CompilerContract,
    artifacts::{
        BytecodeObject, CompactBytecode, CompactContract, CompactContractBytecode,
        CompactContractBytecodeCow, SourceFile,
    },
    sources::VersionedSourceFile,
};
use serde::{Deserialize, Serialize};

use crate::artifact::Artifact;

/// A compiled contract as the compiler hands it to foundry-compilers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct EraContract {
    /// What is cached.
    pub(crate) cached: EraArtifact,
    /// The bytecode, in the type that the trait lends out.
    pub(crate) object: Option<BytecodeObject>,
}

impl EraContract {
    /// Wraps an artifact with those of its factory dependencies that are no contracts of the project.
    pub(crate) fn new(artifact: Artifact, libraries: Vec<Artifact>) -> Self {
        let object = artifact
            .is_deployable()
            .then(|| BytecodeObject::Bytecode(artifact.bytecode.clone()));
        Self {
            cached: EraArtifact {
                artifact,
                libraries,
            },
            object,
        }
    }
}

impl CompilerContract for EraContract {
    fn abi_ref(&self) -> Option<&JsonAbi> {
        Some(&self.cached.artifact.abi)
    }

    fn bin_ref(&self) -> Option<&BytecodeObject> {
        self.object.as_ref()
    }

    fn bin_runtime_ref(&self) -> Option<&BytecodeObject> {
        self.object.as_ref()
    }
}

/// A contract in the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EraArtifact {
    /// The contract.
    pub(crate) artifact: Artifact,
    /// Factory dependencies that are defined outside of the folders that are built.
    pub(crate) libraries: Vec<Artifact>,
}

impl From<EraArtifact> for CompactContractBytecode {
    fn from(cached: EraArtifact) -> Self {
        let Artifact { abi, bytecode, .. } = cached.artifact;
        let object = CompactBytecode {
            object: BytecodeObject::Bytecode(bytecode),
            ..CompactBytecode::empty()
        };
        Self {
            abi: Some(abi),
            bytecode: Some(object),
            deployed_bytecode: None,
        }
    }
}

impl From<EraArtifact> for CompactContract {
    fn from(cached: EraArtifact) -> Self {
        let Artifact { abi, bytecode, .. } = cached.artifact;
        Self {
            abi: Some(abi),
            bin: Some(BytecodeObject::Bytecode(bytecode)),
            bin_runtime: None,
        }
    }
}

impl<'a> From<&'a EraArtifact> for CompactContractBytecodeCow<'a> {
    fn from(cached: &'a EraArtifact) -> Self {
        let object = BytecodeObject::Bytecode(cached.artifact.bytecode.clone());
        let bytecode = CompactBytecode {
            object,
            ..CompactBytecode::empty()
        };
        Self {
            abi: Some(Cow::Borrowed(&cached.artifact.abi)),
            bytecode: Some(Cow::Owned(bytecode)),
            deployed_bytecode: None,
        }
    }
}

/// Writes [`EraArtifact`]s to the cache.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EraArtifacts;

impl ArtifactOutput for EraArtifacts {
    type Artifact = EraArtifact;
    type CompilerContract = EraContract;

    fn contract_to_artifact(
        &self,
        _file: &Path,
        _name: &str,
        contract: EraContract,
        _source_file: Option<&SourceFile>,
    ) -> EraArtifact {
        contract.cached
    }

    fn standalone_source_file_to_artifact(
        &self,
        _path: &Path,
        _file: &VersionedSourceFile,
    ) -> Option<EraArtifact> {
        None
    }
}
