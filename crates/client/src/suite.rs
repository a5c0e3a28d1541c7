//! Where the suite's contracts are.

use alloy::primitives::Address;
use serde::{Deserialize, Serialize};

/// Addresses of the suite on one chain: the core, which every deployment has, and what may be there besides.
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
    /// Contracts that not every deployment has.
    #[serde(flatten)]
    pub optional: OptionalContracts,
}

/// Addresses of the contracts that not every deployment of the suite has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OptionalContracts {
    /// `GuardianRecovery`, an executor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardian_recovery: Option<Address>,
    /// `DeadManSwitch`, an executor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_man_switch: Option<Address>,
    /// `SpendingLimitHook`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spending_limit_hook: Option<Address>,
    /// `RegistryHook`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_hook: Option<Address>,
    /// `AllowListValidator`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_list_validator: Option<Address>,
    /// `P256Verifier`, for session keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p256_verifier: Option<Address>,
    /// `WebAuthnVerifier`, for session keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_authn_verifier: Option<Address>,
    /// `SponsorPaymaster`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sponsor_paymaster: Option<Address>,
}
