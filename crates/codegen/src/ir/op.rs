//! Operations and what they depend on.

use super::FuncId;
use crate::builtin::Builtin;
use alloy_primitives::U256;

/// A value known before the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Constant {
    /// A plain word.
    Word(U256),
    /// The address of a library that was not supplied; patched into the constant pool by the linker.
    Library(u32),
}

/// Two operands, one result. Shift amounts count modulo 256, division by zero gives zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Binary {
    Add,
    Sub,
    Mul,
    /// High word of the 512-bit product.
    MulHigh,
    Div,
    Mod,
    And,
    Or,
    Xor,
    /// First operand shifted left by the second, modulo 256.
    Shl,
    /// First operand shifted right by the second, modulo 256.
    Shr,
}

impl Binary {
    /// Whether the operands may be exchanged.
    pub(crate) fn commutes(self) -> bool {
        matches!(
            self,
            Self::Add | Self::Mul | Self::MulHigh | Self::And | Self::Or | Self::Xor
        )
    }

    /// Whether an instruction of the machine with a single result does it.
    pub(crate) fn is_predicable(self) -> bool {
        !matches!(self, Self::Mul | Self::MulHigh | Self::Div | Self::Mod)
    }
}

/// Unsigned comparison of two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Cond {
    Eq,
    Ne,
    Lt,
    Ge,
    Gt,
    Le,
}

impl Cond {
    /// The condition that holds exactly when this one does not.
    pub(crate) fn negate(self) -> Self {
        match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Ge,
            Self::Ge => Self::Lt,
            Self::Gt => Self::Le,
            Self::Le => Self::Gt,
        }
    }

    /// Whether this condition cannot hold without the other.
    pub(crate) fn implies(self, other: Self) -> bool {
        let weaker = match self {
            Self::Eq => [Self::Eq, Self::Le, Self::Ge],
            Self::Lt => [Self::Lt, Self::Le, Self::Ne],
            Self::Gt => [Self::Gt, Self::Ge, Self::Ne],
            Self::Ne | Self::Ge | Self::Le => [self; 3],
        };
        weaker.contains(&other)
    }

    /// The condition equivalent to this one with the operands exchanged.
    pub(crate) fn swap(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Gt => Self::Lt,
            Self::Le => Self::Ge,
            Self::Ge => Self::Le,
            other => other,
        }
    }
}

/// A byte-addressed memory of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Space {
    /// Yul's memory.
    Heap,
    /// The auxiliary heap: bytes 0..256 are request scratch, immutables follow.
    Aux,
}

/// A word at a fixed stack address, shared by all functions of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Slot {
    /// The calldata pointer received at entry.
    Calldata,
    /// The pointer to what the last external call returned.
    Returndata,
    /// An active pointer of the call simulations.
    Active(u8),
    /// The call flags received at entry.
    CallFlags,
    /// The additional system-call words received at entry.
    Extra(u8),
    /// An immutable's value once it has been read.
    Immutable(u32),
    /// Whether the immutable has been read.
    HasImmutable(u32),
    /// An argument or result that found no register.
    Argument(u16),
}

/// Something the machine tells about the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Context {
    This,
    Caller,
    CodeAddress,
    Meta,
    Gas,
    Value,
}

/// How a far call treats the callee's identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum CallKind {
    Normal,
    Delegate,
    Mimic,
}

/// An external call. Operands: ABI word, callee, (mimic: the faked caller), then the words for r3 and up.
/// Results: success unless it is certain, and without `keep` the first word of the returned data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FarCall {
    /// Identity rule.
    pub(crate) kind: CallKind,
    /// Whether state changes are forbidden below.
    pub(crate) is_static: bool,
    /// The ABI word is the tagged pointer of this slot instead of the first operand.
    pub(crate) by_pointer: Option<Slot>,
    /// Whether the returned pointer replaces [`Slot::Returndata`]; otherwise the first word is read.
    pub(crate) keep: bool,
    /// Whether the contract reverts without data if the call fails.
    pub(crate) must_succeed: bool,
}

/// Arithmetic on fat pointers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PointerOp {
    Add,
    Shrink,
    Pack,
}

