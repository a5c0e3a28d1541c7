//! From solc's Yul to bytecode: the half of a compiler run that follows solc.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
    time::{Duration, Instant},
};

use foundry_compilers::{
    artifacts::{self, output_selection::FileOutputSelection},
    error::Result,
};
use zksso_codegen::yul::Diagnostics;

use super::{
    job::{SolcJob, Stage},
    names::ObjectNames,
    place,
    settings::EraOptions,
    solc_output::{SolcContract, SolcOutput, add_ast, add_description},
};
use crate::{
    backend::{Compiled, contract_name, translate},
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

    /// Asks solc for the AST ids of created contracts that were not compiled by themselves.
    pub(crate) fn learn_ids(&self, code: &Codes, names: &mut ObjectNames) -> Result<()> {
        let unknown: BTreeSet<&str> = created(code)
            .filter(|object| !object.contains(':') && names.get(object).is_none())
            .map(contract_name)
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let mut selection = BTreeMap::<String, FileOutputSelection>::new();
        for (file, source) in self.job.sources {
            let text: &str = source.as_ref();
            if unknown.iter().any(|name| text.contains(name)) {
                add_ast(selection.entry(file.display().to_string()).or_default());
            }
        }
        names.learn(&self.job.run(&selection.into(), Stage::Parsing)?);
        Ok(())
    }

    /// Asks solc for the descriptions of created contracts that were not compiled by themselves.
    pub(super) fn describe_created(
        &self,
        code: &Codes,
        names: &ObjectNames,
        described: &mut BTreeMap<Key, SolcContract>,
    ) -> Result<()> {
        let mut selection = BTreeMap::<String, FileOutputSelection>::new();
        for object in created(code) {
            let qualified = names.get(object).unwrap_or(object).rsplit_once(':');
            if let Some((file, name)) = qualified
                && !described.contains_key(&(file.to_owned(), name.to_owned()))
            {
                add_description(selection.entry(file.to_owned()).or_default(), name);
            }
        }
        if selection.is_empty() {
            return Ok(());
        }
        let output: SolcOutput = self.job.run(&selection.into(), Stage::Full)?;
        for (file, contracts) in output.contracts {
            let contracts = contracts.into_iter();
            described.extend(contracts.map(|(name, contract)| ((file.clone(), name), contract)));
        }
        Ok(())
    }
}

/// Lists what the compiled contracts create: names of Yul objects, or qualified names.
fn created(code: &Codes) -> impl Iterator<Item = &str> {
    let compiled = code.values().flatten().flatten();
    let dependencies = compiled.flat_map(|code| &code.dependencies);
    dependencies.map(|(object, _)| object.as_str())
}
