//! Functions, blocks, instructions and values.

use super::{Binary, Cond, Constant, ExitKind, FuncId, Op, Range, Slot};
use crate::builtin::Segment;
use alloy_primitives::U256;
use smallvec::{SmallVec, smallvec};
use std::collections::HashMap;

/// A word: constant, block parameter or instruction result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Value(pub(crate) u32);

/// A basic block of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BlockId(pub(crate) u32);

/// An instruction of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct InstId(pub(crate) u32);

macro_rules! index {
    ($($name:ident),*) => {$(
        impl $name {
            /// The position in the function's table.
            pub(crate) fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of a table position; tables never reach 2^32 entries.
            pub(crate) fn new(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
        }
    )*};
}
index!(Value, BlockId, InstId);

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueDef {
    /// Known before the program runs.
    Constant(Constant),
    /// Parameter of a block.
    Param(BlockId),
    /// Result of an instruction: which one and its number.
    Result(InstId, u32),
}

/// One instruction.
#[derive(Clone, Debug)]
pub(crate) struct Inst {
    /// What it computes.
    pub(crate) op: Op,
    /// Operands.
    pub(crate) args: Vec<Value>,
    /// Results.
    pub(crate) results: Vec<Value>,
    /// Byte offset of the source expression, zero if there is none. For diagnostics and source maps; code never depends on it.
    pub(crate) span: u32,
}

/// A control-flow edge with the arguments for the target's parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    /// Target.
    pub(crate) block: BlockId,
    /// One argument per parameter.
    pub(crate) args: Vec<Value>,
}

impl Edge {
    /// An edge without arguments.
    pub(crate) fn to(block: BlockId) -> Self {
        Self {
            block,
            args: Vec::new(),
        }
    }
}

/// How a block ends.
#[derive(Clone, Debug)]
pub(crate) enum Terminator {
    /// Unconditional.
    Jump(Edge),
    /// Compares two words.
    Branch {
        cond: Cond,
        lhs: Value,
        rhs: Value,
        yes: Edge,
        no: Edge,
    },
    /// Leaves the Yul function with its results.
    Leave(Vec<Value>),
    /// Leaves the contract with an ABI word describing a heap slice.
    Exit(ExitKind, Value),
    /// Leaves the contract forwarding the pointer of a slot.
    Forward(ExitKind, Slot),
    /// Ends the constructor with the array of immutables; expanded early.
    Construct,
    /// Burns all gas.
    Panic,
    /// Never reached (behind a call that does not return).
    Unreachable,
}

impl Terminator {
    /// Outgoing edges.
    pub(crate) fn edges(&self) -> SmallVec<[&Edge; 2]> {
        match self {
            Self::Jump(edge) => smallvec![edge],
            Self::Branch { yes, no, .. } => smallvec![yes, no],
            _ => SmallVec::new(),
        }
    }

    /// Outgoing edges, for change.
    pub(crate) fn edges_mut(&mut self) -> Vec<&mut Edge> {
        match self {
            Self::Jump(edge) => vec![edge],
            Self::Branch { yes, no, .. } => vec![yes, no],
            _ => Vec::new(),
        }
    }

    /// Visits every operand, edge arguments included.
    pub(crate) fn for_each_use(&mut self, mut visit: impl FnMut(&mut Value)) {
        match self {
            Self::Branch { lhs, rhs, .. } => {
                visit(lhs);
                visit(rhs);
            }
            Self::Leave(values) => values.iter_mut().for_each(&mut visit),
            Self::Exit(_, abi) => visit(abi),
            _ => {}
        }
        for edge in self.edges_mut() {
            edge.args.iter_mut().for_each(&mut visit);
        }
    }

    /// Every operand, edge arguments included.
    pub(crate) fn uses(&self) -> SmallVec<[Value; 8]> {
        let mut uses = match self {
            Self::Branch { lhs, rhs, .. } => smallvec![*lhs, *rhs],
            Self::Leave(values) => SmallVec::from_slice(values),
            Self::Exit(_, abi) => smallvec![*abi],
            _ => SmallVec::new(),
        };
        for edge in self.edges() {
            uses.extend_from_slice(&edge.args);
        }
        uses
    }
}

