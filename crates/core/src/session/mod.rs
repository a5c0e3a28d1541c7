//! Sessions: what a temporary key may do, its on-chain form, and the rules it is held to.

mod amount;
mod check;
mod config;
mod constraint;
mod limit;
mod period;
mod policy;
mod time;

use period::period_id;

pub use check::{Refusal, check_session_call};
pub use config::{
    EXPIRY_MARGIN, MAX_TRACKERS, SessionConfig, session_hash, session_validator_data,
};
pub use constraint::{ArgumentValue, Condition, Constraint};
pub use limit::{Limit, LimitType, MIN_PERIOD};
pub use period::period_ids;
pub use policy::{CallPolicy, TransferPolicy};
pub use time::{Expiry, Seconds};
