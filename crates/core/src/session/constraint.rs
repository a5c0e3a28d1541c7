//! Conditions and limits on the arguments of a call.

use alloy::{
    dyn_abi::{DynSolType, Specifier},
    json_abi::Function,
    primitives::{Address, B256, U256},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zksso_bindings::Constraint as ConstraintSpec;

use super::Limit;
use crate::{Error, Result};

/// How an argument is compared with the reference value; the discriminants are the contract's.
///
/// The contract compares 32-byte words: as unsigned numbers, or as signed ones (two's complement) where the name says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Condition {
    /// Anything goes.
    #[default]
    Unconstrained = 0,
    /// `=`
    Equal = 1,
    /// `>`
    Greater = 2,
    /// `<`
    Less = 3,
    /// `>=`
    GreaterEqual = 4,
    /// `<=`
    LessEqual = 5,
    /// `!=`
    NotEqual = 6,
    /// `>` of signed numbers.
    SignedGreater = 7,
    /// `<` of signed numbers.
    SignedLess = 8,
    /// `>=` of signed numbers.
    SignedGreaterEqual = 9,
    /// `<=` of signed numbers.
    SignedLessEqual = 10,
}

/// Makes two's complement ordered like unsigned numbers.
fn flip_sign(mut word: B256) -> B256 {
    word.0[0] ^= 0x80;
    word
}

impl Condition {
    /// Whether `word` stands in this relation to `reference`.
    pub fn holds(self, word: B256, reference: B256) -> bool {
        match self {
            Self::Unconstrained => true,
            Self::Equal => word == reference,
            Self::Greater => word > reference,
            Self::Less => word < reference,
            Self::GreaterEqual => word >= reference,
            Self::LessEqual => word <= reference,
            Self::NotEqual => word != reference,
            Self::SignedGreater => flip_sign(word) > flip_sign(reference),
            Self::SignedLess => flip_sign(word) < flip_sign(reference),
            Self::SignedGreaterEqual => flip_sign(word) >= flip_sign(reference),
            Self::SignedLessEqual => flip_sign(word) <= flip_sign(reference),
        }
    }

    const fn is_unsigned_order(self) -> bool {
        matches!(
            self,
            Self::Greater | Self::Less | Self::GreaterEqual | Self::LessEqual
        )
    }

    const fn is_signed_order(self) -> bool {
        matches!(
            self,
            Self::SignedGreater
                | Self::SignedLess
                | Self::SignedGreaterEqual
                | Self::SignedLessEqual
        )
    }
}

impl TryFrom<u8> for Condition {
    type Error = Error;

    fn try_from(value: u8) -> Result<Self> {
        const ALL: [Condition; 11] = [
            Condition::Unconstrained,
            Condition::Equal,
            Condition::Greater,
            Condition::Less,
            Condition::GreaterEqual,
            Condition::LessEqual,
            Condition::NotEqual,
            Condition::SignedGreater,
            Condition::SignedLess,
            Condition::SignedGreaterEqual,
            Condition::SignedLessEqual,
        ];
        ALL.get(usize::from(value))
            .copied()
            .ok_or(Error::Condition(value))
    }
}

/// The value an argument is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentValue {
    /// The argument's 32-byte ABI word.
    Word(B256),
    /// Text, read according to the argument's type when the policy is built.
    Text(String),
}

impl ArgumentValue {
    fn to_word(&self, ty: &DynSolType) -> Result<B256> {
        let text = match self {
            Self::Word(word) => return Ok(*word),
            Self::Text(text) => text,
        };
        let invalid = || Error::ArgumentValue {
            value: text.clone(),
            ty: ty.to_string(),
        };
        let value = ty.coerce_str(text).map_err(|_| invalid())?;
        value.as_word().ok_or_else(invalid)
    }
}

impl From<U256> for ArgumentValue {
    fn from(value: U256) -> Self {
        Self::Word(value.into())
    }
}

impl From<u64> for ArgumentValue {
    fn from(value: u64) -> Self {
        U256::from(value).into()
    }
}

impl From<Address> for ArgumentValue {
    fn from(value: Address) -> Self {
        Self::Word(value.into_word())
    }
}

impl From<bool> for ArgumentValue {
    fn from(value: bool) -> Self {
        u64::from(value).into()
    }
}

impl From<B256> for ArgumentValue {
    fn from(value: B256) -> Self {
        Self::Word(value)
    }
}

impl Serialize for ArgumentValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Word(word) => serializer.collect_str(word),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for ArgumentValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Flag(bool),
            Number(u64),
            Text(String),
        }
        Ok(match Shape::deserialize(deserializer)? {
            Shape::Flag(flag) => Self::Text(flag.to_string()),
            Shape::Number(number) => Self::Text(number.to_string()),
            Shape::Text(text) => Self::Text(text),
        })
    }
}

