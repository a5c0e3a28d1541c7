//! What a session may be restricted by beyond its policies, as people describe it.

use alloy::primitives::{Address, FixedBytes};
use alloy::sol_types::SolCall;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zksso_bindings::{ERC20, TokenBudget as TokenBudgetSpec};

use super::Limit;
use crate::Result;

/// `increaseAllowance(address,uint256)`, which many tokens have beside the standard.
pub(super) const INCREASE_ALLOWANCE: FixedBytes<4> = FixedBytes([0x39, 0x50, 0x93, 0x51]);
/// `decreaseAllowance(address,uint256)`.
pub(super) const DECREASE_ALLOWANCE: FixedBytes<4> = FixedBytes([0xa4, 0x57, 0xc2, 0xd7]);

/// The only word in the JSON form of [`Paymasters`].
const ANY: &str = "any";

/// The paymasters that a session with options may use. In JSON a list of addresses, or `"any"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paymasters {
    /// Every paymaster.
    Any,
    /// These, and no other.
    Listed(Vec<Address>),
}

impl Serialize for Paymasters {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Any => serializer.serialize_str(ANY),
            Self::Listed(addresses) => addresses.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Paymasters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Listed(Vec<Address>),
            Word(String),
        }
        match Shape::deserialize(deserializer)? {
            Shape::Listed(addresses) => Ok(Self::Listed(addresses)),
            Shape::Word(word) if word == ANY => Ok(Self::Any),
            Shape::Word(word) => Err(de::Error::custom(format!(
                "{word:?} is neither {ANY:?} nor a list of addresses"
            ))),
        }
    }
}

/// A bound on what may leave the account in one ERC-20 token, whichever of the token's functions lets it out.
///
/// Transfers, approvals and `transferFrom` out of the account all count with their amount. A session with a budget for a token
/// may call no function of it whose outflow is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenBudget {
    /// The token.
    pub token: Address,
    /// The bound, in the token's smallest unit.
    pub limit: Limit,
}

impl TokenBudget {
    /// Bounds a token.
    pub const fn new(token: Address, limit: Limit) -> Self {
        Self { token, limit }
    }

    pub(super) fn to_spec(&self) -> Result<TokenBudgetSpec> {
        Ok(TokenBudgetSpec {
            token: self.token,
            limit: self.limit.to_usage_limit()?,
        })
    }
}

/// Whether the contract knows how much a token's function lets out.
pub(super) fn is_outflow_known(selector: FixedBytes<4>) -> bool {
    is_amount_second(selector)
        || selector == ERC20::transferFromCall::SELECTOR
        || selector == DECREASE_ALLOWANCE
}

/// Whether the amount a function lets out is its second argument.
pub(super) fn is_amount_second(selector: FixedBytes<4>) -> bool {
    selector == ERC20::transferCall::SELECTOR
        || selector == ERC20::approveCall::SELECTOR
        || selector == INCREASE_ALLOWANCE
}
