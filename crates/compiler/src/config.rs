//! The project's configuration: the fields of `foundry.toml` that matter for EraVM, and a section of our own.
//!
//! Settings that only this compiler knows stand in `[external.zksso]`. Forge reserves the top-level table `external`
//! for other tools and reads past it silently, whereas an unknown key of a profile makes every forge command warn.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use alloy_primitives::Address;
use foundry_compilers::artifacts::{
    BytecodeHash, EvmVersion, Libraries, OptimizerDetails, remappings::Remapping,
};
use semver::Version;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::error::{Error, Result};

/// solc's `runs` where nothing is said.
pub(crate) const DEFAULT_RUNS: usize = 200;

/// Name of the configuration file.
const FILE: &str = "foundry.toml";

/// A project's settings. Paths are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectConfig {
    /// Folder that holds `foundry.toml`.
    pub root: PathBuf,
    /// Folder of the contracts (`src`).
    pub src: PathBuf,
    /// Folder of Solidity tests (`test`); not built unless it is in [`EraConfig::include`].
    pub test: PathBuf,
    /// Folder of Solidity scripts (`script`); not built.
    pub script: PathBuf,
    /// Forge's own output folder (`out`), which is left alone.
    pub out: PathBuf,
    /// Folders of libraries (`libs`).
    pub libs: Vec<PathBuf>,
    /// Import remappings of `foundry.toml` and `remappings.txt`, as written.
    pub remappings: Vec<Remapping>,
    /// Which solc to use (`solc`).
    pub solc: SolcRequest,
    /// Whether forge compiles through Yul (`via_ir`). Code for EraVM always goes through Yul.
    pub via_ir: bool,
    /// Whether solc's optimizer runs (`optimizer`).
    pub optimizer: bool,
    /// solc's `runs` (`optimizer_runs`).
    pub optimizer_runs: usize,
    /// Steps of solc's Yul optimizer (`optimizer_details`). If they are not given it does not run: the code generator has its
    /// own passes.
    pub optimizer_details: Option<OptimizerDetails>,
    /// EVM version for which solc emits Yul (`evm_version`).
    pub evm_version: EvmVersion,
    /// Metadata hash (`bytecode_hash`); EraVM code carries no metadata.
    pub bytecode_hash: BytecodeHash,
    /// Addresses of deployed libraries, by `path:Name` (`libraries`).
    pub libraries: BTreeMap<String, Address>,
    /// The section `[external.zksso]`.
    pub era: EraConfig,
}

/// The section `[external.zksso]`. Paths are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EraConfig {
    /// Folder of the artifacts (`artifacts`).
    pub artifacts: PathBuf,
    /// Folder of the build cache (`cache`).
    pub cache: PathBuf,
    /// Whether calls to the addresses of the EraVM simulations become EraVM instructions (`era_extensions`).
    pub era_extensions: bool,
    /// Folders that are built beside `src` (`include`).
    pub include: Vec<PathBuf>,
    /// solc processes that run at the same time (`jobs`); by default one for each processor, at most four.
    pub jobs: Option<usize>,
    /// What makes bytecode (`backend`).
    pub backend: Backend,
    /// zksolc's executable (`zksolc`), if that is the back-end; else `$ZKSOLC` or the one on the path.
    pub zksolc: Option<PathBuf>,
}

/// What makes bytecode of the sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// This project's code generator, on solc's Yul.
    #[default]
    Zksso,
    /// Matter Labs' compiler, called by standard JSON.
    Zksolc,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Zksso => "zksso",
            Self::Zksolc => "zksolc",
        })
    }
}

impl FromStr for Backend {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "zksso" => Ok(Self::Zksso),
            "zksolc" => Ok(Self::Zksolc),
            _ => Err(format!(
                "there is no back-end `{text}`: use zksso or zksolc"
            )),
        }
    }
}

/// What `foundry.toml` says about solc.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SolcRequest {
    /// Nothing: any supported version will do.
    #[default]
    Any,
    /// This version, wherever it is found.
    Version(Version),
    /// This executable.
    Path(PathBuf),
}