/// A basic block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Values received from the predecessors.
    pub(crate) params: Vec<Value>,
    /// Straight-line code.
    pub(crate) insts: Vec<InstId>,
    /// What follows.
    pub(crate) term: Terminator,
    /// Byte offset of the source that `term` is from, zero if there is none.
    pub(crate) span: u32,
}

/// What the inliner does with calls of a function that has several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Inlining {
    /// Replaces all by the body.
    Always,
    /// Replaces them if the body is small.
    #[default]
    BySize,
    /// Keeps them, small as the body may be.
    Never,
}

/// One function in SSA form. Block 0 is the entry; its parameters are the function's.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// The half of the contract it belongs to.
    pub(crate) segment: Segment,
    /// Byte offset of its name in the Yul, zero if it has none there. For diagnostics.
    pub(crate) definition: u32,
    /// Number of results.
    pub(crate) results: usize,
    /// What the inliner does with its calls.
    pub(crate) inlining: Inlining,
    /// Definitions of the values.
    pub(crate) values: Vec<ValueDef>,
    /// Instructions, in no particular order.
    pub(crate) insts: Vec<Inst>,
    /// Blocks; unreachable ones may remain until the next clean-up.
    pub(crate) blocks: Vec<Block>,
    /// Ranges that hold wherever the value exists; for look-up only, never iterated.
    pub(crate) ranges: HashMap<Value, Range>,
    /// Constants by content; for look-up only, never iterated.
    constants: HashMap<Constant, Value>,
}

impl Function {
    /// The entry block.
    pub(crate) const ENTRY: BlockId = BlockId(0);

    /// A function whose entry block takes `params` values and is not reachable further.
    pub(crate) fn new(segment: Segment, params: usize, results: usize) -> Self {
        let mut function = Self {
            segment,
            definition: 0,
            results,
            inlining: Inlining::BySize,
            values: Vec::new(),
            insts: Vec::new(),
            blocks: Vec::new(),
            ranges: HashMap::new(),
            constants: HashMap::new(),
        };
        let entry = function.add_block();
        for _ in 0..params {
            function.add_param(entry);
        }
        function
    }

    /// The function's parameters.
    pub(crate) fn params(&self) -> &[Value] {
        &self.blocks[0].params
    }

    /// All block ids.
    pub(crate) fn block_ids(&self) -> impl Iterator<Item = BlockId> + use<> {
        (0..self.blocks.len()).map(BlockId::new)
    }

