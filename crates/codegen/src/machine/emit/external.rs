//! Emission of what touches fat pointers, other contracts and the kernel.

use super::Emitter;
use super::inst::{Place, ret_kind};
use crate::ir::{CallKind as IrCallKind, Constant, ExitKind, FarCall, Op as IrOp, PointerOp, Slot};
use crate::machine::operand::{SCRATCH0, SCRATCH1};
use crate::machine::vcode::Arg;
use alloy_primitives::U256;
use zksso_eravm::{CallKind, Condition, Dst, Op, PtrOp, Reg, Space, Src};

/// Register that receives the returned pointer.
const RETURNED: Reg = Reg::R1;
/// Register that holds a far call's status.
const STATUS: Reg = Reg::R2;
/// Register that receives the first returned word if the call must succeed. The pointer to it is not wanted any more.
const FIRST_WORD: Reg = Reg::R1;

impl Emitter<'_> {
    /// Operations on pointers, calls and kernel instructions. What earlier phases remove becomes a panic.
    pub(super) fn external(&mut self, op: IrOp, place: &Place<'_>) {
        match op {
            IrOp::PointerLoad(slot) => self.pointer_load(slot, place),
            IrOp::CalldataWord => self.calldata_word(place),
            IrOp::PointerArith { op, from, to } => self.pointer_arith(op, from, to, place),
            IrOp::PointerMove { from, to } => self.pointer_move(from, to),
            IrOp::PointerSwap(a, b) => self.pointer_swap(a, b),
            IrOp::CopyPointerWords(slot) => self.copy_pointer_words(slot, place),
            IrOp::CopyHeapWords => self.copy_heap_words(place),
            IrOp::FarCall(call) => self.far_call(call, place),
            other => self.kernel(other, place),
        }
    }

    fn stack(&self, slot: Slot) -> Src {
        Src::StackAbs(self.slot(slot))
    }

    fn pointer_load(&mut self, slot: Slot, place: &Place<'_>) {
        if slot == Slot::Calldata
            && let Arg::Constant(Constant::Word(offset)) = place.inst.sources[0]
            && let Ok(offset) = u16::try_from(offset)
        {
            return self.calldata_at(offset, place);
        }
        let offset = self.source_register(place, 0, SCRATCH0);
        self.push(Op::Ptr {
            op: PtrOp::Add,
            src0: self.stack(slot),
            src1: offset,
            dst: SCRATCH0.into(),
            swap: false,
        });
        self.push(Op::LoadPtr {
            pointer: SCRATCH0,
            dst: self.result(place, 0),
            increment: None,
        });
    }

    /// A word of the calldata at a known offset. The scratch register with the pointer is left behind that word, where the
    /// next one often follows.
    fn calldata_at(&mut self, offset: u16, place: &Place<'_>) {
        let at = u32::from(offset);
        let advance = |op, distance: u32| Op::Ptr {
            op,
            src0: Src::Imm(u16::try_from(distance).unwrap_or(u16::MAX)),
            src1: SCRATCH0,
            dst: SCRATCH0.into(),
            swap: true,
        };
        match self.places.cursor {
            Some(cursor) if cursor == at => {}
            Some(cursor) if cursor < at => self.push(advance(PtrOp::Add, at - cursor)),
            Some(cursor) if cursor - at <= u32::from(u16::MAX) => {
                self.push(advance(PtrOp::Sub, cursor - at));
            }
            _ => {
                let source = self.word(U256::from(offset));
                let amount = self.register(source, SCRATCH0);
                self.push(Op::Ptr {
                    op: PtrOp::Add,
                    src0: self.stack(Slot::Calldata),
                    src1: amount,
                    dst: SCRATCH0.into(),
                    swap: false,
                });
            }
        }
        self.push(Op::LoadPtr {
            pointer: SCRATCH0,
            dst: self.result(place, 0),
            increment: Some(SCRATCH0),
        });
        self.places.cursor = Some(at + 32);
    }

    /// Pointers do not reach beyond 2^32, where there are zeros.
    fn calldata_word(&mut self, place: &Place<'_>) {
        let offset = self.source_register(place, 0, SCRATCH0);
        let dst = self.result(place, 0);
        let last = self.word(U256::from(u32::MAX - 32));
        self.compare(offset.into(), last);
        let advance = Op::Ptr {
            op: PtrOp::Add,
            src0: self.stack(Slot::Calldata),
            src1: offset,
            dst: SCRATCH0.into(),
            swap: false,
        };
        self.push(advance.when(Condition::Le));
        let load = Op::LoadPtr {
            pointer: SCRATCH0,
            dst,
            increment: None,
        };
        self.push(load.when(Condition::Le));
        self.push(Op::copy(Reg::R0, dst).when(Condition::Gt));
    }

    fn pointer_arith(&mut self, op: PointerOp, from: Slot, to: Slot, place: &Place<'_>) {
        let amount = self.source_register(place, 0, SCRATCH0);
        let op = match op {
            PointerOp::Add => PtrOp::Add,
            PointerOp::Shrink => PtrOp::Shrink,
            PointerOp::Pack => PtrOp::Pack,
        };
        let dst = Dst::StackAbs(self.slot(to));
        self.push(Op::Ptr {
            op,
            src0: self.stack(from),
            src1: amount,
            dst,
            swap: false,
        });
    }

    fn pointer_move(&mut self, from: Slot, to: Slot) {
        self.push(Op::copy_pointer(
            self.stack(from),
            Dst::StackAbs(self.slot(to)),
        ));
    }

    fn pointer_swap(&mut self, a: Slot, b: Slot) {
        self.push(Op::copy_pointer(self.stack(a), SCRATCH0));
        self.pointer_move(b, a);
        self.push(Op::copy_pointer(SCRATCH0, Dst::StackAbs(self.slot(b))));
    }

    fn copy_pointer_words(&mut self, slot: Slot, place: &Place<'_>) {
        let dst = self.result(place, 0);
        let src = self.source_register(place, 1, SCRATCH0);
        self.push(Op::Ptr {
            op: PtrOp::Add,
            src0: self.stack(slot),
            src1: src,
            dst: SCRATCH0.into(),
            swap: false,
        });
        self.places.forget();
        let head = self.here(0);
        self.push(Op::LoadPtr {
            pointer: SCRATCH0,
            dst: SCRATCH1,
            increment: Some(SCRATCH0),
        });
        self.store_word_and_loop(place, dst, head);
    }

    fn copy_heap_words(&mut self, place: &Place<'_>) {
        let (dst, src) = (self.result(place, 0), self.result(place, 1));
        self.places.forget();
        let head = self.here(0);
        self.push(Op::Load {
            space: Space::Heap,
            address: src.into(),
            dst: SCRATCH1,
            increment: Some(src),
        });
        self.store_word_and_loop(place, dst, head);
    }

    fn store_word_and_loop(&mut self, place: &Place<'_>, dst: Reg, head: u16) {
        self.push(Op::Store {
            space: Space::Heap,
            address: dst.into(),
            value: SCRATCH1,
            increment: Some(dst),
        });
        let end = self.source(place, 2);
        self.compare(end, Src::Reg(dst));
        self.push(Op::jump(head).when(Condition::Gt));
    }

    /// Leaves `1` in the status register only if the call comes back to the instruction behind it: failure continues at
    /// the handler, with every register but the first wiped. A call that must succeed has the only failure as its handler.
    fn far_call(&mut self, call: FarCall, place: &Place<'_>) {
        let abi = match call.by_pointer {
            Some(slot) => {
                self.push(Op::copy_pointer(self.stack(slot), SCRATCH0));
                SCRATCH0
            }
            None => self.source_register(place, 0, SCRATCH0),
        };
        let address = self.source_register(place, 1, SCRATCH1);
        if call.kind == IrCallKind::Mimic {
            let who = self.source(place, 2);
            self.push(Op::copy(who, SCRATCH1));
        }
        let handler = match call.must_succeed {
            true => self.at_failure(),
            false => self.here(2),
        };
        let (kind, is_static) = (call_kind(call.kind), call.is_static);
        self.push(Op::FarCall {
            kind,
            abi,
            address,
            handler,
            is_static,
            shard: false,
        });
        if !call.must_succeed {
            self.push(Op::copy(Src::Imm(1), STATUS));
        }
        self.places.forget_registers();
        self.after_far_call(call, place);
    }

    fn after_far_call(&mut self, call: FarCall, place: &Place<'_>) {
        if call.keep {
            self.push(Op::copy_pointer(
                RETURNED,
                Dst::StackAbs(self.slot(Slot::Returndata)),
            ));
        }
        if call.must_succeed && place.inst.results.first().is_some_and(Option::is_some) {
            self.push(Op::LoadPtr {
                pointer: RETURNED,
                dst: FIRST_WORD,
                increment: None,
            });
        }
    }

    pub(super) fn forward(&mut self, kind: ExitKind, slot: Slot) {
        self.push(Op::copy_pointer(self.stack(slot), SCRATCH0));
        self.push(Op::Ret {
            kind: ret_kind(kind),
            data: SCRATCH0,
            label: None,
        });
    }

    fn kernel(&mut self, op: IrOp, place: &Place<'_>) {
        let sources = place.inst.sources.len();
        let first_source = if sources > 0 {
            self.source_register(place, 0, SCRATCH0)
        } else {
            Reg::R0
        };
        let second = if sources > 1 {
            self.source_register(place, 1, SCRATCH1)
        } else {
            Reg::R0
        };
        let op = match op {
            IrOp::Event { first } => Op::Event {
                key: first_source,
                value: second,
                first,
            },
            IrOp::ToL1 { first } => Op::ToL1 {
                key: first_source,
                value: second,
                first,
            },
            IrOp::Precompile => Op::Precompile {
                params: first_source,
                ergs: second,
                dst: self.result(place, 0),
            },
            IrOp::SetValue => Op::SetContextU128 {
                value: first_source,
            },
            IrOp::SetPubdataPrice => Op::SetPubdataPrice {
                value: first_source,
            },
            IrOp::IncrementTx => Op::IncrementTxNumber,
            IrOp::Decommit(slot) => {
                self.push(Op::Decommit {
                    hash: first_source,
                    ergs: second,
                    dst: SCRATCH0,
                });
                Op::copy_pointer(SCRATCH0, Dst::StackAbs(self.slot(slot)))
            }
            _ => Op::Panic { label: None },
        };
        self.push(op);
    }
}

fn call_kind(kind: IrCallKind) -> CallKind {
    match kind {
        IrCallKind::Normal => CallKind::Normal,
        IrCallKind::Delegate => CallKind::Delegate,
        IrCallKind::Mimic => CallKind::Mimic,
    }
}