/// A condition and a limit on one argument of a function.
///
/// ```
/// use zksso_core::{Constraint, Limit};
/// use alloy::primitives::{Address, U256};
///
/// let recipient = Constraint::equal(0, Address::ZERO);
/// let amount = Constraint::limited(1, Limit::lifetime(U256::from(100)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Constraint {
    /// Position of the argument in the function's parameter list.
    pub index: usize,
    /// What to compare the argument with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ArgumentValue>,
    /// How to compare it; equality when only a value is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// Limit on the argument's sum over all calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
}

impl Constraint {
    /// The argument must stand in relation `condition` to `value`.
    pub fn new(index: usize, condition: Condition, value: impl Into<ArgumentValue>) -> Self {
        Self {
            index,
            value: Some(value.into()),
            condition: Some(condition),
            limit: None,
        }
    }

    /// The argument must be exactly `value`.
    pub fn equal(index: usize, value: impl Into<ArgumentValue>) -> Self {
        Self::new(index, Condition::Equal, value)
    }

    /// The sum of the argument over all calls is limited.
    pub const fn limited(index: usize, limit: Limit) -> Self {
        Self {
            index,
            value: None,
            condition: None,
            limit: Some(limit),
        }
    }

    /// Adds a limit on the argument's sum.
    #[must_use]
    pub const fn with_limit(mut self, limit: Limit) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The contract's form, for an argument of `function`.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentIndex`] past the parameters, [`Error::ArgumentType`] for arguments that are not one word (dynamic types, tuples,
    /// arrays), for comparisons of the other signedness and for sums of signed ones, [`Error::ArgumentValue`] for text that is no value
    /// of the argument's type, [`Error::ConditionWithoutValue`].
    pub(super) fn to_spec(&self, function: &Function) -> Result<ConstraintSpec> {
        let (word_index, ty) = locate(function, self.index)?;
        let condition = self.effective_condition()?;
        let limit = self.limit.unwrap_or(Limit::Unlimited);
        if let Some(reason) = signedness_conflict(&ty, condition, limit) {
            return Err(argument_type(&ty, reason));
        }
        let reference = self.value.as_ref().map(|value| value.to_word(&ty));
        Ok(ConstraintSpec {
            condition: condition as u8,
            index: word_index,
            refValue: reference.transpose()?.unwrap_or_default(),
            limit: limit.to_usage_limit()?,
        })
    }

    fn effective_condition(&self) -> Result<Condition> {
        match (self.condition, &self.value) {
            (None, None) => Ok(Condition::Unconstrained),
            (None, Some(_)) => Ok(Condition::Equal),
            (Some(Condition::Unconstrained), _) => Ok(Condition::Unconstrained),
            (Some(condition), Some(_)) => Ok(condition),
            (Some(_), None) => Err(Error::ConditionWithoutValue { index: self.index }),
        }
    }
}

/// What stands against a condition and a limit on an argument of this type.
const fn signedness_conflict(
    ty: &DynSolType,
    condition: Condition,
    limit: Limit,
) -> Option<&'static str> {
    let signed = matches!(ty, DynSolType::Int(_));
    if signed && condition.is_unsigned_order() {
        return Some("it is signed and the condition compares unsigned numbers");
    }
    if signed && !matches!(limit, Limit::Unlimited) {
        return Some("it is signed and limits add up unsigned numbers");
    }
    if !signed && condition.is_signed_order() {
        return Some("it is not signed and the condition compares signed numbers");
    }
    None
}

/// Finds the word that holds an argument: its index after the selector, and the argument's type.
fn locate(function: &Function, index: usize) -> Result<(u64, DynSolType)> {
    let out_of_range = || Error::ArgumentIndex {
        function: function.signature(),
        index,
    };
    let mut word = 0;
    for (position, input) in function.inputs.iter().enumerate() {
        let ty = input
            .resolve()
            .map_err(|error| Error::Abi(error.to_string()))?;
        let words = static_words(&ty);
        if position == index {
            return match words {
                Some(1) if !is_composite(&ty) => Ok((word, ty)),
                Some(_) => Err(argument_type(&ty, "it spans several words")),
                None => Err(argument_type(&ty, "its length is not fixed")),
            };
        }
        // A dynamic argument leaves one word, its offset, in the head.
        word += words.unwrap_or(1);
    }
    Err(out_of_range())
}

/// Words a type takes in the head of the arguments, or `None` if its length is not fixed.
fn static_words(ty: &DynSolType) -> Option<u64> {
    match ty {
        DynSolType::Bytes | DynSolType::String | DynSolType::Array(_) => None,
        DynSolType::FixedArray(element, length) => {
            Some(static_words(element)?.saturating_mul(u64::try_from(*length).ok()?))
        }
        DynSolType::Tuple(members) => members.iter().map(static_words).sum(),
        _ => Some(1),
    }
}

const fn is_composite(ty: &DynSolType) -> bool {
    matches!(ty, DynSolType::FixedArray(..) | DynSolType::Tuple(_))
}

fn argument_type(ty: &DynSolType, reason: &'static str) -> Error {
    Error::ArgumentType {
        ty: ty.to_string(),
        reason,
    }
}
