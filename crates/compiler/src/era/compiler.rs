//! One compiler run: solc processes side by side, each followed by the code generation of its contracts.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use foundry_compilers::{
    Compiler, CompilerOutput, CompilerVersion,
    artifacts::{
        self, SolcLanguage, SourceFile,
        output_selection::{FileOutputSelection, OutputSelection},
    },
    error::{Result, SolcError},
    resolver::parse::SolParser,
    solc::{Solc, SolcVersionedInput},
};
use zksso_codegen::yul::Diagnostics;

use super::{
    artifact::EraContract,
    assemble::{Assembler, collect_type_docs},
    input::EraInput,
    names::ObjectNames,
    place,
    settings::EraSettings,
    solc_output::{
        SolcContract, SolcOutput, Stage, add_ast, description_selection, full_selection, run_solc,
    },
    sources::SourceSet,
    split::split,
};
use crate::{
    backend::{Compiled, translate},
    observer::{BuildEvent, BuildObserver},
    solc::FoundSolc,
};

/// Time spent in the two halves of a compiler run, summed over its threads.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measured {
    /// Wall time of the slowest solc process.
    pub(crate) solc: Duration,
    /// Time in the code generator.
    pub(crate) codegen: Duration,
}

/// The compiler that foundry-compilers calls.
#[derive(Clone, Copy)]
pub(crate) struct EraCompiler<'a> {
    /// solc to run.
    pub(crate) solc: &'a FoundSolc,
    /// All sources of the project.
    pub(crate) set: &'a SourceSet,
    /// solc processes to run at the same time, if the configuration says it.
    pub(crate) jobs: Option<usize>,
    /// Receives progress.
    pub(crate) observer: &'a dyn BuildObserver,
    /// Receives the time of each run.
    pub(crate) measured: &'a Mutex<Measured>,
}

/// Fully qualified names, split into file and contract.
type Key = (String, String);

/// The code of each contract, its own last, or why it has none.
type Codes = BTreeMap<Key, Translation>;

