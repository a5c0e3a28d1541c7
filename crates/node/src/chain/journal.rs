//! The file that the chain survives in.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{
    Chain,
    store::{self, Damage, Entry, Heading},
};
use crate::{Error, Result};

/// What a file had: its heading and the changes since.
pub(crate) type Content = (Heading, Vec<Entry>);

/// An open file of the chain's text. Each change is one write at its end, so that a process that is killed at any moment loses at
/// most the change under way.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// Held as long as the node runs: two nodes must not write one file.
    _lock: File,
    /// Whether a write failed, so that the file must be written anew.
    is_stale: bool,
}

impl Journal {
    /// Opens the file and reads what it has; `None` when there is none yet, or an empty one.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<Content>)> {
        let failed = |source| Error::StateFile {
            path: path.to_owned(),
            source,
        };
        let lock = lock(path)?;
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(path);
        let mut file = file.map_err(failed)?;
        let text = read(&mut file, path)?;
        let content = match text.as_str() {
            "" => None,
            text => Some(store::parse(text).map_err(|damage| damaged(path, damage))?),
        };
        let journal = Self {
            path: path.to_owned(),
            file,
            _lock: lock,
            is_stale: false,
        };
        Ok((journal, content))
    }

    /// Replaces the content. A reader sees the old one or the new one, never a part.
    pub(crate) fn replace(&mut self, text: &str) -> io::Result<()> {
        let draft = beside(&self.path, "new");
        let mut file = File::create(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&draft, &self.path)?;
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        self.is_stale = false;
        Ok(())
    }

    fn append(&mut self, entry: &Entry) -> io::Result<()> {
        self.file.write_all(store::line_of(entry).as_bytes())
    }
}

fn read(file: &mut File, path: &Path) -> Result<String> {
    io::read_to_string(file).map_err(|source| match source.kind() {
        io::ErrorKind::InvalidData => damaged(path, Damage::Heading("it is not text".to_owned())),
        _ => Error::StateFile {
            path: path.to_owned(),
            source,
        },
    })
}

fn lock(path: &Path) -> Result<File> {
    let failed = |source| Error::StateFile {
        path: path.to_owned(),
        source,
    };
    let file = File::create(beside(path, "lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::StateInUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn damaged(path: &Path, damage: Damage) -> Error {
    Error::StateDamaged {
        path: path.to_owned(),
        reason: damage.to_string(),
    }
}

impl Chain {
    /// Starts from what the file has, if it has something, and keeps it up to date from now on.
    pub(super) fn attach_journal(
        &mut self,
        mut journal: Journal,
        content: Option<Content>,
    ) -> Result<()> {
        if let Some((heading, entries)) = content {
            self.restore(&heading, entries)
                .map_err(|damage| damaged(&journal.path, damage))?;
        }
        // A line that was cut off must not stand before the next one.
        journal
            .replace(&self.dump())
            .map_err(|source| Error::StateFile {
                path: journal.path.clone(),
                source,
            })?;
        self.journal = Some(journal);
        Ok(())
    }

    /// Writes down a change. The chain goes on without the file when that fails, says so, and tries to write it anew with the next.
    pub(super) fn write_down(&mut self, entry: impl FnOnce(&Self) -> Entry) {
        let Some(mut journal) = self.journal.take() else {
            return;
        };
        let written = match journal.is_stale {
            true => journal.replace(&self.dump()),
            false => journal.append(&entry(self)),
        };
        self.settle(journal, written);
    }

    /// Writes the whole chain down, after a change that the end of the file cannot express.
    pub(super) fn write_anew(&mut self) {
        let Some(mut journal) = self.journal.take() else {
            return;
        };
        let written = journal.replace(&self.dump());
        self.settle(journal, written);
    }

    fn settle(&mut self, mut journal: Journal, written: io::Result<()>) {
        if let Err(error) = written {
            journal.is_stale = true;
            let path = journal.path.display();
            tracing::error!(%error, "cannot write the state to {path}");
        }
        self.journal = Some(journal);
    }
}
