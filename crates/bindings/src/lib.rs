//! Typed bindings of the zksso contracts.
//!
//! One module per contract, each a `sol!` interface with the contract's NatSpec as documentation. [`error_abis`] lists every
//! custom error the suite can revert with.

#![allow(
    missing_docs,
    reason = "`sol!` generates items without documentation beside every documented one"
)]

mod aa_factory;
mod account_proxy;
mod erc20;
mod erc7579_account;
mod errors;
mod session_key_validator;
mod system;
mod web_auth_validator;

pub use aa_factory::AAFactory;
pub use account_proxy::AccountProxy;
pub use erc20::ERC20;
pub use erc7579_account::ERC7579Account;
pub use errors::error_abis;
pub use session_key_validator::SessionKeyValidator::{
    self, CallSpec, Constraint, LimitState, SessionSpec, SessionState, TransferSpec, UsageLimit,
};
pub use system::{
    ACCOUNT_CODE_STORAGE_ADDRESS, AccountCodeStorage, BASE_TOKEN_ADDRESS, BOOTLOADER_ADDRESS,
    CONTRACT_DEPLOYER_ADDRESS, ContractDeployer, KNOWN_CODES_STORAGE_ADDRESS, NONCE_HOLDER_ADDRESS,
    NonceHolder, TimestampAsserter,
};
pub use web_auth_validator::WebAuthValidator;
