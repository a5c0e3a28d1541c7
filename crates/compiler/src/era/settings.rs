//! Compiler settings: those of solc, and ours. Whatever changes the output is in here, so that the cache notices.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use alloy_primitives::Address;
use foundry_compilers::{
    CompilerSettings,
    artifacts::{output_selection::OutputSelection, remappings::Remapping},
    solc::{SolcRestrictions, SolcSettings},
};
use serde::{Deserialize, Serialize};

/// Settings of a build for EraVM.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EraSettings {
    /// Settings of solc.
    #[serde(flatten)]
    pub(crate) solc: SolcSettings,
    /// Settings of the code generator.
    pub(crate) era: EraOptions,
}

/// What the output depends on beside solc's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EraOptions {
    /// Identity of the code generator: a hash of its sources.
    pub(crate) backend: String,
    /// Whether the EraVM call simulations are translated.
    pub(crate) era_extensions: bool,
    /// Addresses of deployed libraries, by fully qualified name.
    pub(crate) libraries: BTreeMap<String, Address>,
    /// Folders, relative to the root, whose contracts are compiled.
    pub(crate) folders: Vec<PathBuf>,
}

impl CompilerSettings for EraSettings {
    type Restrictions = SolcRestrictions;

    fn update_output_selection(&mut self, f: impl FnMut(&mut OutputSelection)) {
        self.solc.update_output_selection(f);
    }

    fn can_use_cached(&self, other: &Self) -> bool {
        self.era == other.era && self.solc.can_use_cached(&other.solc)
    }

    fn with_remappings(mut self, remappings: &[Remapping]) -> Self {
        self.solc = self.solc.with_remappings(remappings);
        self
    }

    fn with_base_path(mut self, base_path: &Path) -> Self {
        self.solc = self.solc.with_base_path(base_path);
        self
    }

    fn with_allow_paths(mut self, allowed_paths: &BTreeSet<PathBuf>) -> Self {
        self.solc = self.solc.with_allow_paths(allowed_paths);
        self
    }

    fn with_include_paths(mut self, include_paths: &BTreeSet<PathBuf>) -> Self {
        self.solc = self.solc.with_include_paths(include_paths);
        self
    }

    fn satisfies_restrictions(&self, restrictions: &Self::Restrictions) -> bool {
        self.solc.satisfies_restrictions(restrictions)
    }
}
