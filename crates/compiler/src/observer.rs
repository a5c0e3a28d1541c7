//! Progress events, so that a user interface can draw what a build is doing.

use std::time::Duration;

use crate::solc::SolcLocation;

/// Something that happened during a build. Events of parallel work arrive from several threads.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BuildEvent<'a> {
    /// Another process is building or installing in the same project; this one waits for it.
    Waiting,
    /// npm packages of the lock file are being fetched.
    InstallingPackages {
        /// Packages that were missing.
        packages: &'a [String],
    },
    /// The npm packages are in place.
    PackagesInstalled {
        /// Time that npm took.
        elapsed: Duration,
    },
    /// Sources are being read and compared with the last build.
    Resolving,
    /// solc was chosen.
    SolcFound {
        /// Which one, and how it was found.
        solc: &'a SolcLocation,
    },
    /// solc is compiling.
    SolcStarted {
        /// Source files whose contracts are compiled.
        files: usize,
        /// Source files that solc reads, libraries included.
        sources: usize,
        /// solc processes that share the work.
        processes: usize,
    },
    /// One solc process has finished.
    SolcFinished {
        /// Number of the process, from 0.
        process: usize,
        /// Contracts with code that it compiled to Yul.
        contracts: usize,
        /// Time that it took.
        elapsed: Duration,
    },
    /// A contract is being translated to EraVM.
    CodegenStarted {
        /// Fully qualified name of the contract.
        name: &'a str,
    },
    /// A contract was translated to EraVM.
    CodegenFinished {
        /// Fully qualified name of the contract.
        name: &'a str,
        /// Bytes of the bytecode.
        size: usize,
        /// Time that it took.
        elapsed: Duration,
    },
    /// Artifacts are written and complete.
    Finished {
        /// Contracts with bytecode, cached ones included.
        contracts: usize,
        /// Whether nothing had to be compiled.
        cached: bool,
        /// Time that the build took.
        elapsed: Duration,
    },
}

/// Receives the events of a build.
pub trait BuildObserver: Send + Sync {
    /// Called for each event, from the thread in which it happened.
    fn event(&self, event: BuildEvent<'_>);
}

/// Ignores all events.
impl BuildObserver for () {
    fn event(&self, _event: BuildEvent<'_>) {}
}

impl<F: Fn(BuildEvent<'_>) + Send + Sync> BuildObserver for F {
    fn event(&self, event: BuildEvent<'_>) {
        self(event);
    }
}