    /// A block.
    pub(crate) fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.index()]
    }

    /// A block, for change.
    pub(crate) fn block_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.index()]
    }

    /// An instruction.
    pub(crate) fn inst(&self, id: InstId) -> &Inst {
        &self.insts[id.index()]
    }

    /// An instruction, for change.
    pub(crate) fn inst_mut(&mut self, id: InstId) -> &mut Inst {
        &mut self.insts[id.index()]
    }

    /// Adds an unterminated block.
    pub(crate) fn add_block(&mut self) -> BlockId {
        let id = BlockId::new(self.blocks.len());
        self.blocks.push(Block {
            params: Vec::new(),
            insts: Vec::new(),
            term: Terminator::Unreachable,
            span: 0,
        });
        id
    }

    /// Adds a parameter to a block.
    pub(crate) fn add_param(&mut self, block: BlockId) -> Value {
        let value = self.add_value(ValueDef::Param(block));
        self.block_mut(block).params.push(value);
        value
    }

    fn add_value(&mut self, def: ValueDef) -> Value {
        let value = Value::new(self.values.len());
        self.values.push(def);
        value
    }

    /// The value of a constant.
    pub(crate) fn constant(&mut self, constant: Constant) -> Value {
        if let Some(&value) = self.constants.get(&constant) {
            return value;
        }
        let value = self.add_value(ValueDef::Constant(constant));
        self.constants.insert(constant, value);
        value
    }

    /// The value of a plain word.
    pub(crate) fn word(&mut self, word: U256) -> Value {
        self.constant(Constant::Word(word))
    }

    /// The value of a small number.
    pub(crate) fn number(&mut self, number: u64) -> Value {
        self.word(U256::from(number))
    }

    /// The constant behind a value, if it is one.
    pub(crate) fn as_constant(&self, value: Value) -> Option<Constant> {
        match self.values[value.index()] {
            ValueDef::Constant(constant) => Some(constant),
            _ => None,
        }
    }

    /// The plain word behind a value, if it is known.
    pub(crate) fn as_word(&self, value: Value) -> Option<U256> {
        match self.as_constant(value)? {
            Constant::Word(word) => Some(word),
            Constant::Library(_) => None,
        }
    }

    /// The instruction that defines a value.
    pub(crate) fn def_inst(&self, value: Value) -> Option<&Inst> {
        match self.values[value.index()] {
            ValueDef::Result(inst, _) => Some(self.inst(inst)),
            _ => None,
        }
    }

    /// Instructions that blocks contain.
    pub(crate) fn placed(&self) -> impl Iterator<Item = &Inst> {
        let insts = self.blocks.iter().flat_map(|block| &block.insts);
        insts.map(|&inst| self.inst(inst))
    }

    /// How often each value is used.
    pub(crate) fn use_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.values.len()];
        let args = self.placed().flat_map(|inst| inst.args.iter().copied());
        let ends = self.blocks.iter().flat_map(|block| block.term.uses());
        args.chain(ends)
            .for_each(|value| counts[value.index()] += 1);
        counts
    }

    /// Creates an instruction without placing it.
    pub(crate) fn make_inst(
        &mut self,
        op: Op,
        args: Vec<Value>,
        results: usize,
        span: u32,
    ) -> InstId {
        let id = InstId::new(self.insts.len());
        self.insts.push(Inst {
            op,
            args,
            results: Vec::new(),
            span,
        });
        let results = (0..results as u32)
            .map(|number| self.add_value(ValueDef::Result(id, number)))
            .collect();
        self.inst_mut(id).results = results;
        id
    }

    /// Appends an instruction to a block.
    pub(crate) fn push_inst(
        &mut self,
        block: BlockId,
        op: Op,
        args: Vec<Value>,
        results: usize,
        span: u32,
    ) -> InstId {
        let id = self.make_inst(op, args, results, span);
        self.block_mut(block).insts.push(id);
        id
    }

    /// Appends an instruction with one result to a block.
    pub(crate) fn push(&mut self, block: BlockId, op: Op, args: Vec<Value>, span: u32) -> Value {
        let id = self.push_inst(block, op, args, 1, span);
        self.inst(id).results[0]
    }

    /// Appends arithmetic to a block.
    pub(crate) fn binary(
        &mut self,
        block: BlockId,
        op: Binary,
        lhs: Value,
        rhs: Value,
        span: u32,
    ) -> Value {
        self.push(block, Op::Binary(op), vec![lhs, rhs], span)
    }

    /// Called functions in order of their first mention, without repetition.
    pub(crate) fn callees(&self) -> Vec<FuncId> {
        let mut callees = Vec::new();
        for inst in self.placed() {
            if let Op::Call(callee) = inst.op
                && !callees.contains(&callee)
            {
                callees.push(callee);
            }
        }
        callees
    }

    /// Replaces operands everywhere according to `map`, which is followed to its end.
    pub(crate) fn replace_values(&mut self, map: &HashMap<Value, Value>) {
        if map.is_empty() {
            return;
        }
        let resolve = |value: &mut Value| {
            while let Some(&next) = map.get(value) {
                *value = next;
            }
        };
        for inst in &mut self.insts {
            inst.args.iter_mut().for_each(resolve);
        }
        for block in &mut self.blocks {
            block.term.for_each_use(resolve);
        }
    }

    /// Number of placed instructions and terminators, a rough measure of size.
    pub(crate) fn size(&self) -> usize {
        self.blocks.iter().map(|block| block.insts.len() + 1).sum()
    }
}
