//! The suite's own plan.

use alloy::primitives::{Address, B256};
use zksso_client::Suite;

use crate::{ContractCode, Plan, Result};

/// Names of the suite's contracts, in the order they are deployed.
pub const SUITE_CONTRACTS: [&str; 4] = [
    "WebAuthValidator",
    "SessionKeyValidator",
    "ERC7579Account",
    "AAFactory",
];

/// Code of the suite's contracts. The account proxy travels as a dependency of the factory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteCode {
    /// `WebAuthValidator`.
    pub web_auth_validator: ContractCode,
    /// `SessionKeyValidator`.
    pub session_key_validator: ContractCode,
    /// `ERC7579Account`.
    pub account: ContractCode,
    /// `AAFactory`.
    pub factory: ContractCode,
}

impl SuiteCode {
    /// Collects the suite's contracts from wherever artifacts are kept; `find` is asked for each of [`SUITE_CONTRACTS`].
    ///
    /// # Errors
    ///
    /// The first error of `find`.
    pub fn collect<E>(
        mut find: impl FnMut(&str) -> std::result::Result<ContractCode, E>,
    ) -> std::result::Result<Self, E> {
        let [web_auth_validator, session_key_validator, account, factory] = SUITE_CONTRACTS;
        Ok(Self {
            web_auth_validator: find(web_auth_validator)?,
            session_key_validator: find(session_key_validator)?,
            account: find(account)?,
            factory: find(factory)?,
        })
    }
}

impl Plan {
    /// The plan that deploys the suite, and where its contracts will be. More contracts can be added to it.
    ///
    /// # Errors
    ///
    /// As [`Plan::add`].
    pub fn suite(deployer: Address, salt: B256, code: SuiteCode) -> Result<(Self, Suite)> {
        let mut plan = Self::new(deployer, salt);
        let web_auth_validator = plan.add(code.web_auth_validator, ())?;
        let session_key_validator = plan.add(code.session_key_validator, ())?;
        let account_implementation = plan.add(code.account, ())?;
        let factory = plan.add(code.factory, (account_implementation,))?;
        let suite = Suite {
            factory,
            account_implementation,
            web_auth_validator,
            session_key_validator,
        };
        Ok((plan, suite))
    }
}
