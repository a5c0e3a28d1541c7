//! Call simulations: `call`, `staticcall` or `delegatecall` of a constant address at the top of the 16-bit range stands
//! for an EraVM operation Solidity cannot name. `@matterlabs/zksync-contracts` is written with them. They are recognised
//! only on request, and only when the address is known after folding.

use crate::builtin::Builtin;
use crate::ir::{
    Binary, CallKind, Context, ExitKind, FarCall, Function, Op, PointerOp, Slot, Terminator, Value,
};
use alloy_primitives::U256;

/// The active pointer that all simulations work on, and where decommitted code is kept.
const ACTIVE: Slot = Slot::Active(0);
const DECOMMITTED: Slot = Slot::Active(u8::MAX);
/// Additional system-call words received in registers.
const EXTRA_WORDS: u64 = 10;
/// Address of the simulation that reads one of them.
const EXTRA_WORD: u16 = 0xFFE5;

/// What a simulated call does.
pub(super) enum Simulation {
    /// An operation whose first result is the call's.
    Result(Op, Vec<Value>),
    /// An operation that yields nothing; the call returns 1.
    Effect(Op, Vec<Value>),
    /// A far call whose output is copied to the given place.
    Output(Op, Vec<Value>, [Value; 2]),
    /// Length of the active pointer's data.
    ActiveLength,
    /// Copy from the active pointer: destination, offset, length.
    CopyActive(Vec<Value>),
    /// Ends the contract with the active pointer's data.
    Forward(ExitKind),
    /// Known, but not available; says why.
    Unsupported(&'static str),
}

/// A terminator that hands the active pointer on.
pub(super) fn forward(kind: ExitKind) -> Terminator {
    Terminator::Forward(kind, ACTIVE)
}

/// The operation that makes the active pointer forwardable: forwarding mode 1.
pub(super) fn forwarding_mode(function: &mut Function) -> (Op, Vec<Value>) {
    let mode = function.word(U256::from(1) << 224);
    (
        Op::PointerArith {
            op: PointerOp::Pack,
            from: ACTIVE,
            to: ACTIVE,
        },
        vec![mode],
    )
}

/// The active pointer's slot.
pub(super) const fn active() -> Slot {
    ACTIVE
}

/// Whether the function asks for an additional word by a number that is not known: one of its callers may tell it.
pub(super) fn wants_constants(function: &Function) -> bool {
    function.placed().any(|inst| {
        let word = |at: usize| function.as_word(inst.args[at]);
        inst.op == Op::Builtin(Builtin::StaticCall)
            && word(1) == Some(U256::from(EXTRA_WORD))
            && word(0).is_none()
    })
}

/// The simulation behind a call, if its address is one.
pub(super) fn recognise(
    function: &mut Function,
    builtin: Builtin,
    args: &[Value],
) -> Option<Simulation> {
    let address = u16::try_from(function.as_word(args[1])?)
        .ok()
        .filter(|&address| address >= 0xFFD9)?;
    Some(match builtin {
        Builtin::Call => calling(function, address, args),
        _ => inspecting(function, address, args, builtin == Builtin::DelegateCall),
    })
}

fn far_call(kind: CallKind, is_static: bool, by_pointer: bool) -> Op {
    Op::FarCall(FarCall {
        kind,
        is_static,
        by_pointer: by_pointer.then_some(ACTIVE),
        keep: true,
        must_succeed: false,
    })
}

/// Arguments of `call`: a0, address, a2, a3, a4, a5, a6.
fn calling(function: &mut Function, address: u16, args: &[Value]) -> Simulation {
    use Simulation::{Effect, Output, Result};
    let [a0, _, a2, a3, a4, a5, a6] = *args else {
        return UNKNOWN;
    };
    let mimic = |by_pointer| far_call(CallKind::Mimic, false, by_pointer);
    let normal = |by_pointer| far_call(CallKind::Normal, false, by_pointer);
    match address {
        0xFFFF => match function.as_word(a0) {
            Some(first) => Effect(
                Op::ToL1 {
                    first: !first.is_zero(),
                },
                vec![a2, a3],
            ),
            None => Simulation::Unsupported("its first argument must be known at compile time"),
        },
        0xFFFB => Result(mimic(false), vec![a3, a0, a4]),
        0xFFFA => Result(mimic(false), vec![a3, a0, a4, a5, a6]),
        0xFFF9 => Result(mimic(true), vec![a3, a0, a4]),
        0xFFF8 => Result(mimic(true), vec![a3, a0, a4, a5, a6]),
        0xFFF7 => Output(normal(false), vec![a4, a0], [a5, a6]),
        0xFFF6 => Output(normal(true), vec![a4, a0], [a5, a6]),
        0xFFF5 => Result(normal(false), vec![a4, a0, a2, a3, a5, a6]),
        0xFFF4 => Result(normal(true), vec![a4, a0, a2, a3, a5, a6]),
        0xFFF3 => Effect(Op::SetValue, vec![a2]),
        0xFFF2 => Effect(Op::SetPubdataPrice, vec![a0]),
        0xFFF1 => Effect(Op::IncrementTx, vec![]),
        0xFFED => Effect(Op::Event { first: true }, vec![a0, a2]),
        0xFFEC => Effect(Op::Event { first: false }, vec![a0, a2]),
        _ => UNKNOWN,
    }
}

const UNKNOWN: Simulation =
    Simulation::Unsupported("no operation has this address in this kind of call");
const CONSTANT_ARRAYS: Simulation = Simulation::Unsupported("constant arrays are not available");

/// Arguments of `staticcall` and `delegatecall`: a0, address, a2, a3, a4, a5.
fn inspecting(function: &mut Function, address: u16, args: &[Value], delegate: bool) -> Simulation {
    use Simulation::{Effect, Output, Result};
    let [a0, _, a2, a3, a4, a5] = *args else {
        return UNKNOWN;
    };
    let kind = if delegate {
        CallKind::Delegate
    } else {
        CallKind::Normal
    };
    match address {
        0xFFF7 => Output(far_call(kind, !delegate, false), vec![a3, a0], [a4, a5]),
        0xFFF6 => Output(far_call(kind, !delegate, true), vec![a3, a0], [a4, a5]),
        _ if delegate => UNKNOWN,
        0xFFFE => Result(Op::Context(Context::CodeAddress), vec![]),
        0xFFFD => Result(Op::Precompile, vec![a0, a2]),
        0xFFFC => Result(Op::Context(Context::Meta), vec![]),
        0xFFF0 => Result(Op::SlotLoad(Slot::Calldata), vec![]),
        0xFFEF => Result(Op::SlotLoad(Slot::CallFlags), vec![]),
        0xFFEE => Result(Op::SlotLoad(Slot::Returndata), vec![]),
        0xFFEB => Effect(
            Op::PointerMove {
                from: Slot::Calldata,
                to: ACTIVE,
            },
            vec![],
        ),
        0xFFEA => Effect(
            Op::PointerMove {
                from: Slot::Returndata,
                to: ACTIVE,
            },
            vec![],
        ),
        0xFFDC => Effect(
            Op::PointerMove {
                from: DECOMMITTED,
                to: ACTIVE,
            },
            vec![],
        ),
        0xFFDD => Effect(Op::Decommit(DECOMMITTED), vec![a0, a2]),
        0xFFE9 => Effect(pointer(PointerOp::Add), vec![a0]),
        0xFFE8 => Effect(pointer(PointerOp::Shrink), vec![a0]),
        0xFFE7 => Effect(pointer(PointerOp::Pack), vec![a0]),
        0xFFE6 => Result(Op::Binary(Binary::MulHigh), vec![a0, a2]),
        EXTRA_WORD => extra_word(function, a0),
        0xFFE4 => Result(Op::PointerLoad(ACTIVE), vec![a0]),
        0xFFE3 => Simulation::CopyActive(vec![a0, a2, a4]),
        0xFFE2 => Simulation::ActiveLength,
        0xFFDE..=0xFFE1 => CONSTANT_ARRAYS,
        0xFFDB => Simulation::Forward(ExitKind::Return),
        0xFFDA => Simulation::Forward(ExitKind::Revert),
        0xFFD9 => swap(function, a0, a2),
        _ => UNKNOWN,
    }
}

fn pointer(op: PointerOp) -> Op {
    Op::PointerArith {
        op,
        from: ACTIVE,
        to: ACTIVE,
    }
}

fn small(function: &Function, value: Value, limit: u64) -> Option<u8> {
    let word = function.as_word(value)?;
    (word < U256::from(limit)).then(|| word.byte(0))
}

fn extra_word(function: &Function, index: Value) -> Simulation {
    match small(function, index, EXTRA_WORDS) {
        Some(number) => Simulation::Result(Op::SlotLoad(Slot::Extra(number)), vec![]),
        None => Simulation::Unsupported("the number of the word must be a constant from 0 to 9"),
    }
}

fn swap(function: &Function, a: Value, b: Value) -> Simulation {
    let limit = u64::from(u8::MAX);
    match (small(function, a, limit), small(function, b, limit)) {
        (Some(a), Some(b)) => {
            Simulation::Effect(Op::PointerSwap(Slot::Active(a), Slot::Active(b)), vec![])
        }
        _ => Simulation::Unsupported("the numbers of the pointers must be known at compile time"),
    }
}
