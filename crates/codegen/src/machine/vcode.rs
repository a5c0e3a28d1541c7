//! Code with virtual registers: what instruction selection hands to the register allocator.

use crate::ir::{Binary, Cond, Constant, ExitKind, Op, Slot};
use regalloc2::{Block, Inst, InstRange, Operand, PReg, PRegSet, RegClass, VReg};

/// Number of arguments and of results that travel in registers.
pub(super) const REGISTER_ARGUMENTS: usize = 12;
/// Register that holds the return address on entry to a function.
pub(super) const LINK: usize = 13;

/// The physical register rN.
pub(super) fn preg(index: usize) -> PReg {
    PReg::new(index, RegClass::Int)
}

/// Registers the allocator may use: r1 to r13. r14 and r15 are emission's scratch.
pub(super) fn allocatable() -> PRegSet {
    (1..=LINK).fold(PRegSet::empty(), |set, index| set.with(preg(index)))
}

/// A source or destination of an instruction before allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arg {
    /// Number of the instruction's operand whose allocation tells the place.
    Operand(usize),
    /// A constant.
    Constant(Constant),
}

/// What an instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Receives the function's parameters and return address.
    Entry,
    /// An IR operation.
    Op(Op),
    /// Low and high product of the same operands.
    WideMul,
    /// Arithmetic that sets the flags for the branch behind it.
    Flags(Binary),
    /// Quotient and remainder of the same operands.
    DivMod,
    /// Heap word at an address, and the address of the next word.
    LoadNext,
    /// Stores a heap word and gives the address of the next one.
    StoreNext,
    /// To the first successor.
    Jump,
    /// To the first successor if the condition holds, else to the second.
    Branch(Cond),
    /// The same on flags set by arithmetic, and whether the opposite condition holds exactly if this one does not.
    BranchOnFlags(Cond, bool),
    /// Back to the caller.
    Leave,
    /// Out of the contract with a heap slice.
    Exit(ExitKind),
    /// Out of the contract with a slot's pointer.
    Forward(ExitKind, Slot),
    /// Burns all gas.
    Panic,
    /// Control never gets here.
    Unreachable,
}

/// One instruction.
#[derive(Clone, Debug)]
pub(super) struct VInst {
    pub(super) action: Action,
    pub(super) sources: Vec<Arg>,
    /// Operand numbers of the destinations; `None` for an unused result.
    pub(super) results: Vec<Option<usize>>,
    pub(super) operands: Vec<Operand>,
    pub(super) clobbers: PRegSet,
    /// Place in the source, as in the IR.
    pub(super) span: u32,
}

/// One block: a range of instructions and its edges.
#[derive(Clone, Debug)]
pub(super) struct VBlock {
    pub(super) range: InstRange,
    pub(super) params: Vec<VReg>,
    pub(super) succs: Vec<Block>,
    pub(super) preds: Vec<Block>,
    /// Arguments by successor.
    pub(super) args: Vec<Vec<VReg>>,
}

/// A function in layout order.
#[derive(Clone, Debug)]
pub(super) struct VCode {
    pub(super) insts: Vec<VInst>,
    pub(super) blocks: Vec<VBlock>,
    pub(super) vregs: usize,
}

impl regalloc2::Function for VCode {
    fn num_insts(&self) -> usize {
        self.insts.len()
    }

    fn num_blocks(&self) -> usize {
        self.blocks.len()
    }

    fn entry_block(&self) -> Block {
        Block::new(0)
    }

    fn block_insns(&self, block: Block) -> InstRange {
        self.blocks[block.index()].range
    }

    fn block_succs(&self, block: Block) -> &[Block] {
        &self.blocks[block.index()].succs
    }

    fn block_preds(&self, block: Block) -> &[Block] {
        &self.blocks[block.index()].preds
    }

    fn block_params(&self, block: Block) -> &[VReg] {
        &self.blocks[block.index()].params
    }

    fn is_ret(&self, insn: Inst) -> bool {
        use Action::{Exit, Forward, Leave, Panic, Unreachable};
        matches!(
            self.insts[insn.index()].action,
            Leave | Exit(_) | Forward(..) | Panic | Unreachable
        )
    }

    fn is_branch(&self, insn: Inst) -> bool {
        matches!(
            self.insts[insn.index()].action,
            Action::Jump | Action::Branch(_) | Action::BranchOnFlags(..)
        )
    }

    fn branch_blockparams(&self, block: Block, _: Inst, successor: usize) -> &[VReg] {
        &self.blocks[block.index()].args[successor]
    }

    fn inst_operands(&self, insn: Inst) -> &[Operand] {
        &self.insts[insn.index()].operands
    }

    fn inst_clobbers(&self, insn: Inst) -> PRegSet {
        self.insts[insn.index()].clobbers
    }

    fn num_vregs(&self) -> usize {
        self.vregs
    }

    fn spillslot_size(&self, _: RegClass) -> usize {
        1
    }
}
