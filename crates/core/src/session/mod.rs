//! Sessions: what a temporary key may do, its on-chain form, and the rules it is held to.

mod action;
mod amount;
mod batch;
mod config;
mod constraint;
mod limit;
mod model;
mod onchain;
mod options;
mod policy;
mod record;
mod refusal;
mod signer;
mod time;

pub use action::SessionUse;
pub use batch::{batch_call, try_batch_call};
pub use config::{EXPIRY_MARGIN, MAX_LIMITS, MAX_TRACKERS, SessionConfig};
pub use constraint::{ArgumentValue, Condition, Constraint};
pub use limit::{Limit, LimitType, MIN_PERIOD};
pub use model::{Accepted, ValidationContext};
pub use onchain::{Claims, Session};
pub use options::{Paymasters, TokenBudget};
pub use policy::{CallPolicy, TransferPolicy};
pub use record::{SessionRecord, Status};
pub use refusal::Refusal;
pub use signer::{erc7913_signature, erc7913_signer, erc7913_signer_address};
pub use time::{Expiry, Seconds};
