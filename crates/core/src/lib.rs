//! Sessions, limits, WebAuthn and encodings of the zksso smart accounts, without I/O.
//!
//! Nothing here reads a clock, a file or a network, so the same code serves servers, command lines and browsers:
//!
//! * **sessions**: [`SessionConfig`] describes what a temporary key may do and builds the on-chain [`Session`]; [`Session::check`] applies
//!   the contract's rules before a transaction is sent;
//! * **WebAuthn**: [`Credential`] and [`Assertion`] parse what authenticators return and encode what the validator reads;
//! * **addresses**: [`account_address`] predicts where the factory puts an account;
//! * **errors**: [`DecodedError`] turns revert data into a name and arguments.

mod address;
mod call;
mod envelope;
mod error;
mod paymaster;
mod revert;
mod session;
mod webauthn;

pub use address::{account_address, account_salt, bytecode_hash, create2_address};
pub use call::Call;
pub use envelope::{encode_module, encode_signature};
pub use error::{Error, Result};
pub use paymaster::Paymaster;
pub use revert::DecodedError;
pub use session::{
    Accepted, ArgumentValue, CallPolicy, Claims, Condition, Constraint, EXPIRY_MARGIN, Expiry,
    Limit, LimitType, MAX_LIMITS, MAX_TRACKERS, MIN_PERIOD, Paymasters, Refusal, Seconds, Session,
    SessionConfig, SessionRecord, SessionUse, Status, TokenBudget, TransferPolicy,
    ValidationContext, batch_call, erc7913_signature, erc7913_signer, erc7913_signer_address,
    try_batch_call,
};
pub use webauthn::{
    Assertion, AttestedCredential, AuthenticatorData, AuthenticatorFlags, Ceremony, ClientData,
    Credential, MAX_CREDENTIAL_ID_LENGTH, MAX_ORIGIN_LENGTH, MIN_CREDENTIAL_ID_LENGTH,
    P256Signature, PublicKey,
};
