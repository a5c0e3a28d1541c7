//! A lock file, so that concurrent builds of one project take turns.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use crate::{
    error::{Error, Result},
    observer::{BuildEvent, BuildObserver},
};

/// Holds an exclusive lock on a file until it is dropped. The system releases it if the process dies.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

impl FileLock {
    /// Creates the file if need be and waits for the lock, telling the observer if it has to wait.
    pub(crate) fn acquire(path: &Path, observer: &dyn BuildObserver) -> Result<Self> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
        }
        let mut options = File::options();
        let file = options
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(Error::io("open", path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                observer.event(BuildEvent::Waiting);
                file.lock().map_err(Error::io("lock", path))?;
            }
            Err(TryLockError::Error(source)) => return Err(Error::io("lock", path)(source)),
        }
        Ok(Self { _file: file })
    }
}
