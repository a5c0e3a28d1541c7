#![doc = include_str!("../README.md")]

mod artifact;
mod artifacts;
mod backend;
pub mod bindings;
mod config;
mod diagnostic;
mod environment;
mod era;
mod error;
mod files;
mod foundry;
mod lock;
mod observer;
mod placeholder;
mod project;
mod publish;
mod solc;
mod standard;
mod state;
mod zksolc;

pub use artifact::{Artifact, EncodedSourceMap, LinkReference};
pub use artifacts::{Artifacts, Bytecode};
pub use config::{Backend, EraConfig, ProjectConfig, SolcRequest};
pub use diagnostic::Diagnostic;
pub use environment::Environment;
pub use error::{Error, Result};
pub use observer::{BuildEvent, BuildObserver};
pub use project::{BuildOutput, ContractSize, Project, Timings};
pub use solc::{SUPPORTED_SOLC, SolcLocation, SolcOrigin};
pub use standard::{
    FileRequest, LinkOutcome, StandardCompiler, StandardOutput, ZKSOLC_PROTOCOL, link,
};

// Types of the public API, so that users need not name these crates.
pub use foundry_compilers::artifacts::{BytecodeHash, EvmVersion, remappings::Remapping};
pub use zksso_codegen::{JumpKind, MapEntry, MapRange, SourceMap, SourceMapError, SourcePosition};
