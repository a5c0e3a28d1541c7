//! Bindings generated from the artifacts by `zksso bind`. Do not edit.

mod aa_factory;
mod account_proxy;
mod erc7579_account;
mod session_key_validator;
mod web_auth_validator;

pub use aa_factory::AAFactory;
pub use account_proxy::AccountProxy;
pub use erc7579_account::ERC7579Account;
pub use session_key_validator::SessionKeyValidator;
pub use web_auth_validator::WebAuthValidator;