/// How a contract ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ExitKind {
    Return,
    Revert,
}

/// What an instruction computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Op {
    /// A constant that must sit in a register or frame word; made by instruction selection only.
    Copy,
    /// Arithmetic.
    Binary(Binary),
    /// 1 if the condition holds between the operands, else 0.
    Compare(Cond),
    /// Operands x, y, a, b: a if the condition holds between x and y, else b.
    Select(Cond),
    /// Operands x, y, a, b, c: `a op b` if the condition holds between x and y, else c. Made by `predicate-arithmetic` only, and
    /// of operations with [`Binary::is_predicable`].
    BinaryIf(Binary, Cond),
    /// Word at a byte address.
    Load(Space),
    /// Stores the second operand at the first.
    Store(Space),
    /// Word of the pointed-to data at an offset below 2^32 - 32; beyond its end zero.
    PointerLoad(Slot),
    /// Word of the calldata at any offset.
    CalldataWord,
    /// The slot as an integer.
    SlotLoad(Slot),
    /// Sets the slot to an integer.
    SlotStore(Slot),
    /// `to = from op operand`.
    PointerArith { op: PointerOp, from: Slot, to: Slot },
    /// `to = from`.
    PointerMove { from: Slot, to: Slot },
    /// Exchanges two slots.
    PointerSwap(Slot, Slot),
    /// Copies whole words from pointed-to data: operands destination, source offset, end of destination (exclusive,
    /// a whole number of words and at least one behind the destination).
    CopyPointerWords(Slot),
    /// The same with the heap as source.
    CopyHeapWords,
    /// Burns all gas if the operand exceeds 2^32-1, which no ABI field can hold.
    Guard,
    /// Frame information.
    Context(Context),
    /// Persistent storage.
    StorageLoad,
    /// Key, value.
    StorageStore,
    /// Transient storage.
    TransientLoad,
    /// Key, value.
    TransientStore,
    /// Kernel: event record (first flag, two words).
    Event { first: bool },
    /// Kernel: message to L1.
    ToL1 { first: bool },
    /// Kernel: precompile circuit (parameters, extra ergs), result success.
    Precompile,
    /// Kernel: decommit code (hash, ergs) into an active pointer.
    Decommit(Slot),
    /// Kernel: sets the context value.
    SetValue,
    /// Kernel: sets the price of published data.
    SetPubdataPrice,
    /// Kernel: next transaction.
    IncrementTx,
    /// External call.
    FarCall(FarCall),
    /// Yul function call.
    Call(FuncId),
    /// Yul built-in that a later phase expands.
    Builtin(Builtin),
    /// Value of the numbered immutable.
    LoadImmutable(u32),
    /// Sets the numbered immutable.
    SetImmutable(u32),
}

/// What may be assumed about an operation when it moves, repeats or goes unused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Depends on its operands (and things fixed for the whole frame) only.
    Pure,
    /// Reads state; may be dropped but not merged without knowledge of writes.
    Reads,
    /// Must stay where it is.
    Writes,
}

impl Op {
    /// The effect class; calls of functions are always [`Effect::Writes`].
    pub(crate) fn effect(self) -> Effect {
        match self {
            Self::Copy
            | Self::Binary(_)
            | Self::Compare(_)
            | Self::Select(_)
            | Self::BinaryIf(..)
            | Self::LoadImmutable(_) => Effect::Pure,
            Self::CalldataWord
            | Self::PointerLoad(Slot::Calldata)
            | Self::SlotLoad(Slot::Calldata | Slot::CallFlags | Slot::Extra(_)) => Effect::Pure,
            Self::Context(
                Context::This | Context::Caller | Context::CodeAddress | Context::Value,
            ) => Effect::Pure,
            Self::Context(_) | Self::Load(_) | Self::PointerLoad(_) | Self::SlotLoad(_) => {
                Effect::Reads
            }
            Self::StorageLoad | Self::TransientLoad => Effect::Reads,
            Self::Builtin(builtin) => builtin.effect(),
            _ => Effect::Writes,
        }
    }
}
