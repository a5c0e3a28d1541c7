use core::fmt::{self, Display, Formatter};

use alloy_primitives::U256;

use crate::{
    error::{Error, Result},
    instruction::{Instruction, Op},
    operand::Src,
};

/// Instructions in a word.
const PER_WORD: usize = 4;

/// A bytecode taken apart: its instructions, and the words of its constant pool.
///
/// Nothing in a bytecode says where the pool begins. It begins at the first word that an instruction before it reads;
/// a pool of which nothing is read, or whose first words are not, is listed as instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// All instructions; the position is the address that jumps use.
    pub instructions: Vec<Instruction>,
    /// All constants; the first is at [`Listing::pool_start`].
    pub pool: Vec<U256>,
}

impl Listing {
    /// Takes a bytecode apart.
    ///
    /// # Errors
    /// [`Error::UnalignedBytecode`] if it is not a number of 32-byte words.
    pub fn of(bytecode: &[u8]) -> Result<Self> {
        let (words, []) = bytecode.as_chunks::<32>() else {
            return Err(Error::UnalignedBytecode(bytecode.len()));
        };
        let (instructions, _) = bytecode.as_chunks::<8>();
        let mut pool_start = words.len();
        let mut found = Vec::new();
        for (index, encoded) in instructions.iter().enumerate() {
            if index >= pool_start * PER_WORD {
                break;
            }
            let instruction = Instruction::decode(u64::from_be_bytes(*encoded));
            if let Some(word) = constant(&instruction) {
                // An offset with a base register may be anything.
                if word > index / PER_WORD {
                    pool_start = pool_start.min(word);
                }
            }
            found.push(instruction);
        }
        let pool = words[pool_start..].iter();
        Ok(Self {
            instructions: found,
            pool: pool.map(|word| U256::from_be_bytes(*word)).collect(),
        })
    }

    /// Word of the code at which the pool begins.
    pub const fn pool_start(&self) -> usize {
        self.instructions.len() / PER_WORD
    }
}

/// One instruction a line after its address, then one constant a line after its word.
impl Display for Listing {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (address, instruction) in self.instructions.iter().enumerate() {
            writeln!(f, "{address:5}: {instruction}")?;
        }
        for (index, word) in self.pool.iter().enumerate() {
            let word_index = self.pool_start() + index;
            writeln!(f, "code[{word_index}]: {word:#066x}")?;
        }
        Ok(())
    }
}

/// The word of the code that an instruction reads.
fn constant(instruction: &Instruction) -> Option<usize> {
    let (Op::Alu { src0: src, .. }
    | Op::Wide { src0: src, .. }
    | Op::Ptr { src0: src, .. }
    | Op::Nop { src, .. }
    | Op::Jump { target: src, .. }) = instruction.op
    else {
        return None;
    };
    match src {
        Src::Code(address) => Some(usize::from(address.offset)),
        _ => None,
    }
}
