//! Where the suite's contracts are.

use alloy::primitives::Address;
use serde::{Deserialize, Serialize};

/// Addresses of the suite on one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Suite {
    /// `AAFactory`.
    pub factory: Address,
    /// `ERC7579Account`, the implementation that new accounts start with.
    pub account_implementation: Address,
    /// `WebAuthValidator`.
    pub web_auth_validator: Address,
    /// `SessionKeyValidator`.
    pub session_key_validator: Address,
}
