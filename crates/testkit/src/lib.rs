//! Chain back-ends and fixtures for tests of the suite.
//!
//! * [`Backend`] is a chain a test can run on; [`backends`] starts every one this machine has and says which it skipped;
//! * [`World`] is a back-end with the suite and a token deployed on it;
//! * [`artifacts`] builds the project once per process;
//! * [`NpmPackage`] installs what a test in another language needs.

mod backend;
mod build;
mod coverage;
mod npm;
mod transaction;
mod world;

pub use backend::{AnvilZksync, Backend, Embedded, Remote, backends};
pub use build::{artifacts, contract_code, project_root};
pub use coverage::known_contracts;
pub use npm::NpmPackage;
pub use transaction::draft;
pub use world::{ORIGIN, World, ether, passkey};
