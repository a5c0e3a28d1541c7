//! Drops stores to the start of memory that nothing reads any more.
//!
//! Every contract begins by setting the free-memory pointer, and every allocation moves it. Once `forward-memory` has
//! answered the reads, most of these stores are left over, as are the words of a hash that was known. The start of memory
//! is the scratch space, the free-memory pointer and the zero word, bytes 0x00 to 0x7f; which of them may still be read is
//! followed backwards from where the contract ends.
//!
//! What is read at an address that is not constant may lie anywhere. Code that promises memory safety does not make a
//! difference: the empty array lies in the zero word, and what reads around its ends may come by the other words.

use super::Pass;
use super::forward_memory::WORD;
use crate::ir::{
    BlockId, Cfg, FarCall, Function, Inst, InstId, Op, Program, Space, Terminator, Value,
};
use alloy_primitives::U256;

/// The pass.
pub(crate) struct DropStores;

/// A set of bytes of the start of memory: bit n is byte n.
type Bytes = u128;

const ALL: Bytes = Bytes::MAX;
/// Bits of the mode in an ABI word.
const MODE: usize = 224;

impl Pass for DropStores {
    fn name(&self) -> &'static str {
        "drop-stores"
    }

    fn run(&self, program: &mut Program) {
        // What is not summarised yet belongs to the same recursive group and may read anything.
        let mut summaries = vec![ALL; program.functions.len()];
        for id in program.bottom_up() {
            let mut dropper = Dropper {
                function: program.function_mut(id),
                summaries: &summaries,
                after: 0,
            };
            // First with nothing read after the function, which tells what it reads itself.
            let reads = dropper.solve()[Function::ENTRY.index()];
            dropper.after = ALL;
            dropper.run();
            summaries[id.index()] = reads;
        }
    }
}

struct Dropper<'a> {
    function: &'a mut Function,
    /// Bytes that each function may read.
    summaries: &'a [Bytes],
    /// Bytes that are read after the function has returned.
    after: Bytes,
}

impl Dropper<'_> {
    /// Bytes that may be read from the start of each block on.
    fn solve(&self) -> Vec<Bytes> {
        let order = Cfg::new(self.function).order;
        let mut reads = vec![0; self.function.blocks.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for &block in order.iter().rev() {
                let mut live = self.at_end(block, &reads);
                for &inst in self.function.block(block).insts.iter().rev() {
                    self.step(self.function.inst(inst), &mut live);
                }
                changed |= std::mem::replace(&mut reads[block.index()], live) != live;
            }
        }
        reads
    }

    fn run(&mut self) {
        let reads = self.solve();
        for block in Cfg::new(self.function).order {
            let mut live = self.at_end(block, &reads);
            let mut kept = Vec::new();
            for id in std::mem::take(&mut self.function.block_mut(block).insts)
                .into_iter()
                .rev()
            {
                if !self.is_dead(id, live) {
                    self.step(self.function.inst(id), &mut live);
                    kept.push(id);
                }
            }
            kept.reverse();
            self.function.block_mut(block).insts = kept;
        }
    }

    fn is_dead(&self, id: InstId, live: Bytes) -> bool {
        let inst = self.function.inst(id);
        let stores = inst.op == Op::Store(Space::Heap);
        stores
            && self
                .word_at(inst.args[0])
                .is_some_and(|word| word.is_inside && word.bytes & live == 0)
    }

    fn at_end(&self, block: BlockId, reads: &[Bytes]) -> Bytes {
        let term = &self.function.block(block).term;
        match term {
            Terminator::Jump(_) | Terminator::Branch { .. } => {
                let successors = term
                    .edges()
                    .into_iter()
                    .map(|edge| reads[edge.block.index()]);
                successors.fold(0, |all, bytes| all | bytes)
            }
            Terminator::Leave(_) => self.after,
            Terminator::Exit(_, abi) => self.slice(*abi),
            Terminator::Construct | Terminator::Forward(..) => 0,
            Terminator::Panic | Terminator::Unreachable => 0,
        }
    }

    /// The bytes that are live before an instruction.
    fn step(&self, inst: &Inst, live: &mut Bytes) {
        match inst.op {
            Op::Store(Space::Heap) => {
                if let Some(word) = self.word_at(inst.args[0]) {
                    *live &= !word.bytes;
                }
            }
            Op::Load(Space::Heap) => {
                *live |= self.word_at(inst.args[0]).map_or(ALL, |word| word.bytes);
            }
            Op::FarCall(FarCall {
                by_pointer: None, ..
            }) => *live |= self.slice(inst.args[0]),
            Op::CopyHeapWords => *live |= self.from(inst.args[1]),
            Op::Call(callee) => *live |= self.summaries[callee.index()],
            // What is expanded later may read what it likes, and a precompile reads where its parameters say. Calls by
            // pointer read no start of memory, but the distinction is not worth its risk.
            Op::Builtin(_) | Op::FarCall(_) | Op::Precompile => *live = ALL,
            _ => {}
        }
    }

    /// Bytes from an address on.
    fn from(&self, address: Value) -> Bytes {
        let word = self.function.as_word(address);
        word.map_or(ALL, |word| ALL & !below(word))
    }

    /// Bytes of the slice that an ABI word describes: its start is 32 bits from 64 on, its length the 32 bits behind them.
    fn slice(&self, abi: Value) -> Bytes {
        let Some(word) = self.function.as_word(abi) else {
            return ALL;
        };
        if (word >> MODE) & U256::from(u8::MAX) != U256::ZERO {
            return 0;
        }
        let field = |at: usize| (word >> at) & U256::from(u32::MAX);
        let (start, length) = (field(64), field(96));
        below(start + length) & !below(start)
    }

    fn word_at(&self, address: Value) -> Option<Word> {
        let start = self.function.as_word(address)?;
        let end = start.saturating_add(U256::from(WORD));
        Some(Word {
            bytes: below(end) & !below(start),
            is_inside: end <= U256::from(Bytes::BITS),
        })
    }
}

/// A word at a constant address.
struct Word {
    /// The part of it in the start of memory.
    bytes: Bytes,
    /// Whether that is all of it.
    is_inside: bool,
}

/// The bytes below an address.
fn below(address: U256) -> Bytes {
    match u32::try_from(address) {
        Ok(address) if address < Bytes::BITS => (1 << address) - 1,
        _ => ALL,
    }
}
