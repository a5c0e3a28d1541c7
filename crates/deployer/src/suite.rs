//! The suite's own plan.

use alloy::primitives::{Address, B256};
use zksso_client::{OptionalContracts, Suite};

use crate::{ContractCode, Error, Plan, Result};

/// Names of the contracts that every deployment of the suite has, in the order they are deployed.
pub const SUITE_CONTRACTS: [&str; 4] = [
    "WebAuthValidator",
    "SessionKeyValidator",
    "ERC7579Account",
    "AAFactory",
];

/// Names of the modules that accounts can install later, in the order they are deployed.
pub const MODULE_CONTRACTS: [&str; 5] = [
    "GuardianRecovery",
    "DeadManSwitch",
    "SpendingLimitHook",
    "RegistryHook",
    "AllowListValidator",
];

/// Names of the verifiers of session keys, in the order they are deployed.
pub const VERIFIER_CONTRACTS: [&str; 2] = ["P256Verifier", "WebAuthnVerifier"];

/// Name of the paymaster.
pub const PAYMASTER_CONTRACT: &str = "SponsorPaymaster";

/// What to deploy of the suite: the core always, the rest if asked for.
///
/// Modules and verifiers have neither owner nor settings, so one deployment serves everybody. The paymaster has an owner, who
/// withdraws its funds and sets its limits; there is no way to ask for it without naming one.
///
/// ```
/// use alloy::primitives::Address;
/// use zksso_deployer::SuiteParts;
///
/// let owner = Address::repeat_byte(1);
/// let everything = SuiteParts::core().with_modules().with_verifiers().with_paymaster(owner);
/// assert_ne!(everything, SuiteParts::core());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuiteParts {
    modules: bool,
    verifiers: bool,
    paymaster_owner: Option<Address>,
}

impl SuiteParts {
    /// The core alone, [`SUITE_CONTRACTS`].
    pub const fn core() -> Self {
        Self {
            modules: false,
            verifiers: false,
            paymaster_owner: None,
        }
    }

    /// Adds [`MODULE_CONTRACTS`].
    #[must_use]
    pub const fn with_modules(mut self) -> Self {
        self.modules = true;
        self
    }

    /// Adds [`VERIFIER_CONTRACTS`].
    #[must_use]
    pub const fn with_verifiers(mut self) -> Self {
        self.verifiers = true;
        self
    }

    /// Adds the paymaster. It pays for nothing until its owner has said for what.
    #[must_use]
    pub const fn with_paymaster(mut self, owner: Address) -> Self {
        self.paymaster_owner = Some(owner);
        self
    }
}

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
    /// The modules.
    pub modules: Option<ModuleCode>,
    /// The verifiers.
    pub verifiers: Option<VerifierCode>,
    /// The paymaster and its owner.
    pub paymaster: Option<PaymasterCode>,
}

/// Code of the modules that accounts can install later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleCode {
    /// `GuardianRecovery`.
    pub guardian_recovery: ContractCode,
    /// `DeadManSwitch`.
    pub dead_man_switch: ContractCode,
    /// `SpendingLimitHook`.
    pub spending_limit_hook: ContractCode,
    /// `RegistryHook`.
    pub registry_hook: ContractCode,
    /// `AllowListValidator`.
    pub allow_list_validator: ContractCode,
}

/// Code of the verifiers of session keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierCode {
    /// `P256Verifier`.
    pub p256: ContractCode,
    /// `WebAuthnVerifier`.
    pub web_authn: ContractCode,
}

/// Code of the paymaster, and who will own it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymasterCode {
    /// `SponsorPaymaster`.
    pub sponsor: ContractCode,
    /// Its owner; must not be zero.
    pub owner: Address,
}

impl SuiteCode {
    /// Collects the contracts of some parts from wherever artifacts are kept; `find` is asked for each by its name.
    ///
    /// # Errors
    ///
    /// The first error of `find`.
    pub fn collect<E>(
        parts: SuiteParts,
        mut find: impl FnMut(&str) -> std::result::Result<ContractCode, E>,
    ) -> std::result::Result<Self, E> {
        let [web_auth_validator, session_key_validator, account, factory] = SUITE_CONTRACTS;
        let owner = parts.paymaster_owner;
        Ok(Self {
            web_auth_validator: find(web_auth_validator)?,
            session_key_validator: find(session_key_validator)?,
            account: find(account)?,
            factory: find(factory)?,
            modules: asked(parts.modules, || ModuleCode::collect(&mut find))?,
            verifiers: asked(parts.verifiers, || VerifierCode::collect(&mut find))?,
            paymaster: owner
                .map(|owner| PaymasterCode::collect(owner, &mut find))
                .transpose()?,
        })
    }
}

