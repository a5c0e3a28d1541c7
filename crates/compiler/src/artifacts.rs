//! The folder of artifacts: `index.json`, and one file for each contract.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use alloy_primitives::{B256, Bytes};
use serde::{Deserialize, Serialize};

use crate::{
    artifact::Artifact,
    error::{Error, Result},
    files::write_if_changed,
};

/// Name of the index in the folder of artifacts.
const INDEX: &str = "index.json";

/// Version of the format of index and artifacts.
const FORMAT: &str = "zksso-artifacts-1";

/// Bytecode with its versioned hash, as a factory dependency of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytecode {
    /// Fully qualified name of the contract.
    pub name: String,
    /// Versioned hash.
    pub hash: B256,
    /// The code.
    pub code: Bytes,
}

/// Content of `index.json`: all contracts by their fully qualified name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Index {
    format: String,
    contracts: BTreeMap<String, IndexEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct IndexEntry {
    /// File of the artifact, relative to the folder.
    file: String,
    hash: Option<B256>,
    /// Bytes of the bytecode.
    size: usize,
}

/// The artifacts of a project. Files are read when a contract is asked for.
#[derive(Debug)]
pub struct Artifacts {
    dir: PathBuf,
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    meta: IndexEntry,
    artifact: OnceLock<Artifact>,
}

impl Artifacts {
    /// Opens a folder of artifacts.
    ///
    /// # Errors
    ///
    /// [`Error::ArtifactsMissing`] if nothing was built there, [`Error::ArtifactInvalid`] if the index is damaged.
    pub fn load(dir: &Path) -> Result<Self> {
        let path = dir.join(INDEX);
        if !path.is_file() {
            return Err(Error::ArtifactsMissing {
                path: dir.to_path_buf(),
            });
        }
        let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let invalid = |message: String| Error::ArtifactInvalid {
            path: path.clone(),
            message,
        };
        let index: Index =
            serde_json::from_str(&text).map_err(|error| invalid(error.to_string()))?;
        if index.format != FORMAT {
            return Err(invalid(format!(
                "its format is {}, not {FORMAT}",
                index.format
            )));
        }
        let entries = index.contracts.into_iter();
        let entries = entries
            .map(|(name, meta)| {
                (
                    name,
                    Entry {
                        meta,
                        artifact: OnceLock::new(),
                    },
                )
            })
            .collect();
        Ok(Self {
            dir: dir.to_path_buf(),
            entries,
        })
    }

