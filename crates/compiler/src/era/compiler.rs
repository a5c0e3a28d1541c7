//! One compiler run: solc processes side by side, each followed by the code generation of its contracts.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
    time::Instant,
};

use foundry_compilers::{
    Compiler, CompilerOutput, CompilerVersion,
    artifacts::{
        self, SolcLanguage, SourceFile,
        output_selection::{FileOutputSelection, OutputSelection},
    },
    error::{Result, SolcError},
    resolver::parse::SolParser,
};

use super::{
    artifact::EraContract,
    assemble::{Assembler, collect_type_docs},
    input::EraInput,
    job::{SolcJob, Stage},
    names::ObjectNames,
    settings::EraSettings,
    solc_output::{SolcContract, SolcOutput, add_ast, full_selection},
    sources::SourceSet,
    split::split,
    translate::{Codes, Key, Measured, Translator},
    type_docs::may_document_types,
};
use crate::{
    observer::{BuildEvent, BuildObserver},
    solc::FoundSolc,
    zksolc::{Zksolc, ZksolcOptions},
};

/// The compiler that foundry-compilers calls.
#[derive(Clone, Copy)]
pub(crate) struct EraCompiler<'a> {
    /// solc to run.
    pub(crate) solc: &'a FoundSolc,
    /// zksolc, if that makes the code.
    pub(crate) zksolc: Option<&'a Zksolc>,
    /// All sources of the project.
    pub(crate) set: &'a SourceSet,
    /// solc processes to run at the same time, if the configuration says it.
    pub(crate) jobs: Option<usize>,
    /// Folder that the names of sources count from.
    pub(crate) base: &'a Path,
    /// Receives progress.
    pub(crate) observer: &'a dyn BuildObserver,
    /// Receives the time of each run.
    pub(crate) measured: &'a Mutex<Measured>,
}

/// What one solc process and the code generation after it produced.
struct Part {
    output: SolcOutput,
    code: Codes,
}

impl Compiler for EraCompiler<'_> {
    type Input = EraInput;
    type CompilationError = artifacts::Error;
    type CompilerContract = EraContract;
    type Parser = SolParser;
    type Settings = EraSettings;
    type Language = SolcLanguage;

    fn compile(&self, input: &EraInput) -> Result<CompilerOutput<artifacts::Error, EraContract>> {
        let job = SolcJob::of_input(self.solc.command(), &self.set.sources, &input.solc)?;
        let run = Run {
            compiler: *self,
            translator: Translator {
                job: &job,
                options: &input.era,
                observer: self.observer,
                measured: self.measured,
            },
            input,
        };
        let targets = run.targets();
        if targets.is_empty() {
            return Ok(CompilerOutput::default());
        }
        // zksolc compiles all sources in each of its runs.
        let jobs = if self.zksolc.is_some() {
            Some(1)
        } else {
            self.jobs
        };
        let parts = run.parts(&targets, split(targets.clone(), self.set, jobs))?;
        run.merge(&targets, parts)
    }

    fn available_versions(&self, _language: &SolcLanguage) -> Vec<CompilerVersion> {
        vec![CompilerVersion::Installed(
            self.solc.location.version.clone(),
        )]
    }
}

/// A compiler run on one input.
struct Run<'a> {
    compiler: EraCompiler<'a>,
    translator: Translator<'a>,
    input: &'a EraInput,
}

