//! Deployment plans: predict, send and verify.
//!
//! A [`Plan`] lists contracts with their constructor arguments and knows every address beforehand; [`execute`] deploys what is not there
//! yet and verifies all of it; the resulting [`Deployment`] is kept as `deployments/<chain-id>.json`. [`Plan::suite`] is the plan of the
//! product; [`SuiteParts`] says how much of it.

mod deployment;
mod error;
mod execute;
mod plan;
mod suite;

pub use deployment::{DeployedContract, Deployment};
pub use error::{Error, Result};
pub use execute::{Event, execute};
pub use plan::{ContractCode, Plan, Step};
pub use suite::{
    MODULE_CONTRACTS, ModuleCode, PAYMASTER_CONTRACT, PaymasterCode, SUITE_CONTRACTS, SuiteCode,
    SuiteParts, VERIFIER_CONTRACTS, VerifierCode,
};