impl SolcRequest {
    /// Returns the version asked for.
    pub const fn version(&self) -> Option<&Version> {
        match self {
            Self::Version(version) => Some(version),
            Self::Any | Self::Path(_) => None,
        }
    }
}

impl ProjectConfig {
    /// Reads `foundry.toml` and `remappings.txt` of the project in `root`.
    ///
    /// # Errors
    ///
    /// [`Error::ConfigMissing`] without a file, [`Error::ConfigInvalid`] with the place of a bad value, and
    /// [`Error::Io`] if a file cannot be read.
    pub fn load(root: &Path) -> Result<Self> {
        let root = fs::canonicalize(root).map_err(Error::io("open the project folder", root))?;
        let path = root.join(FILE);
        if !path.is_file() {
            return Err(Error::ConfigMissing { root });
        }
        let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let file: File = toml::from_str(&text).map_err(|error| invalid(&path, &text, &error))?;
        let mut config = Self::from_file(root, file);
        config.read_remappings_file()?;
        Ok(config)
    }

    /// The settings of a folder that has no `foundry.toml`.
    pub(crate) fn defaults(root: PathBuf) -> Self {
        Self::from_file(root, File::default())
    }

    fn from_file(root: PathBuf, file: File) -> Self {
        let Profile { solc, .. } = &file.profile.default;
        let solc = match solc {
            SolcRequest::Path(path) => SolcRequest::Path(root.join(path)),
            other => other.clone(),
        };
        let (profile, era) = (file.profile.default, file.external.zksso);
        Self {
            src: root.join(profile.src),
            test: root.join(profile.test),
            script: root.join(profile.script),
            out: root.join(profile.out),
            libs: profile.libs.iter().map(|lib| root.join(lib)).collect(),
            remappings: profile
                .remappings
                .into_iter()
                .map(|remapping| remapping.0)
                .collect(),
            solc,
            via_ir: profile.via_ir,
            optimizer: profile.optimizer,
            optimizer_runs: profile.optimizer_runs,
            optimizer_details: profile.optimizer_details,
            evm_version: profile.evm_version,
            bytecode_hash: profile.bytecode_hash,
            libraries: profile
                .libraries
                .into_iter()
                .map(|library| (library.name, library.address))
                .collect(),
            era: EraConfig {
                artifacts: root.join(era.artifacts),
                cache: root.join(era.cache),
                era_extensions: era.era_extensions,
                include: era.include.iter().map(|dir| root.join(dir)).collect(),
                jobs: era.jobs.map(|jobs| jobs.0),
                backend: era.backend,
                zksolc: era.zksolc.map(|path| root.join(path)),
            },
            root,
        }
    }

    /// Adds the lines of `remappings.txt`; those of `foundry.toml` come first and win.
    fn read_remappings_file(&mut self) -> Result<()> {
        let path = self.root.join("remappings.txt");
        if !path.is_file() {
            return Ok(());
        }
        let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let remapping =
                line.trim()
                    .parse::<Remapping>()
                    .map_err(|error| Error::ConfigInvalid {
                        path: path.clone(),
                        line: index + 1,
                        column: 1,
                        message: format!("`{}` is not a remapping: {error}", line.trim()),
                    })?;
            if !self
                .remappings
                .iter()
                .any(|known| known.name == remapping.name)
            {
                self.remappings.push(remapping);
            }
        }
        Ok(())
    }

    /// Returns the folders whose contracts are built, with the field that names each.
    pub(crate) fn source_dirs(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let include = self
            .era
            .include
            .iter()
            .map(|dir| ("include", dir.as_path()));
        std::iter::once(("src", self.src.as_path())).chain(include)
    }

    /// Returns the library addresses in the form that solc takes.
    pub(crate) fn solc_libraries(&self) -> Libraries {
        let mut libraries = Libraries::default();
        for (name, address) in &self.libraries {
            let (path, name) = name.rsplit_once(':').unwrap_or(("", name));
            libraries
                .libs
                .entry(path.into())
                .or_default()
                .insert(name.to_owned(), address.to_string());
        }
        libraries
    }
}

