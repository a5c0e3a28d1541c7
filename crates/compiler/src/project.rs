//! Building a project.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use foundry_compilers::{
    ProjectBuilder, ProjectCompileOutput, ProjectPathsConfig,
    artifacts::{
        Optimizer, Settings, SettingsMetadata, SolcLanguage, output_selection::OutputSelection,
        sources::Source,
    },
    project::ProjectCompiler,
    solc::SolcSettings,
};

use crate::{
    artifact::Artifact,
    artifacts::Artifacts,
    backend::BACKEND,
    config::ProjectConfig,
    diagnostic::Diagnostic,
    environment::Environment,
    era::{EraArtifact, EraArtifacts, EraCompiler, EraOptions, EraSettings, SourceSet},
    error::{Error, Result},
    files::solidity_files,
    lock::FileLock,
    observer::{BuildEvent, BuildObserver},
    solc::{FoundSolc, SolcLocation, discover, install_missing_packages},
    state::BuildState,
};

/// Most solc processes at a time, unless the configuration says otherwise; each takes about 400 MB.
const MAX_JOBS: usize = 4;

/// A Solidity project that can be built for EraVM.
#[derive(Clone, Debug)]
pub struct Project {
    config: ProjectConfig,
    env: Environment,
}

/// Size of a contract's bytecode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractSize {
    /// Fully qualified name.
    pub name: String,
    /// Bytes of the bytecode.
    pub size: usize,
}

/// Where the time of a build went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// The whole build.
    pub total: Duration,
    /// The slowest solc process.
    pub solc: Duration,
    /// Code generation, summed over threads.
    pub codegen: Duration,
}

/// Result of a build.
#[derive(Debug)]
pub struct BuildOutput {
    /// All artifacts of the project.
    pub artifacts: Artifacts,
    /// Contracts with bytecode that were compiled by this build, sorted by name.
    pub compiled: Vec<ContractSize>,
    /// All contracts with bytecode, sorted by name.
    pub sizes: Vec<ContractSize>,
    /// Whether nothing had to be compiled.
    pub cached: bool,
    /// Warnings about the project's own sources.
    pub warnings: Vec<String>,
    /// solc that was used.
    pub solc: SolcLocation,
    /// Where the time went.
    pub timings: Timings,
}

