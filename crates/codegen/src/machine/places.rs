//! What the registers and the frame hold while code is written, so that moves of what is there already are left out.
//!
//! The allocator reloads a value from the frame for every use that wants a register, and constants come into scratch
//! registers for each store. Within straight-line code the word is often still where the move would bring it.

use std::collections::{BTreeMap, HashMap};
use zksso_eravm::{Address, AluOp, Condition, Dst, Instruction, Op, Reg, Src};

/// A register or stack word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Reg(u8),
    /// Distance below the stack pointer.
    Frame(u16),
    /// Distance from the bottom of the stack.
    Slot(u16),
}

/// A word without its tag. Equal contents are the same word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Content {
    Imm(u16),
    Pool(u16),
    Unknown(u32),
}

/// Contents of all places that matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    contents: BTreeMap<Place, Content>,
    unknowns: u32,
    /// Offset of the calldata pointer in the first scratch register.
    pub(super) cursor: Option<u32>,
}

impl Places {
    /// Nothing is known, as behind a label.
    pub(super) fn forget(&mut self) {
        self.contents.clear();
        self.cursor = None;
    }

    /// What holds where both paths meet: words that are equal on both stay equal.
    pub(super) fn meet(&self, other: &Self) -> Self {
        let mut met = Self {
            contents: BTreeMap::new(),
            unknowns: self.unknowns.max(other.unknowns),
            cursor: self.cursor.filter(|_| self.cursor == other.cursor),
        };
        let mut pairs = HashMap::new();
        for (&place, &here) in &self.contents {
            let Some(&there) = other.contents.get(&place) else {
                continue;
            };
            let content = match here == there {
                true => here,
                false => *pairs.entry((here, there)).or_insert_with(|| met.unknown()),
            };
            met.contents.insert(place, content);
        }
        met
    }

    /// The same, to be followed by names for unknown words that `other` has not used.
    pub(super) fn after(mut self, other: &Self) -> Self {
        self.unknowns = self.unknowns.max(other.unknowns);
        self
    }

    /// Nothing is known about registers, as where a far call may have failed.
    pub(super) fn forget_registers(&mut self) {
        let is_reg = |place: &Place| matches!(place, Place::Reg(_));
        self.contents.retain(|place, _| !is_reg(place));
        self.cursor = None;
    }

    /// Whether the instruction moves a word to where it is.
    pub(super) fn is_idle(&mut self, instruction: &Instruction) -> bool {
        let Some((src, dst)) = as_copy(&instruction.op) else {
            return false;
        };
        let is_slot = matches!(dst, Dst::StackAbs(_));
        match (self.content(src), written(dst)) {
            (Some(content), Some(place)) if !is_slot => self.at(place) == content,
            _ => false,
        }
    }

    /// Follows an instruction.
    pub(super) fn follow(&mut self, instruction: &Instruction) {
        if let Some((src, dst)) = as_copy(&instruction.op)
            && instruction.condition == Condition::Always
            && let (Some(content), Some(place)) = (self.content(src), written(dst))
        {
            self.set(place, content);
            return;
        }
        self.follow_writes(&instruction.op);
    }

    /// What was written to one register was written to another one instead.
    pub(super) fn rename(&mut self, from: Reg, to: Reg) {
        let content = self.at(Place::Reg(from.index()));
        self.set(Place::Reg(to.index()), content);
        // What the register held before is not followed any more.
        let unknown = self.unknown();
        self.set(Place::Reg(from.index()), unknown);
    }

