//! Legal operand combinations.
//!
//! The machine wants the second source in a register; everything else may be a frame word, an immediate or a pool word.

use super::emit::Emitter;
use crate::ir::{Binary, Constant};
use alloy_primitives::U256;
use regalloc2::Allocation;
use zksso_eravm::{Address, AluOp, Condition, Dst, Op, Reg, Src, WideOp};

/// First scratch register.
pub(super) const SCRATCH0: Reg = Reg::R14;
/// Second scratch register; the register allocator's moves use it too, but never inside an instruction.
pub(super) const SCRATCH1: Reg = Reg::R15;

impl Emitter<'_> {
    /// A source operand for an allocation.
    pub(super) fn source_at(&self, allocation: Allocation) -> Src {
        match (allocation.as_reg(), allocation.as_stack()) {
            (Some(preg), _) => Src::Reg(Reg::from_low_bits(preg.hw_enc() as u8)),
            (_, Some(slot)) => Src::StackRel(Address::at(self.frame.depth(slot) as u16)),
            _ => Src::Reg(Reg::R0),
        }
    }

    /// A destination operand for an allocation.
    pub(super) fn destination_at(&self, allocation: Allocation) -> Dst {
        match (allocation.as_reg(), allocation.as_stack()) {
            (Some(preg), _) => Dst::Reg(Reg::from_low_bits(preg.hw_enc() as u8)),
            (_, Some(slot)) => Dst::StackRel(Address::at(self.frame.depth(slot) as u16)),
            _ => Dst::Reg(Reg::R0),
        }
    }

    /// The cheapest source operand for a constant.
    pub(super) fn constant(&mut self, constant: Constant) -> Src {
        match constant {
            Constant::Word(word) => self.word(word),
            Constant::Library(library) => self.library(library),
        }
    }

    /// The cheapest source operand for a word.
    pub(super) fn word(&mut self, word: U256) -> Src {
        match u16::try_from(word) {
            Ok(0) => Src::Reg(Reg::R0),
            Ok(small) => Src::Imm(small),
            Err(_) => self.pool(word),
        }
    }

    /// Brings a source into a register, `scratch` if it is not in one.
    pub(super) fn register(&mut self, source: Src, scratch: Reg) -> Reg {
        match source {
            Src::Reg(reg) => reg,
            other => {
                self.push(Op::copy(other, scratch));
                scratch
            }
        }
    }

    /// `dst = a op b` for the one-result operations.
    pub(super) fn alu(&mut self, op: AluOp, a: Src, b: Src, dst: Dst, set_flags: bool) {
        let op = self.arranged(op, a, b, dst, set_flags);
        self.push(op);
    }

    /// `dst = a op b` if the flags say so.
    pub(super) fn alu_if(&mut self, op: AluOp, a: Src, b: Src, dst: Dst, condition: Condition) {
        let op = self.arranged(op, a, b, dst, false);
        self.push(op.when(condition));
    }

    fn arranged(&mut self, op: AluOp, a: Src, b: Src, dst: Dst, set_flags: bool) -> Op {
        let (src0, src1, swap) = self.arrange(a, b, !op.is_swappable());
        Op::Alu {
            op,
            src0,
            src1,
            dst,
            set_flags,
            swap,
        }
    }

    /// `(dst0, dst1) = a op b`.
    pub(super) fn wide(
        &mut self,
        op: WideOp,
        a: Src,
        b: Src,
        dst0: Dst,
        dst1: Reg,
        set_flags: bool,
    ) {
        let (src0, src1, swap) = self.arrange(a, b, op == WideOp::Mul);
        self.push(Op::Wide {
            op,
            src0,
            src1,
            dst0,
            dst1,
            set_flags,
            swap,
        });
    }

    fn arrange(&mut self, a: Src, b: Src, commutes: bool) -> (Src, Reg, bool) {
        match (a, b) {
            (_, Src::Reg(reg)) => (a, reg, false),
            (Src::Reg(reg), _) => (b, reg, !commutes),
            _ => {
                let reg = self.register(b, SCRATCH0);
                (a, reg, false)
            }
        }
    }

    /// Sets the flags as `a` compares to `b`.
    pub(super) fn compare(&mut self, a: Src, b: Src) {
        self.alu(AluOp::Sub, a, b, Dst::Reg(Reg::R0), true);
    }

    /// IR arithmetic with one result.
    pub(super) fn arithmetic(&mut self, op: Binary, a: Src, b: Src, dst: Dst) {
        let nowhere = Dst::Reg(Reg::R0);
        if let Some(op) = alu_op(op) {
            return self.alu(op, a, b, dst, false);
        }
        let high = destination_register(dst);
        match op {
            Binary::Mul => self.wide(WideOp::Mul, a, b, dst, Reg::R0, false),
            Binary::MulHigh => self.wide(WideOp::Mul, a, b, nowhere, high, false),
            Binary::Mod => self.wide(WideOp::Div, a, b, nowhere, high, false),
            _ => self.wide(WideOp::Div, a, b, dst, Reg::R0, false),
        }
    }
}

/// The machine's operation, if it has a single result.
pub(super) fn alu_op(op: Binary) -> Option<AluOp> {
    Some(match op {
        Binary::Add => AluOp::Add,
        Binary::Sub => AluOp::Sub,
        Binary::And => AluOp::And,
        Binary::Or => AluOp::Or,
        Binary::Xor => AluOp::Xor,
        Binary::Shl => AluOp::Shl,
        Binary::Shr => AluOp::Shr,
        Binary::Mul | Binary::MulHigh | Binary::Div | Binary::Mod => return None,
    })
}

/// The register of a destination that instruction selection constrained to one.
pub(super) fn destination_register(dst: Dst) -> Reg {
    match dst {
        Dst::Reg(reg) => reg,
        _ => Reg::R0,
    }
}
