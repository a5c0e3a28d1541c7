use crate::instruction::Op;

/// Result of this crate's fallible functions.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why an instruction, a bytecode or a hash could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operation is given flags or operands no encoding exists for, such as `swap` on `add`.
    #[error("no encoding exists for {0:?}")]
    NoEncoding(Op),
    /// A register number above 15.
    #[error("register r{0} does not exist, registers are r0 to r15")]
    InvalidRegister(u8),
    /// More instructions than a 16-bit program counter reaches.
    #[error("{0} instructions exceed the limit of 65536")]
    TooManyInstructions(usize),
    /// The constant pool would end behind the last addressable 32-byte word.
    #[error("a bytecode of {0} words exceeds the limit of 65535")]
    TooManyWords(usize),
    /// A code operand without a base register points behind the constant pool.
    #[error("constant {index} is outside the pool of {len}")]
    UnknownConstant {
        /// Pool index used by the instruction.
        index: u16,
        /// Constants in the pool.
        len: usize,
    },
    /// The length of a bytecode is not a multiple of 32 bytes.
    #[error("bytecode length of {0} bytes is not a multiple of 32")]
    UnalignedBytecode(usize),
    /// A versioned hash exists only for an odd number of words.
    #[error("bytecode has an even number of words: {0}")]
    EvenWordCount(usize),
}