/// Turns a TOML error into one with line and column.
fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let before = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Error::ConfigInvalid {
        path: path.to_path_buf(),
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        message: error.message().replace('\n', " "),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    profile: Profiles,
    external: External,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Profiles {
    default: Profile,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct External {
    zksso: EraSection,
}

/// The fields of `[profile.default]` that matter here, with forge's defaults; forge knows many more.
#[derive(Deserialize)]
#[serde(default)]
struct Profile {
    src: PathBuf,
    test: PathBuf,
    script: PathBuf,
    out: PathBuf,
    libs: Vec<PathBuf>,
    remappings: Vec<RemappingText>,
    #[serde(alias = "solc_version", deserialize_with = "solc_request")]
    solc: SolcRequest,
    via_ir: bool,
    optimizer: bool,
    optimizer_runs: usize,
    optimizer_details: Option<OptimizerDetails>,
    #[serde(deserialize_with = "evm_version")]
    evm_version: EvmVersion,
    #[serde(deserialize_with = "bytecode_hash")]
    bytecode_hash: BytecodeHash,
    libraries: Vec<Library>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            src: "src".into(),
            test: "test".into(),
            script: "script".into(),
            out: "out".into(),
            libs: vec!["lib".into()],
            remappings: Vec::new(),
            solc: SolcRequest::Any,
            via_ir: true,
            optimizer: true,
            optimizer_runs: DEFAULT_RUNS,
            optimizer_details: None,
            evm_version: EvmVersion::Cancun,
            bytecode_hash: BytecodeHash::None,
            libraries: Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct EraSection {
    artifacts: PathBuf,
    cache: PathBuf,
    era_extensions: bool,
    include: Vec<PathBuf>,
    jobs: Option<Jobs>,
    backend: Backend,
    zksolc: Option<PathBuf>,
}

impl Default for EraSection {
    fn default() -> Self {
        Self {
            artifacts: "artifacts".into(),
            cache: "cache/zksso".into(),
            era_extensions: true,
            include: Vec::new(),
            jobs: None,
            backend: Backend::Zksso,
            zksolc: None,
        }
    }
}

struct RemappingText(Remapping);

impl<'de> Deserialize<'de> for RemappingText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let remapping = text
            .parse()
            .map_err(|error| D::Error::custom(format!("`{text}` is not a remapping: {error}")));
        remapping.map(Self)
    }
}

struct Library {
    name: String,
    address: Address,
}

impl<'de> Deserialize<'de> for Library {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parts = text.rsplit_once(':').filter(|(name, _)| name.contains(':'));
        let library = parts.and_then(|(name, address)| {
            Some(Self {
                name: name.to_owned(),
                address: address.parse().ok()?,
            })
        });
        library.ok_or_else(|| {
            D::Error::custom(format!("`{text}` is not of the form path:Name:address"))
        })
    }
}

struct Jobs(usize);

impl<'de> Deserialize<'de> for Jobs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match usize::deserialize(deserializer)? {
            jobs @ 1..=64 => Ok(Self(jobs)),
            jobs => Err(D::Error::custom(format!(
                "jobs is {jobs}, but must be between 1 and 64"
            ))),
        }
    }
}

fn solc_request<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SolcRequest, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Err(D::Error::custom(
            "solc is empty, but must be a version such as 0.8.28 or a path",
        ));
    }
    match Version::parse(&text) {
        Ok(version) => Ok(SolcRequest::Version(version)),
        Err(error) if text.starts_with(|c: char| c.is_ascii_digit() || "^~<>=*".contains(c)) => {
            Err(D::Error::custom(format!(
                "`{text}` is not a full version such as 0.8.28: {error}"
            )))
        }
        Err(_) => Ok(SolcRequest::Path(text.into())),
    }
}

fn evm_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<EvmVersion, D::Error> {
    let text = String::deserialize(deserializer)?;
    EvmVersion::from_str(&text)
        .map_err(|_| D::Error::custom(format!("unknown evm_version `{text}`, such as cancun")))
}

fn bytecode_hash<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BytecodeHash, D::Error> {
    let text = String::deserialize(deserializer)?;
    BytecodeHash::from_str(&text).map_err(|_| {
        D::Error::custom(format!(
            "unknown bytecode_hash `{text}`: use none, ipfs or bzzr1"
        ))
    })
}
