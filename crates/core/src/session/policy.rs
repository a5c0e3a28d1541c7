//! What a session key may do: transfers and calls.

use alloy::{
    json_abi::{Function, JsonAbi},
    primitives::{Address, FixedBytes, U256},
    sol_types::SolCall,
};
use serde::{Deserialize, Serialize};
use zksso_bindings::{CallSpec, TransferSpec, UsageLimit};

use super::{Constraint, Limit, amount};
use crate::{Error, Result};

/// Permission to send the base token to one address.
///
/// Without any limit given only transfers of zero wei pass: nothing is granted by leaving a field out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TransferPolicy {
    /// The recipient.
    pub to: Address,
    /// Most wei in one transfer; bounded by the value limit alone when absent.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "amount::option"
    )]
    pub max_value_per_use: Option<U256>,
    /// Most wei in all transfers; unlimited when absent and `max_value_per_use` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_limit: Option<Limit>,
    /// Most transfers; makes a session with options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_limit: Option<Limit>,
}

impl TransferPolicy {
    /// Allows transfers to `to` within `limit`.
    pub const fn new(to: Address, limit: Limit) -> Self {
        Self {
            to,
            max_value_per_use: None,
            value_limit: Some(limit),
            use_limit: None,
        }
    }

    /// Caps each single transfer.
    #[must_use]
    pub const fn with_max_value_per_use(mut self, wei: U256) -> Self {
        self.max_value_per_use = Some(wei);
        self
    }

    /// Limits the number of transfers.
    #[must_use]
    pub const fn with_use_limit(mut self, limit: Limit) -> Self {
        self.use_limit = Some(limit);
        self
    }

    /// The contract's form.
    ///
    /// # Errors
    ///
    /// [`Error::PeriodTooShort`], [`Error::LimitTooLarge`].
    pub fn to_spec(&self) -> Result<TransferSpec> {
        let (max_value_per_use, value_limit) =
            value_bounds(self.max_value_per_use, self.value_limit)?;
        Ok(TransferSpec {
            target: self.to,
            maxValuePerUse: max_value_per_use,
            valueLimit: value_limit,
        })
    }
}

/// Permission to call one function of one contract.
///
/// Sending value along needs `max_value_per_use` or `value_limit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CallPolicyJson", into = "CallPolicyJson")]
pub struct CallPolicy {
    /// The contract.
    pub address: Address,
    /// The function.
    pub function: Function,
    /// Most wei in one call.
    pub max_value_per_use: Option<U256>,
    /// Most wei in all calls.
    pub value_limit: Option<Limit>,
    /// Most calls; makes a session with options.
    pub use_limit: Option<Limit>,
    /// Conditions on the arguments, checked in order; unconstrained when empty.
    pub constraints: Vec<Constraint>,
}

impl CallPolicy {
    /// Allows calls of `function` on the contract at `address`, with any arguments and no value.
    pub const fn new(address: Address, function: Function) -> Self {
        Self {
            address,
            function,
            max_value_per_use: None,
            value_limit: None,
            use_limit: None,
            constraints: Vec::new(),
        }
    }

    /// The same for a function of a `sol!` binding: `CallPolicy::of::<ERC20::transferCall>(token)`.
    ///
    /// # Errors
    ///
    /// [`Error::Abi`] if the binding's signature does not parse, which a `sol!` binding's always does.
    pub fn of<C: SolCall>(address: Address) -> Result<Self> {
        Self::parse(address, C::SIGNATURE)
    }

    /// The same for a signature such as `transfer(address to, uint256 value)`.
    ///
    /// # Errors
    ///
    /// [`Error::Abi`] if the signature does not parse.
    pub fn parse(address: Address, signature: &str) -> Result<Self> {
        let function = Function::parse(signature).map_err(|error| Error::Abi(error.to_string()))?;
        Ok(Self::new(address, function))
    }

    /// Adds a constraint.
    #[must_use]
    pub fn with_constraint(mut self, constraint: Constraint) -> Self {
        self.constraints.push(constraint);
        self
    }

    /// Allows value within `limit`.
    #[must_use]
    pub const fn with_value_limit(mut self, limit: Limit) -> Self {
        self.value_limit = Some(limit);
        self
    }

    /// Caps the value of each single call.
    #[must_use]
    pub const fn with_max_value_per_use(mut self, wei: U256) -> Self {
        self.max_value_per_use = Some(wei);
        self
    }

    /// Limits the number of calls.
    #[must_use]
    pub const fn with_use_limit(mut self, limit: Limit) -> Self {
        self.use_limit = Some(limit);
        self
    }

    /// The function's selector.
    pub fn selector(&self) -> FixedBytes<4> {
        self.function.selector()
    }

    /// The contract's form.
    ///
    /// # Errors
    ///
    /// [`Error::PeriodTooShort`], [`Error::LimitTooLarge`], and what the constraints refuse: [`Error::ArgumentIndex`], [`Error::ArgumentType`],
    /// [`Error::ArgumentValue`], [`Error::ConditionWithoutValue`].
    pub fn to_spec(&self) -> Result<CallSpec> {
        let (max_value_per_use, value_limit) =
            value_bounds(self.max_value_per_use, self.value_limit)?;
        let constraints = self
            .constraints
            .iter()
            .map(|constraint| constraint.to_spec(&self.function));
        Ok(CallSpec {
            target: self.address,
            selector: self.selector(),
            maxValuePerUse: max_value_per_use,
            valueLimit: value_limit,
            constraints: constraints.collect::<Result<_>>()?,
        })
    }
}

/// Resolves the two optional bounds on value to `(max per use, limit)`.
fn value_bounds(max_per_use: Option<U256>, limit: Option<Limit>) -> Result<(U256, UsageLimit)> {
    let (max_per_use, limit) = match (max_per_use, limit) {
        (None, None) => (U256::ZERO, Limit::Lifetime(U256::ZERO)),
        (max_per_use, limit) => (
            max_per_use.unwrap_or(U256::MAX),
            limit.unwrap_or(Limit::Unlimited),
        ),
    };
    Ok((max_per_use, limit.to_usage_limit()?))
}

/// The JSON form of the web SDK: a whole ABI and a function's name.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CallPolicyJson {
    address: Address,
    abi: JsonAbi,
    function_name: String,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "amount::option"
    )]
    max_value_per_use: Option<U256>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value_limit: Option<Limit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    use_limit: Option<Limit>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    constraints: Vec<Constraint>,
}

impl TryFrom<CallPolicyJson> for CallPolicy {
    type Error = Error;

    fn try_from(json: CallPolicyJson) -> Result<Self> {
        let name = json.function_name;
        let function = match json.abi.function(&name).map(Vec::as_slice) {
            Some([function]) => function.clone(),
            Some([]) | None => return Err(Error::Abi(format!("no function {name:?} in the ABI"))),
            Some(_) => return Err(Error::Abi(format!("function {name:?} is overloaded"))),
        };
        Ok(Self {
            address: json.address,
            function,
            max_value_per_use: json.max_value_per_use,
            value_limit: json.value_limit,
            use_limit: json.use_limit,
            constraints: json.constraints,
        })
    }
}

impl From<CallPolicy> for CallPolicyJson {
    fn from(policy: CallPolicy) -> Self {
        let name = policy.function.name.clone();
        let mut abi = JsonAbi::new();
        abi.functions.insert(name.clone(), vec![policy.function]);
        Self {
            address: policy.address,
            abi,
            function_name: name,
            max_value_per_use: policy.max_value_per_use,
            value_limit: policy.value_limit,
            use_limit: policy.use_limit,
            constraints: policy.constraints,
        }
    }
}
