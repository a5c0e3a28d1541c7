//! The EraVM instruction set (ISA 1.5, protocol versions 26 to 29): a typed model of its instructions, their 64-bit
//! encoding, a disassembler, the layout of a bytecode and its versioned hash.
//!
//! An [`Instruction`] is an [`Op`] under a [`Condition`]. Operands are small `Copy` enums that admit only what the machine
//! can encode; the few combinations types do not exclude (a swap flag on a commutative operation) are [`Error`]s of
//! [`Instruction::encode`]. [`CodeBuilder`] turns instructions and constants into a [`Bytecode`].

mod decode;
mod display;
mod encode;
mod error;
mod hash;
mod instruction;
mod layout;
mod listing;
mod operand;

pub use display::disassemble;
pub use error::{Error, Result};
pub use hash::{BytecodeStatus, bytecode_hash, bytecode_hash_with_status};
pub use instruction::{AluOp, CallKind, ContextOp, Instruction, Op, PtrOp, RetKind, Space, WideOp};
pub use layout::{Bytecode, CodeBuilder, MAX_INSTRUCTIONS, PoolIndex};
pub use listing::Listing;
pub use operand::{Address, Condition, Dst, Reg, RegOrImm, Src};
