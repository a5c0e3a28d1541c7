//! The custom errors of all bindings.

use std::collections::BTreeMap;

use alloy::json_abi::Error;

use crate::{
    AAFactory, ERC20, ERC7579Account, SessionKeyValidator, TimestampAsserter, WebAuthValidator,
};

type ErrorsByName = BTreeMap<String, Vec<Error>>;

/// Every custom error the suite, a token with ERC-6093 errors or the timestamp asserter reverts with.
pub fn error_abis() -> Vec<Error> {
    let contracts: [fn() -> ErrorsByName; 6] = [
        AAFactory::abi::errors,
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
