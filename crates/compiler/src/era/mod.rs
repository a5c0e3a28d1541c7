//! The EraVM compiler as a back-end of foundry-compilers: solc up to optimised Yul, then our own code generator.
//!
//! foundry-compilers contributes the import graph, version pragmas, remappings, and the cache that tells which files
//! are dirty. It hands over dirty files and their imports only. solc puts AST ids into Yul names, so a changed source set
//! changes the Yul, and [`EraCompiler`] therefore always gives solc every source of the project and narrows nothing but
//! the output selection. The selection is split over several processes, since solc uses one thread.
//!
//! solc makes Yul of every contract of which it is asked for anything, if it is asked for Yul of one. A run therefore
//! selects nothing of contracts that are not its own; what else is needed is asked for in a run without Yul.

mod artifact;
mod assemble;
mod compiler;
mod input;
mod job;
mod layout;
mod names;
mod place;
mod settings;
mod solc_output;
mod sources;
mod split;
mod translate;
mod type_docs;

pub(crate) use artifact::{EraArtifact, EraArtifacts};
pub(crate) use compiler::EraCompiler;
pub(crate) use job::{SolcJob, Stage};
pub(crate) use names::ObjectNames;
pub(crate) use settings::{EraOptions, EraSettings};
pub(crate) use solc_output::SolcOutput;
pub(crate) use sources::SourceSet;
pub(crate) use translate::{Codes, Translator};