impl Project {
    /// Opens the project in `root` with the environment of this process.
    ///
    /// # Errors
    ///
    /// As [`ProjectConfig::load`].
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        Ok(Self::new(
            ProjectConfig::load(root.as_ref())?,
            Environment::from_process(),
        ))
    }

    /// A project with this configuration, built in this environment.
    pub const fn new(config: ProjectConfig, env: Environment) -> Self {
        Self { config, env }
    }

    /// Returns the configuration.
    pub const fn config(&self) -> &ProjectConfig {
        &self.config
    }

    /// Returns a project that builds another folder, such as `test/contracts`, with the same settings. Artifacts and
    /// cache of that folder are kept apart, in a folder of this project's cache.
    #[must_use]
    pub fn folder(&self, dir: impl AsRef<Path>) -> Self {
        let mut config = self.config.clone();
        let slug = dir
            .as_ref()
            .to_string_lossy()
            .replace(['/', '\\', ':'], "-");
        config.src = config.root.join(dir);
        config.era.cache = self.config.era.cache.join("folders").join(slug);
        config.era.artifacts = config.era.cache.join("artifacts");
        config.era.include.clear();
        Self {
            config,
            env: self.env.clone(),
        }
    }

    /// Opens the artifacts of the last build without checking whether they are up to date.
    ///
    /// # Errors
    ///
    /// As [`Artifacts::load`].
    pub fn artifacts(&self) -> Result<Artifacts> {
        Artifacts::load(&self.config.era.artifacts)
    }

    /// Builds what has changed since the last build. Builds of the same project wait for each other.
    ///
    /// # Errors
    ///
    /// [`Error::Compilation`] if the sources are at fault, and the set-up errors of [`Error`] otherwise.
    pub fn build(&self, observer: &dyn BuildObserver) -> Result<BuildOutput> {
        let start = Instant::now();
        let _lock = FileLock::acquire(&self.config.era.cache.join("build.lock"), observer)?;
        observer.event(BuildEvent::Resolving);
        let mut output = match self.unchanged() {
            Some(output) => output,
            None => self.compile(observer)?,
        };
        output.timings.total = start.elapsed();
        let (contracts, cached) = (output.sizes.len(), output.cached);
        observer.event(BuildEvent::Finished {
            contracts,
            cached,
            elapsed: output.timings.total,
        });
        Ok(output)
    }

    /// Returns the last build if it is up to date.
    fn unchanged(&self) -> Option<BuildOutput> {
        let state = BuildState::load(&self.config)?;
        let artifacts = state.up_to_date(&self.config, &self.env)?;
        Some(BuildOutput {
            sizes: sizes(&artifacts),
            artifacts,
            compiled: Vec::new(),
            cached: true,
            warnings: state.warnings,
            solc: state.solc,
            timings: Timings::default(),
        })
    }

    fn compile(&self, observer: &dyn BuildObserver) -> Result<BuildOutput> {
        let config = &self.config;
        let files = self.source_files()?;
        install_missing_packages(config, &self.env, observer)?;
        let solc = discover(config, &self.env)?;
        observer.event(BuildEvent::SolcFound {
            solc: &solc.location,
        });
        let paths = self.paths();
        let set = SourceSet::resolve(&paths, &files)?;
        let measured = Mutex::default();
        let jobs = config.era.jobs.unwrap_or_else(default_jobs);
        let compiler = EraCompiler {
            solc: &solc,
            set: &set,
            jobs,
            observer,
            measured: &measured,
        };
        let output = self.run(compiler, paths, &files)?;
        let warnings = self.warnings(&output);
        let (artifacts, compiled, cached) = publish(config, output)?;
        self.save_state(&set, &solc, warnings.clone())?;
        let measured = measured.into_inner().unwrap_or_default();
        Ok(BuildOutput {
            sizes: sizes(&artifacts),
            artifacts,
            compiled,
            cached,
            warnings,
            solc: solc.location,
            timings: Timings {
                solc: measured.solc,
                codegen: measured.codegen,
                total: Duration::ZERO,
            },
        })
    }

    fn source_files(&self) -> Result<Vec<PathBuf>> {
        let mut files = BTreeSet::new();
        for (field, dir) in self.config.source_dirs() {
            if !dir.is_dir() {
                return Err(Error::SourcesMissing {
                    field,
                    path: dir.to_path_buf(),
                });
            }
            files.extend(solidity_files(dir)?);
        }
        if files.is_empty() {
            return Err(Error::SourcesEmpty {
                path: self.config.src.clone(),
            });
        }
        Ok(files.into_iter().collect())
    }

    fn run<'a>(
        &self,
        compiler: EraCompiler<'a>,
        paths: ProjectPathsConfig<SolcLanguage>,
        files: &[PathBuf],
    ) -> Result<ProjectCompileOutput<EraCompiler<'a>, EraArtifacts>> {
        let failed = |error: foundry_compilers::error::SolcError| Error::SolcFailed {
            message: error.to_string(),
        };
        let builder = ProjectBuilder::new(EraArtifacts)
            .paths(paths)
            .settings(self.settings())
            .offline();
        let project = builder.single_solc_jobs().build(compiler).map_err(failed)?;
        let sources = Source::read_all(files).map_err(|error| failed(error.into()))?;
        let output = ProjectCompiler::with_sources(&project, sources)
            .map_err(failed)?
            .compile()
            .map_err(failed)?;
        let errors = output
            .output()
            .errors
            .iter()
            .filter(|error| error.is_error());
        let diagnostics: Vec<_> = errors.map(Diagnostic::from).collect();
        if diagnostics.is_empty() {
            Ok(output)
        } else {
            Err(Error::Compilation { diagnostics })
        }
    }

    /// The folders of foundry-compilers. Its own artifacts are part of our cache; [`Artifacts`] are made from them.
    fn paths(&self) -> ProjectPathsConfig<SolcLanguage> {
        let config = &self.config;
        let absolute = |path: &str| config.root.join(path).to_string_lossy().into_owned();
        let remappings = config.remappings.iter().cloned().map(|mut remapping| {
            remapping.path = absolute(&remapping.path);
            remapping
        });
        ProjectPathsConfig {
            root: config.root.clone(),
            cache: config.era.cache.join("files.json"),
            artifacts: config.era.cache.join("objects"),
            build_infos: config.era.cache.join("builds"),
            sources: config.src.clone(),
            tests: config.test.clone(),
            scripts: config.script.clone(),
            libraries: config.libs.clone(),
            remappings: remappings.collect(),
            include_paths: BTreeSet::new(),
            allowed_paths: [config.root.clone()]
                .into_iter()
                .chain(config.libs.iter().cloned())
                .collect(),
            _l: std::marker::PhantomData,
        }
    }

    fn settings(&self) -> EraSettings {
        let config = &self.config;
        let settings = Settings {
            optimizer: Optimizer {
                enabled: Some(config.optimizer),
                runs: Some(config.optimizer_runs),
                ..Optimizer::default()
            },
            metadata: Some(SettingsMetadata::from(config.bytecode_hash)),
            evm_version: Some(config.evm_version),
            via_ir: Some(true),
            libraries: config.solc_libraries(),
            // Without syntax trees, whose selection would keep foundry-compilers from narrowing to dirty files. What
            // solc is really asked for, the compiler decides.
            output_selection: OutputSelection::default_output_selection(),
            ..Settings::default()
        };
        let relative = |dir: &Path| dir.strip_prefix(&config.root).unwrap_or(dir).to_path_buf();
        EraSettings {
            solc: SolcSettings {
                settings,
                cli_settings: Default::default(),
            },
            era: EraOptions {
                backend: BACKEND.to_owned(),
                era_extensions: config.era.era_extensions,
                libraries: config.libraries.clone(),
                folders: config.source_dirs().map(|(_, dir)| relative(dir)).collect(),
            },
        }
    }

    fn warnings(
        &self,
        output: &ProjectCompileOutput<EraCompiler<'_>, EraArtifacts>,
    ) -> Vec<String> {
        let folders = self.settings().era.folders;
        let warnings = output
            .output()
            .errors
            .iter()
            .filter(|error| error.is_warning())
            .map(Diagnostic::from);
        let own = |found: &Diagnostic| {
            found.file.as_ref().is_none_or(|file| {
                folders
                    .iter()
                    .any(|folder| Path::new(file).starts_with(folder))
            })
        };
        warnings
            .filter(own)
            .map(|found| found.to_string())
            .collect()
    }

    fn save_state(&self, set: &SourceSet, solc: &FoundSolc, warnings: Vec<String>) -> Result<()> {
        let sources = set
            .sources
            .iter()
            .map(|(path, source)| (path.as_path(), source.as_ref()));
        BuildState::new(
            &self.config,
            &self.env,
            sources,
            solc.location.clone(),
            warnings,
        )
        .save(&self.config)
    }
}

