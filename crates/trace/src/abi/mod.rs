//! Functions, events and errors of contracts, and values in the ABI encoding.

mod decode;
mod item;
mod kind;
mod show;

pub use self::item::Argument;
pub(crate) use self::{
    decode::{Fields, decode},
    item::{EventItem, Item},
    kind::Kind,
    show::show,
};
