//! From IR to bytecode: instruction selection, register allocation, emission.

mod allocate;
mod emit;
mod flags;
mod frame;
mod layout;
mod operand;
mod places;
mod select;
mod slots;
mod vcode;

pub(crate) use emit::{AssembleError, Assembled, assemble};