fn default_jobs() -> usize {
    thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MAX_JOBS)
}

fn sizes(artifacts: &Artifacts) -> Vec<ContractSize> {
    artifacts
        .sizes()
        .map(|(name, size)| ContractSize {
            name: name.to_owned(),
            size,
        })
        .collect()
}

/// Makes artifacts of what foundry-compilers compiled or found in its cache.
fn publish(
    config: &ProjectConfig,
    output: ProjectCompileOutput<EraCompiler<'_>, EraArtifacts>,
) -> Result<(Artifacts, Vec<ContractSize>, bool)> {
    let cached = output.is_unchanged();
    let compiled = output
        .compiled_artifacts()
        .artifact_files()
        .map(|file| &file.artifact.artifact);
    let compiled = compiled.filter(|artifact| artifact.is_deployable());
    let mut compiled: Vec<_> = compiled
        .map(|artifact| ContractSize {
            name: artifact.name(),
            size: artifact.bytecode.len(),
        })
        .collect();
    compiled.sort_by(|a, b| a.name.cmp(&b.name));
    let all = [output.compiled_artifacts(), output.cached_artifacts()];
    let all: Vec<_> = all
        .into_iter()
        .flat_map(|artifacts| artifacts.artifact_files())
        .map(|file| &file.artifact)
        .collect();
    Ok((
        Artifacts::publish(&config.era.artifacts, by_name(&all))?,
        compiled,
        cached,
    ))
}

/// Files artifacts by fully qualified name. A created contract whose code is not that of its own artifact, because it
/// is no contract of the project, or because solc made other Yul of it inside its creator, gets an artifact of its own.
fn by_name(cached: &[&EraArtifact]) -> BTreeMap<String, Artifact> {
    let mut artifacts: BTreeMap<_, _> = cached
        .iter()
        .map(|c| (c.artifact.name(), c.artifact.clone()))
        .collect();
    for library in cached.iter().flat_map(|cached| &cached.libraries) {
        let (name, Some(hash)) = (library.name(), library.bytecode_hash) else {
            continue;
        };
        match artifacts.get(&name) {
            Some(known) if known.bytecode_hash == Some(hash) => {}
            Some(_) => {
                let mut library = library.clone();
                library.contract_name = format!(
                    "{}-{}",
                    library.contract_name,
                    &alloy_primitives::hex::encode(hash)[56..]
                );
                artifacts.insert(library.name(), library);
            }
            None => drop(artifacts.insert(name, library.clone())),
        }
    }
    artifacts
}
