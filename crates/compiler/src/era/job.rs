//! Running solc.

use foundry_compilers::{
    artifacts::{output_selection::OutputSelection, sources::Sources},
    error::{Result, SolcError},
    solc::{Solc, SolcVersionedInput},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

/// How much a run is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Everything. Comments in the Yul tell the places that it comes from; code does not depend on them.
    Full,
    /// Parsing only, which suffices for AST ids.
    Parsing,
}

/// solc on fixed sources with fixed settings; its runs differ in what they are asked for.
#[derive(Clone, Debug)]
pub(crate) struct SolcJob<'a> {
    solc: Solc,
    /// All sources, by the names that solc sees.
    pub(crate) sources: &'a Sources,
    /// The `settings` of the standard JSON.
    pub(crate) settings: Value,
}

impl<'a> SolcJob<'a> {
    /// A job with settings as solc reads them.
    pub(crate) const fn new(solc: Solc, sources: &'a Sources, settings: Value) -> Self {
        Self {
            solc,
            sources,
            settings,
        }
    }

    /// The output that is compiled: Yul as solc generates it, unless the settings say how its optimiser is to treat it. That takes
    /// most of solc's time, and the code generator's own passes do as well.
    pub(crate) fn yul_output(&self) -> &'static str {
        let optimizer = &self.settings["optimizer"];
        let details = optimizer["details"].as_object();
        let skips = |details: &Map<String, Value>| details.get("yul") == Some(&json!(false));
        if optimizer["enabled"] == json!(true) && details.is_some_and(|details| !skips(details)) {
            "irOptimized"
        } else {
            "ir"
        }
    }

    /// A job with the settings of foundry-compilers' input, but other sources.
    pub(crate) fn of_input(
        mut solc: Solc,
        sources: &'a Sources,
        input: &SolcVersionedInput,
    ) -> Result<Self> {
        solc.base_path.clone_from(&input.cli_settings.base_path);
        solc.allow_paths.clone_from(&input.cli_settings.allow_paths);
        solc.include_paths
            .clone_from(&input.cli_settings.include_paths);
        let settings = serde_json::to_value(&input.input.settings)
            .map_err(|error| SolcError::msg(error.to_string()))?;
        Ok(Self::new(solc, sources, settings))
    }

    /// Runs solc and reads its answer.
    pub(crate) fn run<T: DeserializeOwned>(
        &self,
        selection: &OutputSelection,
        stage: Stage,
    ) -> Result<T> {
        self.solc.compile_as(&self.request(selection, stage))
    }

    fn request(&self, selection: &OutputSelection, stage: Stage) -> impl Serialize + use<> {
        let mut settings = self.settings.clone();
        settings["outputSelection"] = json!(selection);
        // Without the pieces of source text that solc adds by default.
        settings["debug"]["debugInfo"] = json!(["location"]);
        if stage == Stage::Parsing {
            settings["stopAfter"] = json!("parsing");
        }
        json!({ "language": "Solidity", "sources": self.sources, "settings": settings })
    }
}
