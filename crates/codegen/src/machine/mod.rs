//! From IR to bytecode: instruction selection, register allocation, emission.

mod allocate;
mod conventions;
mod emit;
pub(crate) mod flags;
mod frame;
mod frequency;
mod layout;
mod operand;
mod places;
mod select;
mod slots;
mod vcode;
mod walk;

pub(crate) use emit::{AssembleError, Assembled, assemble};
pub(crate) use frame::Chain;
