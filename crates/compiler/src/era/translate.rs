//! From solc's Yul to bytecode: the half of a compiler run that follows solc.

use std::{
    collections::BTreeMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use foundry_compilers::{
    artifacts::{
        self,
        output_selection::{FileOutputSelection, OutputSelection},
    },
    error::Result,
};
use zksso_codegen::yul::Diagnostics;

use super::{
    job::{SolcJob, Stage},
    names::ObjectNames,
    place,
    settings::EraOptions,
    solc_output::{SolcContract, SolcOutput},
};
use crate::{
    backend::{Compiled, translate},
    observer::{BuildEvent, BuildObserver},
};

/// Time spent in the two halves of a compiler run, summed over its threads.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measured {
    /// Wall time of the slowest solc process.
    pub(crate) solc: Duration,
    /// Time in the code generator.
    pub(crate) codegen: Duration,
}

/// Fully qualified names, split into file and contract.
pub(crate) type Key = (String, String);

/// The code of each contract, its own last, or why it has none.
pub(crate) type Codes = BTreeMap<Key, Translation>;

/// What the code generator makes of one contract.
pub(crate) type Translation = std::result::Result<Vec<Compiled>, Diagnostics>;

/// The code generator at work on the output of a job.
#[derive(Clone, Copy)]
pub(crate) struct Translator<'a> {
    /// solc, for questions that come up later.
    pub(crate) job: &'a SolcJob<'a>,
    /// Settings of the code generator.
    pub(crate) options: &'a EraOptions,
    /// Receives progress.
    pub(crate) observer: &'a dyn BuildObserver,
    /// Receives the time of each translation.
    pub(crate) measured: &'a Mutex<Measured>,
}

impl Translator<'_> {
    /// Translates every contract with code of its own.
    pub(crate) fn translate_all(&self, output: &SolcOutput) -> Codes {
        output
            .deployable()
            .map(|(file, name, c)| {
                (
                    (file.to_owned(), name.to_owned()),
                    self.translate(file, name, c),
                )
            })
            .collect()
    }

    fn translate(&self, file: &str, name: &str, contract: &SolcContract) -> Translation {
        let (qualified, start) = (format!("{file}:{name}"), Instant::now());
        let observer = self.observer;
        observer.event(BuildEvent::CodegenStarted { name: &qualified });
        let compiled = translate(&qualified, contract.yul(), self.options);
        let elapsed = start.elapsed();
        let size = compiled
            .as_ref()
            .map_or(0, |codes| codes.last().map_or(0, |own| own.bytecode.len()));
        observer.event(BuildEvent::CodegenFinished {
            name: &qualified,
            size,
            elapsed,
        });
        self.measure(|measured| measured.codegen += elapsed);
        compiled
    }

    /// Adds to the measured times.
    pub(crate) fn measure(&self, update: impl FnOnce(&mut Measured)) {
        if let Ok(mut measured) = self.measured.lock() {
            update(&mut measured);
        }
    }

    /// The findings of the code generator, with their places in the Solidity source.
    pub(crate) fn errors(&self, codes: &Codes) -> Vec<artifacts::Error> {
        let failed = codes
            .iter()
            .filter_map(|(key, code)| code.as_ref().err().map(|found| (key, found)));
        let errors = failed.flat_map(|((file, name), found)| {
            place::errors(&format!("{file}:{name}"), found, self.job.sources)
        });
        errors.collect()
    }

    /// Asks solc for the AST ids of all contracts if a created contract cannot be told from others of the same name.
    pub(crate) fn learn_ids(&self, code: &Codes, names: &mut ObjectNames) -> Result<()> {
        let compiled = code.values().flatten().flatten();
        if compiled
            .flat_map(|code| &code.dependencies)
            .all(|(object, _)| object.contains(':') || names.get(object).is_some())
        {
            return Ok(());
        }
        let asts = FileOutputSelection::from([(String::new(), vec!["ast".to_owned()])]);
        let selection: OutputSelection = BTreeMap::from([("*".to_owned(), asts)]).into();
        names.learn(&self.job.run(&selection, Stage::Parsing)?);
        Ok(())
    }
}
