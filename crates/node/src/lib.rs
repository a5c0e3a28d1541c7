//! Embedded ZKsync Era node over the official virtual machine.

mod accounts;
mod chain;
mod config;
mod convert;
mod devnet;
mod error;
mod vm;

pub use self::{
    accounts::{RICH_ACCOUNTS, RichAccount},
    config::{NodeConfig, TIMESTAMP_ASSERTER},
    devnet::{DEVNET_CONTRACTS, DevnetContract},
    error::{Error, Result},
};
