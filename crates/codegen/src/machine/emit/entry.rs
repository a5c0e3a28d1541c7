//! The first instructions of every contract.

use super::{Emitter, Label};
use crate::ir::Slot;
use crate::machine::operand::SCRATCH0;
use zksso_eravm::{Address, AluOp, Condition, Dst, Op, PtrOp, Reg, Src};

/// Bit of r2 that tells a constructor call.
const CONSTRUCTOR: u16 = 1;
/// First register of the additional system-call words.
const FIRST_EXTRA: u8 = 3;

impl Emitter<'_> {
    /// Reserves the shared stack words, saves what arrives in registers and separates deployment from calls.
    pub(super) fn entry_stub(&mut self) {
        if self.slots.len() > 0 {
            self.push(Op::reserve_stack(self.slots.len() as u16));
        }
        let slots: Vec<_> = self.slots.iter().collect();
        if slots
            .iter()
            .any(|(slot, _)| matches!(slot, Slot::Active(_)))
        {
            // Number of bytes to cut off so that an empty but tagged pointer remains.
            self.alu(
                AluOp::Shr,
                Src::Reg(Reg::R1),
                Src::Imm(96),
                Dst::Reg(SCRATCH0),
                false,
            );
        }
        let tagged_returndata = slots
            .iter()
            .any(|(slot, _)| matches!(slot, Slot::Active(_)));
        for (slot, address) in slots {
            self.save(slot, Dst::StackAbs(Address::at(address)), tagged_returndata);
        }
        self.dispatch();
    }

    fn save(&mut self, slot: Slot, dst: Dst, tagged_returndata: bool) {
        match slot {
            Slot::Calldata => self.push(Op::copy_pointer(Reg::R1, dst)),
            Slot::Active(_) => self.save_empty_pointer(dst),
            Slot::Returndata if tagged_returndata => self.save_empty_pointer(dst),
            Slot::CallFlags => self.push(Op::copy(Reg::R2, dst)),
            Slot::Extra(number) => {
                self.push(Op::copy(Reg::from_low_bits(FIRST_EXTRA + number), dst))
            }
            Slot::Returndata | Slot::Immutable(_) | Slot::HasImmutable(_) | Slot::Argument(_) => {}
        }
    }

    fn save_empty_pointer(&mut self, dst: Dst) {
        self.push(Op::Ptr {
            op: PtrOp::Shrink,
            src0: Src::Reg(Reg::R1),
            src1: SCRATCH0,
            dst,
            swap: false,
        });
    }

    /// The runtime root, if any, comes first and is fallen into.
    fn dispatch(&mut self) {
        if self.program.deploy.is_none() {
            return;
        }
        let deploy = Label(usize::from(self.program.runtime.is_some()), 0);
        self.alu(
            AluOp::And,
            Src::Imm(CONSTRUCTOR),
            Src::Reg(Reg::R2),
            Dst::Reg(Reg::R0),
            true,
        );
        self.push_jump(Op::jump(Src::Imm(0)).when(Condition::Ne), deploy);
        if self.program.runtime.is_none() {
            self.push(Op::Panic { label: None });
        }
    }
}
