//! Bindings generated from the artifacts by `zksso bind`. Do not edit.

mod aa_factory;
mod account_proxy;
mod dead_man_switch;
mod erc7579_account;
mod guardian_recovery;
mod p256_verifier;
mod registry_hook;
mod session_key_validator;
mod spending_limit_hook;
mod sponsor_paymaster;
mod web_auth_validator;
mod web_authn_verifier;

pub use aa_factory::AAFactory;
pub use account_proxy::AccountProxy;
pub use dead_man_switch::DeadManSwitch;
pub use erc7579_account::ERC7579Account;
pub use guardian_recovery::GuardianRecovery;
pub use p256_verifier::P256Verifier;
pub use registry_hook::RegistryHook;
pub use session_key_validator::SessionKeyValidator;
pub use spending_limit_hook::SpendingLimitHook;
pub use sponsor_paymaster::SponsorPaymaster;
pub use web_auth_validator::WebAuthValidator;
pub use web_authn_verifier::WebAuthnVerifier;