impl ModuleCode {
    fn collect<E>(
        mut find: impl FnMut(&str) -> std::result::Result<ContractCode, E>,
    ) -> std::result::Result<Self, E> {
        let [recovery, switch, limits, registry, allow_list] = MODULE_CONTRACTS;
        Ok(Self {
            guardian_recovery: find(recovery)?,
            dead_man_switch: find(switch)?,
            spending_limit_hook: find(limits)?,
            registry_hook: find(registry)?,
            allow_list_validator: find(allow_list)?,
        })
    }

    fn plan(self, plan: &mut Plan, places: &mut OptionalContracts) -> Result<()> {
        places.guardian_recovery = Some(plan.add(self.guardian_recovery, ())?);
        places.dead_man_switch = Some(plan.add(self.dead_man_switch, ())?);
        places.spending_limit_hook = Some(plan.add(self.spending_limit_hook, ())?);
        places.registry_hook = Some(plan.add(self.registry_hook, ())?);
        places.allow_list_validator = Some(plan.add(self.allow_list_validator, ())?);
        Ok(())
    }
}

impl VerifierCode {
    fn collect<E>(
        mut find: impl FnMut(&str) -> std::result::Result<ContractCode, E>,
    ) -> std::result::Result<Self, E> {
        let [p256, web_authn] = VERIFIER_CONTRACTS;
        Ok(Self {
            p256: find(p256)?,
            web_authn: find(web_authn)?,
        })
    }

    fn plan(self, plan: &mut Plan, places: &mut OptionalContracts) -> Result<()> {
        places.p256_verifier = Some(plan.add(self.p256, ())?);
        places.web_authn_verifier = Some(plan.add(self.web_authn, ())?);
        Ok(())
    }
}

impl PaymasterCode {
    fn collect<E>(
        owner: Address,
        mut find: impl FnMut(&str) -> std::result::Result<ContractCode, E>,
    ) -> std::result::Result<Self, E> {
        Ok(Self {
            sponsor: find(PAYMASTER_CONTRACT)?,
            owner,
        })
    }

    fn plan(self, plan: &mut Plan, places: &mut OptionalContracts) -> Result<()> {
        if self.owner.is_zero() {
            return Err(Error::NoOwner(self.sponsor.name));
        }
        places.sponsor_paymaster = Some(plan.add(self.sponsor, (self.owner,))?);
        Ok(())
    }
}

fn asked<T, E>(
    wanted: bool,
    collect: impl FnOnce() -> std::result::Result<T, E>,
) -> std::result::Result<Option<T>, E> {
    wanted.then(collect).transpose()
}

impl Plan {
    /// The plan that deploys the suite, and where its contracts will be. More contracts can be added to it.
    ///
    /// # Errors
    ///
    /// As [`Plan::add`]; [`Error::NoOwner`].
    pub fn suite(deployer: Address, salt: B256, code: SuiteCode) -> Result<(Self, Suite)> {
        let mut plan = Self::new(deployer, salt);
        let web_auth_validator = plan.add(code.web_auth_validator, ())?;
        let session_key_validator = plan.add(code.session_key_validator, ())?;
        let account_implementation = plan.add(code.account, ())?;
        let factory = plan.add(code.factory, (account_implementation,))?;
        let mut optional = OptionalContracts::default();
        if let Some(modules) = code.modules {
            modules.plan(&mut plan, &mut optional)?;
        }
        if let Some(verifiers) = code.verifiers {
            verifiers.plan(&mut plan, &mut optional)?;
        }
        if let Some(paymaster) = code.paymaster {
            paymaster.plan(&mut plan, &mut optional)?;
        }
        let suite = Suite {
            factory,
            account_implementation,
            web_auth_validator,
            session_key_validator,
            optional,
        };
        Ok((plan, suite))
    }
}
