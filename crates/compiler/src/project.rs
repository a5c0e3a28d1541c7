//! Building a project.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Mutex,
    time::{Duration, Instant},
};

use foundry_compilers::{
    ProjectBuilder, artifacts::sources::Source, error::SolcError, project::ProjectCompiler,
};

use crate::{
    artifacts::Artifacts,
    backend::BACKEND,
    config::{Backend, ProjectConfig},
    diagnostic::Diagnostic,
    environment::Environment,
    era::{EraArtifacts, EraCompiler, SourceSet},
    error::{Error, Result},
    files::solidity_files,
    foundry,
    lock::FileLock,
    observer::{BuildEvent, BuildObserver},
    publish::{CompileOutput, compiled, publish},
    solc::{FoundSolc, SolcLocation, discover, install_missing_packages},
    state::BuildState,
    zksolc::Zksolc,
};

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

    /// Returns the project with code from another back-end.
    #[must_use]
    pub fn with_backend(mut self, backend: Backend) -> Self {
        self.config.era.backend = backend;
        self
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
        let solc = self.find_solc(observer)?;
        let zksolc = match config.era.backend {
            Backend::Zksso => None,
            Backend::Zksolc => Some(Zksolc::find(config, &self.env, &solc)?),
        };
        let set = SourceSet::resolve(&foundry::paths(config), &files)?;
        let measured = Mutex::default();
        let jobs = config.era.jobs;
        let output = self.run(
            EraCompiler {
                solc: &solc,
                zksolc: zksolc.as_ref(),
                base: &config.root,
                set: &set,
                jobs,
                observer,
                measured: &measured,
            },
            &files,
        )?;
        let warnings = self.warnings(&output);
        let artifacts = publish(config, &output)?;
        self.save_state(&set, &solc, warnings.clone())?;
        let (solc_time, codegen) = measured
            .lock()
            .map(|times| (times.solc, times.codegen))
            .unwrap_or_default();
        Ok(BuildOutput {
            sizes: sizes(&artifacts),
            artifacts,
            compiled: compiled(&output),
            cached: output.is_unchanged(),
            warnings,
            solc: solc.location.clone(),
            timings: Timings {
                solc: solc_time,
                codegen,
                total: Duration::ZERO,
            },
        })
    }

    /// Installs what the lock file pins and is missing, and finds solc, as a build does before it compiles.
    ///
    /// # Errors
    ///
    /// The set-up errors of [`Error`].
    pub fn prepare(&self, observer: &dyn BuildObserver) -> Result<SolcLocation> {
        self.find_solc(observer).map(|solc| solc.location)
    }

    fn find_solc(&self, observer: &dyn BuildObserver) -> Result<FoundSolc> {
        install_missing_packages(&self.config, &self.env, observer)?;
        let solc = discover(&self.config, &self.env)?;
        observer.event(BuildEvent::SolcFound {
            solc: &solc.location,
        });
        Ok(solc)
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

    fn run<'a>(&self, compiler: EraCompiler<'a>, files: &[PathBuf]) -> Result<CompileOutput<'a>> {
        let failed = |error: SolcError| Error::SolcFailed {
            message: error.to_string(),
        };
        let backend = compiler
            .zksolc
            .map_or_else(|| BACKEND.to_owned(), Zksolc::identity);
        let builder = ProjectBuilder::new(EraArtifacts)
            .paths(foundry::paths(&self.config))
            .settings(foundry::settings(&self.config, &backend))
            .offline()
            .single_solc_jobs();
        let project = builder.build(compiler).map_err(failed)?;
        let sources = Source::read_all(files).map_err(|error| failed(error.into()))?;
        let compiler = ProjectCompiler::with_sources(&project, sources).map_err(failed)?;
        let output = compiler.compile().map_err(failed)?;
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

    fn warnings(&self, output: &CompileOutput<'_>) -> Vec<String> {
        let folders = foundry::folders(&self.config);
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

fn sizes(artifacts: &Artifacts) -> Vec<ContractSize> {
    artifacts
        .sizes()
        .map(|(name, size)| ContractSize {
            name: name.to_owned(),
            size,
        })
        .collect()
}