impl Run<'_> {
    /// Lists the files to compile: those that foundry-compilers selected, in the folders that are built.
    fn targets(&self) -> Vec<PathBuf> {
        let selection = &self.input.solc.input.settings.output_selection;
        let selected = selection
            .as_ref()
            .iter()
            .filter(|(_, outputs)| !outputs.is_empty());
        let files = selected.map(|(file, _)| PathBuf::from(file));
        files.filter(|file| self.is_built(file)).collect()
    }

    fn is_built(&self, file: &Path) -> bool {
        self.input
            .era
            .folders
            .iter()
            .any(|folder| file.starts_with(folder))
    }

    fn parts(&self, targets: &[PathBuf], groups: Vec<Vec<PathBuf>>) -> Result<Vec<Part>> {
        self.compiler.observer.event(BuildEvent::SolcStarted {
            files: groups.iter().map(Vec::len).sum(),
            sources: self.compiler.set.sources.len(),
            processes: groups.len(),
        });
        let groups = groups.iter().enumerate();
        thread::scope(|scope| {
            let threads: Vec<_> = groups
                .map(|(index, files)| scope.spawn(move || self.part(index, files, targets)))
                .collect();
            let join = |thread: thread::ScopedJoinHandle<'_, Result<Part>>| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(SolcError::msg("a compiler thread panicked")))
            };
            threads.into_iter().map(join).collect()
        })
    }

    fn part(&self, index: usize, files: &[PathBuf], targets: &[PathBuf]) -> Result<Part> {
        let start = Instant::now();
        let selection = self.selection(index, files, targets);
        let mut output: SolcOutput = self.translator.job.run(&selection, Stage::Full)?;
        let elapsed = start.elapsed();
        let contracts = output.deployable().count();
        self.compiler.observer.event(BuildEvent::SolcFinished {
            process: index,
            contracts,
            elapsed,
        });
        self.translator
            .measure(|measured| measured.solc = measured.solc.max(elapsed));
        let code = if output.has_errors() {
            BTreeMap::new()
        } else if let Some(zksolc) = self.compiler.zksolc {
            self.codes_of(zksolc, &mut output)?
        } else {
            self.translator.translate_all(&output)
        };
        Ok(Part { output, code })
    }

    /// Lets zksolc make the code of the contracts that solc has described.
    fn codes_of(&self, zksolc: &Zksolc, output: &mut SolcOutput) -> Result<Codes> {
        let options = ZksolcOptions {
            era_extensions: self.input.era.era_extensions,
        };
        let base = self.compiler.base;
        let mut answer = zksolc.compile(self.translator.job, options, base)?;
        let deployable = output.deployable();
        let codes = deployable.map(|(file, name, _)| {
            let codes = answer.codes(&format!("{file}:{name}"));
            ((file.to_owned(), name.to_owned()), Ok(codes))
        });
        let codes = codes.collect();
        output.errors.extend(answer.take_messages());
        Ok(codes)
    }

    /// Selects Yul and descriptions of `files`, and the syntax trees that carry the NatSpec of structs. The first process also
    /// prints those of files that are not compiled.
    fn selection(&self, index: usize, files: &[PathBuf], targets: &[PathBuf]) -> OutputSelection {
        let yul = self.translator.job.yul_output();
        let mut selection = BTreeMap::<String, FileOutputSelection>::new();
        for file in files {
            selection.insert(file.display().to_string(), full_selection(yul));
        }
        for (file, source) in &self.compiler.set.sources {
            let name = file.display().to_string();
            let in_charge =
                selection.contains_key(&name) || (index == 0 && !targets.contains(file));
            if in_charge && self.is_built(file) && may_document_types(source.as_ref()) {
                add_ast(selection.entry(name).or_default());
            }
        }
        selection.into()
    }

    /// Joins the parts to the output that foundry-compilers expects.
    fn merge(
        &self,
        targets: &[PathBuf],
        parts: Vec<Part>,
    ) -> Result<CompilerOutput<artifacts::Error, EraContract>> {
        let (mut names, mut docs) = (ObjectNames::default(), BTreeMap::new());
        for part in &parts {
            names.learn(&part.output);
            part.output
                .sources
                .values()
                .for_each(|source| collect_type_docs(&source.ast, &mut docs));
        }
        let (mut described, mut code) = (BTreeMap::new(), BTreeMap::new());
        let (mut sources, mut errors) = (BTreeMap::new(), Vec::new());
        for part in parts {
            describe(part.output.contracts, &mut described);
            code.extend(part.code);
            sources.extend(
                part.output
                    .sources
                    .into_iter()
                    .map(|(file, source)| (PathBuf::from(file), source.id)),
            );
            errors.extend(part.output.errors);
        }
        errors.extend(self.translator.errors(&code));
        self.translator.learn_ids(&code, &mut names)?;
        self.translator
            .describe_created(&code, &names, &mut described)?;
        let solc_version = &self.compiler.solc.location.version;
        let assembler = Assembler {
            contracts: &described,
            names: &names,
            type_docs: &docs,
            solc_version,
            backend: &self.input.era.backend,
        };
        Ok(CompilerOutput {
            errors: without_duplicates(errors),
            contracts: contracts(targets, &described, &code, &assembler),
            sources: sources
                .into_iter()
                .map(|(file, id)| (file, SourceFile { id, ast: None }))
                .collect(),
            metadata: BTreeMap::new(),
        })
    }
}

/// Files solc's contracts by name; one with Yul wins over one that is described only.
fn describe(
    output: BTreeMap<String, BTreeMap<String, SolcContract>>,
    described: &mut BTreeMap<Key, SolcContract>,
) {
    for (file, contracts) in output {
        for (name, contract) in contracts {
            let key = (file.clone(), name);
            if !contract.yul().is_empty() || !described.contains_key(&key) {
                described.insert(key, contract);
            }
        }
    }
}

fn contracts(
    targets: &[PathBuf],
    described: &BTreeMap<Key, SolcContract>,
    code: &Codes,
    assembler: &Assembler<'_>,
) -> BTreeMap<PathBuf, BTreeMap<String, EraContract>> {
    let targets: BTreeSet<_> = targets
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    let mut contracts = BTreeMap::<PathBuf, BTreeMap<String, EraContract>>::new();
    for (file, name) in described.keys().filter(|(file, _)| targets.contains(file)) {
        let compiled = code
            .get(&(file.clone(), name.clone()))
            .and_then(|code| code.as_ref().ok());
        let contract = assembler.contract(file, name, compiled.map_or(&[], Vec::as_slice));
        contracts
            .entry(file.into())
            .or_default()
            .insert(name.clone(), contract);
    }
    contracts
}

/// Each solc process analyses every source and therefore reports the same warnings.
fn without_duplicates(errors: Vec<artifacts::Error>) -> Vec<artifacts::Error> {
    let mut seen = std::collections::HashSet::new();
    errors
        .into_iter()
        .filter(|error| seen.insert(error.clone()))
        .collect()
}
