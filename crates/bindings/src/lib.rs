//! Typed bindings of the zksso contracts.
//!
//! One `sol!` interface per contract, with the contract's NatSpec as documentation. Those of the suite are generated from the
//! artifacts by `zksso bind`; the system contracts and ERC-20, which the suite only calls, are written by hand. [`error_abis`] lists every
//! custom error the suite can revert with.

#![allow(
    missing_docs,
    reason = "`sol!` generates items without documentation beside every documented one"
)]

mod erc20;
mod errors;
mod execution;
#[allow(
    unreachable_pub,
    reason = "the account's interface is exported with one more struct, from a module of its name"
)]
mod generated;
mod system;

pub use erc20::ERC20;
pub use errors::error_abis;
pub use generated::{
    AAFactory, AccountProxy, DeadManSwitch, GuardianRecovery, P256Verifier, RegistryHook,
    SessionKeyValidator, SpendingLimitHook, SponsorPaymaster, WebAuthValidator, WebAuthnVerifier,
};
pub use system::{
    ACCOUNT_CODE_STORAGE_ADDRESS, AccountCodeStorage, BASE_TOKEN_ADDRESS, BOOTLOADER_ADDRESS,
    CONTRACT_DEPLOYER_ADDRESS, ContractDeployer, KNOWN_CODES_STORAGE_ADDRESS, NONCE_HOLDER_ADDRESS,
    NonceHolder, TimestampAsserter,
};

/// The parts of a session, as `SessionKeyValidator` has them.
pub use generated::SessionKeyValidator::{
    CallSpec, Constraint, LimitState, SessionSpec, SessionState, TransferSpec, UsageLimit,
};

/// The account, with the struct that its batches encode: `execute` takes bytes, so it is not part of the ABI.
#[allow(non_snake_case, reason = "named like the contract, as `sol!` does")]
pub mod ERC7579Account {
    pub use crate::execution::Execution;
    pub use crate::generated::ERC7579Account::*;
}
