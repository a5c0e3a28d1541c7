//! Errors of this crate.

use alloy::primitives::{Address, B256, FixedBytes, U256};

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an input was not understood or a session cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The signature or ABI text is not Solidity's.
    #[error("invalid ABI: {0}")]
    Abi(String),
    /// The function has no argument at this index.
    #[error("function {function} has no argument {index}")]
    ArgumentIndex {
        /// Signature of the function.
        function: String,
        /// The index asked for, from zero.
        index: usize,
    },
    /// Arguments of this type cannot be constrained.
    #[error("an argument of type {ty} cannot be constrained this way: {reason}")]
    ArgumentType {
        /// Solidity type of the argument.
        ty: String,
        /// What stands against it.
        reason: &'static str,
    },
    /// The text is no value of the argument's type.
    #[error("{value:?} is not a value of type {ty}")]
    ArgumentValue {
        /// The text.
        value: String,
        /// Solidity type of the argument.
        ty: String,
    },
    /// A comparison lacks its right-hand side.
    #[error("the constraint on argument {index} has a condition but no value")]
    ConditionWithoutValue {
        /// Index of the argument.
        index: usize,
    },
    /// The contract knows no such condition.
    #[error("{0} is not a condition")]
    Condition(u8),
    /// The contract knows no such limit type.
    #[error("{0} is not a limit type")]
    LimitType(u8),
    /// The text is not a number and a unit of time.
    #[error("{0:?} is not a length of time, expected for example \"8 hours\"")]
    Duration(String),
    /// An allowance whose period is too short to be used: the time range of a period must outlast the minute that nodes keep free.
    #[error("an allowance period of {period} seconds is too short, at least {minimum} are needed")]
    PeriodTooShort {
        /// The period, in seconds.
        period: u64,
        /// The shortest usable one, in seconds.
        minimum: u64,
    },
    /// A limit that the contract cannot count up to: 192 bits for allowances, 128 for fees.
    #[error("a limit of {limit} is higher than can be counted")]
    LimitTooLarge {
        /// The limit.
        limit: U256,
    },
    /// The session has more policies and constraints than the contract can keep count of.
    #[error(
        "the session needs {trackers} counters, {} are possible",
        crate::MAX_TRACKERS
    )]
    SessionTooLarge {
        /// How many it needs: one for each policy and each constraint; with options, one for all uses, each limit on uses and each budget.
        trackers: usize,
    },
    /// A call would be charged with more limits than validation has gas for.
    #[error(
        "{limits} limits on a call of {selector} at {target}, {} are possible",
        crate::MAX_LIMITS
    )]
    TooManyLimits {
        /// Target of the policy.
        target: Address,
        /// Selector of the policy.
        selector: FixedBytes<4>,
        /// How many limits its constraints have, or budgets its target.
        limits: usize,
    },
    /// The session key is the zero address.
    #[error("the session key is the zero address")]
    ZeroSigner,
    /// A session must bound its fees.
    #[error("the fee limit of a session must not be unlimited")]
    UnlimitedFees,
    /// The session would end before it can be used.
    #[error("the session would expire at {expires_at}, less than a minute after {now}")]
    ExpiresTooSoon {
        /// Expiry, Unix time in seconds.
        expires_at: u64,
        /// The time it was built, Unix time in seconds.
        now: u64,
    },
    /// The session would start less than a minute before its end, or later.
    #[error(
        "the session would start at {valid_after}, less than a minute before its end at {expires_at}"
    )]
    NeverValid {
        /// First second, Unix time.
        valid_after: u64,
        /// Last second, Unix time.
        expires_at: u64,
    },
    /// A policy names a system contract, which no session may reach.
    #[error("{target} is a system contract, which no session may reach")]
    TargetBanned {
        /// The target.
        target: Address,
    },
    /// A policy allows calling a function of a token with a budget, and what the function lets out of the account is not known.
    #[error("the budget of {token} cannot count what its function {selector} spends")]
    OutflowUnknown {
        /// The token.
        token: Address,
        /// The function.
        selector: FixedBytes<4>,
    },
    /// The bytes are not an encoded session.
    #[error("{length} bytes that are not an encoded session")]
    SessionEncoding {
        /// How many bytes were given.
        length: usize,
    },
    /// The contract knows no such status.
    #[error("{0} is not the status of a session")]
    Status(u8),
    /// Two policies cover the same target and selector (zero for transfers).
    #[error("two policies cover {target} with selector {selector}")]
    DuplicatePolicy {
        /// Target of both.
        target: Address,
        /// Selector of both.
        selector: FixedBytes<4>,
    },
    /// Malformed authenticator data.
    #[error("malformed authenticator data: {0}")]
    AuthenticatorData(String),
    /// Malformed client data.
    #[error("malformed client data: {0}")]
    ClientData(String),
    /// The COSE key is malformed or of another kind than P-256.
    #[error("unusable COSE key: {0}")]
    CoseKey(String),
    /// The coordinates are not a point of the P-256 curve.
    #[error("({x}, {y}) is not a point of the P-256 curve")]
    PublicKey {
        /// First coordinate.
        x: B256,
        /// Second coordinate.
        y: B256,
    },
    /// The bytes are not a P-256 signature.
    #[error("{length} bytes that are not a P-256 signature")]
    Signature {
        /// How many bytes were given.
        length: usize,
    },
    /// The credential id has a length that the validator does not register.
    #[error("a credential id of {length} bytes is not between 16 and 1023 bytes long")]
    CredentialId {
        /// Length in bytes.
        length: usize,
    },
    /// The origin is not one the validator registers.
    #[error("{0:?} is not an origin of the form scheme://host or scheme://host:port")]
    Origin(String),
    /// An assertion that the validator would refuse.
    #[error("the assertion would be refused: {0}")]
    Assertion(&'static str),
    /// The bytecode cannot be an EraVM contract.
    #[error(
        "{length} bytes cannot be EraVM bytecode: an odd number of 32-byte words, at most 65535, is needed"
    )]
    Bytecode {
        /// Length in bytes.
        length: usize,
    },
}
