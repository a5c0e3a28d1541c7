//! Compiler input: solc's, and our options.

use std::{borrow::Cow, path::Path};

use foundry_compilers::{
    CompilerInput,
    artifacts::{SolcLanguage, sources::Source, sources::Sources},
    solc::SolcVersionedInput,
};
use semver::Version;
use serde::Serialize;

use super::settings::{EraOptions, EraSettings};

/// Sources and settings of one compiler run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EraInput {
    /// Input of solc.
    #[serde(flatten)]
    pub(crate) solc: SolcVersionedInput,
    /// Settings of the code generator.
    pub(crate) era: EraOptions,
}

impl CompilerInput for EraInput {
    type Settings = EraSettings;
    type Language = SolcLanguage;

    fn build(
        sources: Sources,
        settings: Self::Settings,
        language: Self::Language,
        version: Version,
    ) -> Self {
        Self {
            solc: SolcVersionedInput::build(sources, settings.solc, language, version),
            era: settings.era,
        }
    }

    fn language(&self) -> Self::Language {
        self.solc.language()
    }

    fn version(&self) -> &Version {
        self.solc.version()
    }

    fn sources(&self) -> impl Iterator<Item = (&Path, &Source)> {
        self.solc.sources()
    }

    fn compiler_name(&self) -> Cow<'static, str> {
        "Era".into()
    }

    fn strip_prefix(&mut self, base: &Path) {
        self.solc.strip_prefix(base);
    }
}