/// What the code generator makes of one contract.
type Translation = std::result::Result<Vec<Compiled>, Diagnostics>;

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
        let run = Run {
            compiler: *self,
            solc: self.solc.command(),
            input,
        };
        let targets = run.targets();
        if targets.is_empty() {
            return Ok(CompilerOutput::default());
        }
        let parts = run.parts(split(targets.clone(), self.set, self.jobs))?;
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
    solc: Solc,
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

    fn parts(&self, groups: Vec<Vec<PathBuf>>) -> Result<Vec<Part>> {
        self.compiler.observer.event(BuildEvent::SolcStarted {
            files: groups.iter().map(Vec::len).sum(),
            sources: self.compiler.set.sources.len(),
            processes: groups.len(),
        });
        let groups = groups.iter().enumerate();
        thread::scope(|scope| {
            let threads: Vec<_> = groups
                .map(|(index, files)| scope.spawn(move || self.part(index, files)))
                .collect();
            let join = |thread: thread::ScopedJoinHandle<'_, Result<Part>>| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(SolcError::msg("a compiler thread panicked")))
            };
            threads.into_iter().map(join).collect()
        })
    }

    fn part(&self, index: usize, files: &[PathBuf]) -> Result<Part> {
        let start = Instant::now();
        let output = self.run_solc(self.selection(index, files), Stage::Full)?;
        let elapsed = start.elapsed();
        let contracts = output.deployable().count();
        self.compiler.observer.event(BuildEvent::SolcFinished {
            process: index,
            contracts,
            elapsed,
        });
        self.measure(|measured| measured.solc = measured.solc.max(elapsed));
        let code = if output.has_errors() {
            BTreeMap::new()
        } else {
            self.translate_all(&output)
        };
        Ok(Part { output, code })
    }

    /// Selects Yul for `files`. The first process also describes everything else.
    fn selection(&self, index: usize, files: &[PathBuf]) -> OutputSelection {
        let mut selection = BTreeMap::<String, FileOutputSelection>::new();
        for file in files {
            selection.insert(file.display().to_string(), full_selection());
        }
        // Syntax trees tell libraries from contracts, and carry the NatSpec of structs.
        selection.values_mut().for_each(add_ast);
        if index == 0 {
            for file in self.compiler.set.sources.keys() {
                let outputs = selection
                    .entry(file.display().to_string())
                    .or_insert_with(description_selection);
                if self.is_built(file) {
                    add_ast(outputs);
                }
            }
        }
        selection.into()
    }

    fn run_solc(&self, selection: OutputSelection, stage: Stage) -> Result<SolcOutput> {
        let input: &SolcVersionedInput = &self.input.solc;
        run_solc(
            &self.solc,
            input,
            &self.compiler.set.sources,
            selection,
            stage,
        )
    }

    fn translate_all(&self, output: &SolcOutput) -> Codes {
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
        let observer = self.compiler.observer;
        observer.event(BuildEvent::CodegenStarted { name: &qualified });
        let compiled = translate(&qualified, &contract.ir_optimized, &self.input.era);
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

    fn measure(&self, update: impl FnOnce(&mut Measured)) {
        if let Ok(mut measured) = self.compiler.measured.lock() {
            update(&mut measured);
        }
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
        errors.extend(self.codegen_errors(&code)?);
        self.learn_ids(&code, &mut names)?;
        let solc_version = &self.compiler.solc.location.version;
        let assembler = Assembler {
            contracts: &described,
            names: &names,
            type_docs: &docs,
            solc_version,
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

    /// Gives the findings of the code generator their place in the Solidity source, with a second run of solc.
    fn codegen_errors(&self, code: &Codes) -> Result<Vec<artifacts::Error>> {
        let failed = code
            .iter()
            .filter_map(|(key, code)| code.as_ref().err().map(|diagnostics| (key, diagnostics)));
        let failed: Vec<_> = failed.collect();
        if failed.is_empty() {
            return Ok(Vec::new());
        }
        let mut selection = BTreeMap::<String, FileOutputSelection>::new();
        for ((file, name), _) in &failed {
            selection
                .entry(file.clone())
                .or_default()
                .insert(name.clone(), vec!["irOptimized".to_owned()]);
        }
        let annotated = self.run_solc(selection.into(), Stage::Annotated)?;
        Ok(failed
            .into_iter()
            .flat_map(|(key, diagnostics)| self.locate(key, diagnostics, &annotated))
            .collect())
    }

    fn locate(
        &self,
        (file, name): &Key,
        diagnostics: &Diagnostics,
        annotated: &SolcOutput,
    ) -> Vec<artifacts::Error> {
        let qualified = format!("{file}:{name}");
        let yul = annotated
            .contracts
            .get(file)
            .and_then(|contracts| contracts.get(name));
        let yul = yul.map_or("", |contract| contract.ir_optimized.as_str());
        let located = place::locate(&qualified, yul, &self.input.era, &self.compiler.set.sources);
        if located.is_empty() {
            return diagnostics
                .iter()
                .map(|found| place::without_place(&qualified, found.clone()))
                .collect();
        }
        located
    }

    /// Asks solc for the AST ids of all contracts if a created contract cannot be told from others of the same name.
    fn learn_ids(&self, code: &Codes, names: &mut ObjectNames) -> Result<()> {
        let compiled = code.values().flatten().flatten();
        if compiled
            .flat_map(|code| &code.dependencies)
            .all(|(object, _)| names.get(object).is_some())
        {
            return Ok(());
        }
        let asts = FileOutputSelection::from([(String::new(), vec!["ast".to_owned()])]);
        let selection = BTreeMap::from([("*".to_owned(), asts)]);
        names.learn(&self.run_solc(selection.into(), Stage::Parsing)?);
        Ok(())
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
            if !contract.ir_optimized.is_empty() || !described.contains_key(&key) {
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
