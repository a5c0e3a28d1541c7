//! Contracts that are known, or will be.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, LazyLock},
    thread,
};

use zksso_trace::Contracts;

type Load = Box<dyn FnOnce() -> Arc<Contracts> + Send>;

/// Contracts by which nodes explain what happens, shared by all clones. They may still be on their way: whoever needs them first
/// waits for them.
#[derive(Clone)]
pub struct SharedContracts(Arc<LazyLock<Arc<Contracts>, Load>>);

impl SharedContracts {
    /// Contracts that `load` finds, on a thread of its own that begins now.
    pub fn loading(load: impl FnOnce() -> Arc<Contracts> + Send + 'static) -> Self {
        let shared = Self::new(load);
        let loading = shared.clone();
        let thread = thread::Builder::new().name("zksso-contracts".to_owned());
        let spawned = thread.spawn(move || drop(LazyLock::force(&loading.0).clone()));
        if let Err(error) = spawned {
            // Who needs them first then loads them.
            tracing::debug!(%error, "cannot load contracts on another thread");
        }
        shared
    }

    fn new(load: impl FnOnce() -> Arc<Contracts> + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(load))))
    }
}

impl Deref for SharedContracts {
    type Target = Contracts;

    fn deref(&self) -> &Contracts {
        &self.0
    }
}

impl Default for SharedContracts {
    fn default() -> Self {
        Self::new(Arc::default)
    }
}

impl From<Arc<Contracts>> for SharedContracts {
    fn from(contracts: Arc<Contracts>) -> Self {
        Self::new(move || contracts)
    }
}

impl fmt::Debug for SharedContracts {
    /// Does not wait for them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedContracts").finish_non_exhaustive()
    }
}
