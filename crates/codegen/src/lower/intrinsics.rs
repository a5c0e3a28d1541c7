//! Intrinsics: what the prelude may call beyond Yul's built-ins.

use super::control::FunctionLowerer;
use crate::ir::{Binary, CallKind, Context, FarCall, Op, PointerOp, Slot, Space, Value};

/// An operation with its numbers of arguments and results, under a name only the prelude can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Intrinsic {
    op: Op,
    /// Number of arguments.
    pub(crate) arguments: usize,
    /// Number of results.
    pub(crate) results: usize,
}

const fn far_call(kind: CallKind, is_static: bool, keep: bool) -> Op {
    Op::FarCall(FarCall {
        kind,
        is_static,
        by_pointer: None,
        keep,
        must_succeed: !keep,
    })
}

impl Intrinsic {
    /// Looks a name up.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        use CallKind::{Delegate, Normal};
        let (op, arguments, results) = match name {
            "$mul_high" => (Op::Binary(Binary::MulHigh), 2, 1),
            "$shift_left" => (Op::Binary(Binary::Shl), 2, 1),
            "$shift_right" => (Op::Binary(Binary::Shr), 2, 1),
            "$aux_store" => (Op::Store(Space::Aux), 2, 0),
            "$code_address" => (Op::Context(Context::CodeAddress), 0, 1),
            "$guard" => (Op::Guard, 1, 0),
            "$calldata_length" => (Op::SlotLoad(Slot::Calldata), 0, 1),
            "$calldata_word" => (Op::PointerLoad(Slot::Calldata), 1, 1),
            "$returndata_word" => (Op::PointerLoad(Slot::Returndata), 1, 1),
            "$active_word" => (Op::PointerLoad(Slot::Active(0)), 1, 1),
            "$copy_heap_words" => (Op::CopyHeapWords, 3, 0),
            "$copy_calldata_words" => (Op::CopyPointerWords(Slot::Calldata), 3, 0),
            "$copy_returndata_words" => (Op::CopyPointerWords(Slot::Returndata), 3, 0),
            "$copy_active_words" => (Op::CopyPointerWords(Slot::Active(0)), 3, 0),
            "$shrink_returndata" => (
                Op::PointerArith {
                    op: PointerOp::Shrink,
                    from: Slot::Returndata,
                    to: Slot::Returndata,
                },
                1,
                0,
            ),
            "$far_call" => (far_call(Normal, false, true), 2, 1),
            "$far_call_static" => (far_call(Normal, true, true), 2, 1),
            "$far_call_delegate" => (far_call(Delegate, false, true), 2, 1),
            "$far_call_system3" => (far_call(Normal, false, true), 5, 1),
            "$request" => (far_call(Normal, true, false), 2, 1),
            "$notify1" => (far_call(Normal, false, false), 3, 0),
            "$notify2" => (far_call(Normal, false, false), 4, 0),
            "$notify3" => (far_call(Normal, false, false), 5, 0),
            "$notify4" => (far_call(Normal, false, false), 6, 0),
            "$notify5" => (far_call(Normal, false, false), 7, 0),
            _ => return None,
        };
        Some(Self {
            op,
            arguments,
            results,
        })
    }
}

impl FunctionLowerer<'_, '_> {
    /// Lowers an intrinsic.
    pub(super) fn intrinsic(&mut self, intrinsic: Intrinsic, args: Vec<Value>) -> Vec<Value> {
        if let Op::SlotLoad(slot) = intrinsic.op {
            return vec![self.pointer_length(slot, 0)];
        }
        let inst = self
            .function
            .push_inst(self.block, intrinsic.op, args, intrinsic.results, 0);
        self.function.inst(inst).results.clone()
    }
}
