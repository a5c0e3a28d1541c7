//! The custom errors of all bindings.

use std::collections::BTreeMap;

use alloy::json_abi::Error;

use crate::{
    AAFactory, DeadManSwitch, ERC20, ERC7579Account, GuardianRecovery, RegistryHook,
    SessionKeyValidator, SpendingLimitHook, SponsorPaymaster, TimestampAsserter, WebAuthValidator,
};

type ErrorsByName = BTreeMap<String, Vec<Error>>;

/// Every custom error the suite, a token with ERC-6093 errors or the timestamp asserter reverts with.
pub fn error_abis() -> Vec<Error> {
    let contracts: [fn() -> ErrorsByName; 11] = [
        AAFactory::abi::errors,
        DeadManSwitch::abi::errors,
        GuardianRecovery::abi::errors,
        RegistryHook::abi::errors,
        SpendingLimitHook::abi::errors,
        SponsorPaymaster::abi::errors,
        ERC7579Account::abi::errors,
        WebAuthValidator::abi::errors,
        SessionKeyValidator::abi::errors,
        ERC20::abi::errors,
        TimestampAsserter::abi::errors,
    ];
    let errors = contracts
        .into_iter()
        .flat_map(|errors| errors().into_values());
    errors.flatten().collect()
}
