use std::collections::HashMap;

use alloy_primitives::{B256, U256};

use crate::{
    error::{Error, Result},
    hash::bytecode_hash,
    instruction::{Instruction, Op},
    operand::Src,
};

/// Most instructions a contract can have: the program counter has 16 bits.
pub const MAX_INSTRUCTIONS: usize = 1 << 16;

/// Position of a constant in the pool, in words from the pool's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolIndex(u16);

impl PoolIndex {
    /// The offset to use in [`Src::Code`] operands given to a [`CodeBuilder`].
    pub const fn offset(self) -> u16 {
        self.0
    }
}

/// Collects instructions and constants and lays them out: instructions from word zero, padding with [`Op::Invalid`] to a
/// whole word, the constants, and a zero word if the total would be even.
///
/// [`Src::Code`] operands of pushed instructions count from the start of the pool; [`CodeBuilder::finish`] moves them to
/// where the pool comes to lie.
#[derive(Clone, Debug, Default)]
pub struct CodeBuilder {
    instructions: Vec<Instruction>,
    pool: Vec<U256>,
    interned: HashMap<U256, PoolIndex>,
}

impl CodeBuilder {
    /// An empty builder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of instructions so far; the index the next one gets.
    pub fn len(&self) -> usize {
        self.instructions.len()
    }

    /// Whether there is no instruction yet.
    pub fn is_empty(&self) -> bool {
        self.instructions.is_empty()
    }

    /// Appends an instruction and returns its index.
    pub fn push(&mut self, instruction: impl Into<Instruction>) -> usize {
        self.instructions.push(instruction.into());
        self.instructions.len() - 1
    }

    /// The instructions so far, for patching jump targets.
    pub fn instructions_mut(&mut self) -> &mut [Instruction] {
        &mut self.instructions
    }

    /// The pool position of a constant; equal constants share one.
    ///
    /// # Errors
    /// [`Error::TooManyWords`] if the pool is full.
    pub fn constant(&mut self, value: U256) -> Result<PoolIndex> {
        if let Some(&index) = self.interned.get(&value) {
            return Ok(index);
        }
        let index = self.reserve(value)?;
        self.interned.insert(value, index);
        Ok(index)
    }

    /// A pool entry of its own that later equal constants do not share, to be patched after layout (library addresses) or
    /// indexed by a register (tables: consecutive calls give consecutive entries).
    ///
    /// # Errors
    /// [`Error::TooManyWords`] if the pool is full.
    pub fn reserve(&mut self, value: U256) -> Result<PoolIndex> {
        let len = self.pool.len();
        let index = u16::try_from(len).map_err(|_| Error::TooManyWords(len + 1))?;
        self.pool.push(value);
        Ok(PoolIndex(index))
    }

    /// Lays the code out and encodes it.
    ///
    /// # Errors
    /// [`Error::TooManyInstructions`], [`Error::TooManyWords`], [`Error::UnknownConstant`] or [`Error::NoEncoding`].
    pub fn finish(&self) -> Result<Bytecode> {
        let count = self.instructions.len();
        if count > MAX_INSTRUCTIONS {
            return Err(Error::TooManyInstructions(count));
        }
        let pool_start = count.div_ceil(4);
        let words = (pool_start + self.pool.len()) | 1;
        if words > usize::from(u16::MAX) {
            return Err(Error::TooManyWords(words));
        }
        let mut bytes = Vec::with_capacity(words * 32);
        for instruction in &self.instructions {
            bytes.extend(
                self.relocate(*instruction, pool_start)?
                    .encode()?
                    .to_be_bytes(),
            );
        }
        bytes.resize(pool_start * 32, 0);
        bytes.extend(self.pool.iter().flat_map(U256::to_be_bytes::<32>));
        bytes.resize(words * 32, 0);
        Ok(Bytecode {
            bytes,
            instructions: count,
            pool_start,
        })
    }

    fn relocate(&self, mut instruction: Instruction, pool_start: usize) -> Result<Instruction> {
        let (Op::Alu { src0: src, .. }
        | Op::Wide { src0: src, .. }
        | Op::Ptr { src0: src, .. }
        | Op::Nop { src, .. }
        | Op::Jump { target: src, .. }) = &mut instruction.op
        else {
            return Ok(instruction);
        };
        if let Src::Code(address) = src {
            if address.base.is_zero() && usize::from(address.offset) >= self.pool.len() {
                return Err(Error::UnknownConstant {
                    index: address.offset,
                    len: self.pool.len(),
                });
            }
            // Cannot overflow: the caller checked that the pool's end is addressable. With a base register the sum is
            // modulo 2^16 anyway.
            address.offset = address.offset.wrapping_add(pool_start as u16);
        }
        Ok(instruction)
    }
}

/// A laid-out contract: an odd number of 32-byte words, fewer than 2^16.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytecode {
    bytes: Vec<u8>,
    instructions: usize,
    pool_start: usize,
}

impl Bytecode {
    /// The bytes as deployed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Moves the bytes out.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Number of instructions, padding not counted.
    pub fn instruction_count(&self) -> usize {
        self.instructions
    }

    /// The bytes of the instructions alone, for [`disassemble`](crate::disassemble).
    pub fn instruction_bytes(&self) -> &[u8] {
        &self.bytes[..self.instructions * 8]
    }

    /// Byte offset of a constant.
    pub fn constant_offset(&self, index: PoolIndex) -> usize {
        (self.pool_start + usize::from(index.0)) * 32
    }

    /// Replaces a constant, as linking does.
    pub fn patch(&mut self, index: PoolIndex, value: U256) -> Result<()> {
        let offset = self.constant_offset(index);
        let len = self.bytes.len() / 32 - self.pool_start;
        let word = self
            .bytes
            .get_mut(offset..offset + 32)
            .ok_or(Error::UnknownConstant {
                index: index.0,
                len,
            })?;
        word.copy_from_slice(&value.to_be_bytes::<32>());
        Ok(())
    }

    /// The versioned hash of the bytes as they are now.
    ///
    /// # Errors
    /// None for a value of this type; the signature is that of [`bytecode_hash`].
    pub fn hash(&self) -> Result<B256> {
        bytecode_hash(&self.bytes)
    }
}
