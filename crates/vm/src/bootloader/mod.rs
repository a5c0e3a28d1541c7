//! The operator's side of the bootloader: what it writes into the bootloader's memory, and how it answers the bootloader's hooks.
//!
//! The VM crate has such a driver, which decodes all programs anew for each machine; that takes longer than most transactions. This one
//! shares them. It runs transactions from L2 and no ends of batches, which is all that the node needs. [`Environment`](crate::Environment) can have
//! the two compared.

mod batch;
mod encode;
mod events;
mod layout;
mod machine;
mod programs;
mod refund;
mod tracers;
mod world;

pub use self::world::{Source, Storage};
pub(crate) use self::{machine::Machine, tracers::Tracers};