    fn follow_writes(&mut self, op: &Op) {
        match *op {
            Op::Nop { .. } => self.forget(),
            Op::Alu { src0, dst, .. } | Op::Ptr { src0, dst, .. } => {
                self.overwrite_at(src0, dst);
            }
            Op::Wide {
                src0, dst0, dst1, ..
            } => {
                self.overwrite_at(src0, dst0);
                self.overwrite(dst1);
            }
            // The callee uses all registers and slots, and leaves the frame alone.
            Op::Jump { target, link } => {
                let frame = |place: &Place| matches!(place, Place::Frame(_));
                if matches!(target, Src::StackPop(_)) {
                    self.forget();
                } else if !link.is_zero() {
                    self.contents.retain(|place, _| frame(place));
                    self.cursor = None;
                }
            }
            Op::FarCall { .. } => self.forget_registers(),
            Op::NearCall { .. } => self.forget(),
            Op::Context { dst, .. }
            | Op::StorageLoad { dst, .. }
            | Op::TransientLoad { dst, .. }
            | Op::Precompile { dst, .. }
            | Op::Decommit { dst, .. } => self.overwrite(dst),
            Op::Load { dst, increment, .. } | Op::LoadPtr { dst, increment, .. } => {
                self.overwrite(dst);
                increment.into_iter().for_each(|reg| self.overwrite(reg));
            }
            Op::Store { increment, .. } => {
                increment.into_iter().for_each(|reg| self.overwrite(reg));
            }
            Op::Invalid
            | Op::Ret { .. }
            | Op::Panic { .. }
            | Op::SetContextU128 { .. }
            | Op::SetPubdataPrice { .. }
            | Op::IncrementTxNumber
            | Op::StorageStore { .. }
            | Op::TransientStore { .. }
            | Op::Event { .. }
            | Op::ToL1 { .. } => {}
        }
    }

    fn overwrite(&mut self, reg: Reg) {
        self.overwrite_at(Src::Imm(0), Dst::Reg(reg));
    }

    fn overwrite_at(&mut self, src: Src, dst: Dst) {
        match written(dst) {
            // Whatever moves the stack pointer renames the frame's words.
            _ if matches!(src, Src::StackPop(_)) => self.forget(),
            None => self.forget(),
            Some(place) => {
                let content = self.unknown();
                self.set(place, content);
            }
        }
    }

    fn set(&mut self, place: Place, content: Content) {
        if place == Place::Reg(super::operand::SCRATCH0.index()) {
            self.cursor = None;
        }
        if place != Place::Reg(0) {
            self.contents.insert(place, content);
        }
    }

    fn unknown(&mut self) -> Content {
        self.unknowns += 1;
        Content::Unknown(self.unknowns)
    }

    fn at(&mut self, place: Place) -> Content {
        if place == Place::Reg(0) {
            return Content::Imm(0);
        }
        if let Some(&content) = self.contents.get(&place) {
            return content;
        }
        let content = self.unknown();
        self.contents.insert(place, content);
        content
    }

    fn content(&mut self, src: Src) -> Option<Content> {
        let plain = |address: Address| address.base.is_zero().then_some(address.offset);
        Some(match src {
            Src::Imm(word) => Content::Imm(word),
            Src::Code(address) => Content::Pool(plain(address)?),
            Src::Reg(reg) => self.at(Place::Reg(reg.index())),
            Src::StackRel(address) => self.at(Place::Frame(plain(address)?)),
            Src::StackAbs(address) => self.at(Place::Slot(plain(address)?)),
            Src::StackPop(_) => return None,
        })
    }
}

/// Source and destination of a plain move.
pub(super) fn as_copy(op: &Op) -> Option<(Src, Dst)> {
    match *op {
        Op::Alu {
            op: AluOp::Add,
            src0,
            src1: Reg::R0,
            dst,
            set_flags: false,
            ..
        } => Some((src0, dst)),
        _ => None,
    }
}

/// The place a destination names; none for what cannot be followed.
fn written(dst: Dst) -> Option<Place> {
    match dst {
        Dst::Reg(reg) => Some(Place::Reg(reg.index())),
        Dst::StackRel(address) if address.base.is_zero() => Some(Place::Frame(address.offset)),
        Dst::StackAbs(address) if address.base.is_zero() => Some(Place::Slot(address.offset)),
        _ => None,
    }
}