    /// Returns the folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Lists the fully qualified names of all contracts, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Lists name and bytecode size of all contracts with bytecode, sorted by name. Reads no artifact.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, usize)> {
        let deployable = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.meta.hash.is_some());
        deployable.map(|(name, entry)| (name.as_str(), entry.meta.size))
    }

    /// Returns the artifact of a contract, given as `Name`, or as `path:Name` if several have the name.
    ///
    /// # Errors
    ///
    /// [`Error::ArtifactUnknown`], [`Error::ArtifactAmbiguous`], or a failure to read the file.
    pub fn get(&self, name: &str) -> Result<&Artifact> {
        let (qualified, entry) = self.find(name)?;
        self.read(qualified, entry)
    }

    /// Returns the bytecode of a contract.
    ///
    /// # Errors
    ///
    /// As [`Artifacts::get`]; [`Error::ArtifactUnknown`] if the contract is an interface or abstract, [`Error::Unlinked`] if it
    /// uses a library whose address the configuration does not give.
    pub fn bytecode(&self, name: &str) -> Result<Bytecode> {
        let artifact = self.get(name)?;
        let libraries: BTreeSet<_> = artifact
            .link_references
            .iter()
            .map(|link| link.library.clone())
            .collect();
        if !libraries.is_empty() {
            return Err(Error::Unlinked {
                name: artifact.name(),
                libraries: libraries.into_iter().collect(),
            });
        }
        match artifact.bytecode_hash {
            Some(hash) => Ok(Bytecode {
                name: artifact.name(),
                hash,
                code: artifact.bytecode.clone(),
            }),
            None => Err(self.unknown(name)),
        }
    }

    /// Returns the contracts that a contract creates, and those that they create, each once and after its own
    /// dependencies. The contract itself is not among them.
    ///
    /// # Errors
    ///
    /// As [`Artifacts::get`]; [`Error::DependencyMissing`] if a dependency has no artifact.
    pub fn factory_dependency_closure(&self, name: &str) -> Result<Vec<Bytecode>> {
        let mut closure = Vec::new();
        self.add_dependencies(self.get(name)?, &mut BTreeSet::new(), &mut closure)?;
        Ok(closure)
    }

    fn add_dependencies(
        &self,
        artifact: &Artifact,
        seen: &mut BTreeSet<B256>,
        out: &mut Vec<Bytecode>,
    ) -> Result<()> {
        for &hash in artifact.factory_dependencies.keys() {
            if !seen.insert(hash) {
                continue;
            }
            let dependency = self
                .by_hash(hash)?
                .ok_or_else(|| Error::DependencyMissing {
                    name: artifact.name(),
                    hash,
                })?;
            self.add_dependencies(dependency, seen, out)?;
            out.push(Bytecode {
                name: dependency.name(),
                hash,
                code: dependency.bytecode.clone(),
            });
        }
        Ok(())
    }

    /// Returns the artifact with a bytecode hash.
    ///
    /// # Errors
    ///
    /// Only if its file cannot be read.
    pub fn by_hash(&self, hash: B256) -> Result<Option<&Artifact>> {
        let entry = self
            .entries
            .iter()
            .find(|(_, entry)| entry.meta.hash == Some(hash));
        entry
            .map(|(name, entry)| self.read(name, entry))
            .transpose()
    }

    fn find(&self, name: &str) -> Result<(&str, &Entry)> {
        if let Some((qualified, entry)) = self.entries.get_key_value(name) {
            return Ok((qualified, entry));
        }
        let same_name = self
            .entries
            .iter()
            .filter(|(qualified, _)| bare_name(qualified) == name);
        let mut same_name: Vec<_> = same_name
            .map(|(qualified, entry)| (qualified.as_str(), entry))
            .collect();
        match same_name.len() {
            0 => Err(self.unknown(name)),
            1 => Ok(same_name.remove(0)),
            _ => {
                let candidates = same_name
                    .into_iter()
                    .map(|(qualified, _)| qualified.to_owned())
                    .collect();
                Err(Error::ArtifactAmbiguous {
                    name: name.to_owned(),
                    candidates,
                })
            }
        }
    }

    fn unknown(&self, name: &str) -> Error {
        let known = self
            .sizes()
            .map(|(qualified, _)| bare_name(qualified).to_owned())
            .collect();
        Error::ArtifactUnknown {
            name: name.to_owned(),
            known,
        }
    }

    fn read<'a>(&'a self, name: &str, entry: &'a Entry) -> Result<&'a Artifact> {
        if let Some(artifact) = entry.artifact.get() {
            return Ok(artifact);
        }
        let path = self.dir.join(&entry.meta.file);
        let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let invalid = |message: String| Error::ArtifactInvalid {
            path: path.clone(),
            message,
        };
        let artifact: Artifact =
            serde_json::from_str(&text).map_err(|error| invalid(error.to_string()))?;
        if artifact.bytecode_hash != entry.meta.hash {
            return Err(invalid(format!(
                "it is not the build of {name} that the index lists"
            )));
        }
        Ok(entry.artifact.get_or_init(|| artifact))
    }

    /// Writes artifacts to a folder and removes those that are no longer built. Every file is replaced atomically, and
    /// only if its content changes; the index comes last.
    pub(crate) fn publish(dir: &Path, artifacts: BTreeMap<String, Artifact>) -> Result<Self> {
        let old = Self::load(dir).map(|old| old.files()).unwrap_or_default();
        let files = file_names(&artifacts);
        let mut entries = BTreeMap::new();
        for ((name, artifact), file) in artifacts.into_iter().zip(files) {
            let text = to_json(&artifact, &dir.join(&file))?;
            write_if_changed(&dir.join(&file), &text)?;
            let meta = IndexEntry {
                file,
                hash: artifact.bytecode_hash,
                size: artifact.bytecode.len(),
            };
            entries.insert(
                name,
                Entry {
                    meta,
                    artifact: OnceLock::from(artifact),
                },
            );
        }
        let published = Self {
            dir: dir.to_path_buf(),
            entries,
        };
        published.write_index()?;
        published.remove_others(old)?;
        Ok(published)
    }

    fn write_index(&self) -> Result<()> {
        let contracts = self
            .entries
            .iter()
            .map(|(name, entry)| (name.clone(), entry.meta.clone()))
            .collect();
        let path = self.dir.join(INDEX);
        let text = to_json(
            &Index {
                format: FORMAT.to_owned(),
                contracts,
            },
            &path,
        )?;
        write_if_changed(&path, &text).map(drop)
    }

    fn remove_others(&self, old: BTreeSet<PathBuf>) -> Result<()> {
        let files = self.files();
        for path in old.difference(&files).filter(|path| path.is_file()) {
            fs::remove_file(path).map_err(Error::io("remove", path))?;
            if let Some(parent) = path.parent().filter(|parent| *parent != self.dir) {
                // Succeeds only if the folder has become empty.
                let _ = fs::remove_dir(parent);
            }
        }
        Ok(())
    }

    /// Returns the files of all artifacts.
    pub(crate) fn files(&self) -> BTreeSet<PathBuf> {
        self.entries
            .values()
            .map(|entry| self.dir.join(&entry.meta.file))
            .collect()
    }
}

fn to_json(value: &impl Serialize, path: &Path) -> Result<Vec<u8>> {
    let invalid = |error: serde_json::Error| Error::ArtifactInvalid {
        path: path.into(),
        message: error.to_string(),
    };
    let mut text = serde_json::to_vec_pretty(value).map_err(invalid)?;
    text.push(b'\n');
    Ok(text)
}

/// Names the file of each artifact: `Source.sol/Contract.json`, with the folders of the source in front where two
/// artifacts would share a file.
fn file_names(artifacts: &BTreeMap<String, Artifact>) -> Vec<String> {
    let short = |qualified: &str| {
        let (source, name) = qualified.rsplit_once(':').unwrap_or(("", qualified));
        format!(
            "{}/{name}.json",
            source.rsplit('/').next().unwrap_or(source)
        )
    };
    let mut uses = BTreeMap::<String, usize>::new();
    for name in artifacts.keys() {
        *uses.entry(short(name).to_lowercase()).or_default() += 1;
    }
    let file = |name: &String| {
        let short = short(name);
        let shared = uses
            .get(&short.to_lowercase())
            .is_some_and(|count| *count > 1);
        if shared {
            format!("{}.json", name.replace(':', "/"))
        } else {
            short
        }
    };
    artifacts.keys().map(file).collect()
}

fn bare_name(qualified: &str) -> &str {
    qualified.rsplit(':').next().unwrap_or(qualified)
}
