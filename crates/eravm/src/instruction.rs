use crate::operand::{Address, Condition, Dst, Reg, RegOrImm, Src};

/// Two operands in, one out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AluOp {
    /// Addition modulo 2^256; LT on carry.
    Add,
    /// Subtraction modulo 2^256; LT on borrow.
    Sub,
    /// Bitwise and; only EQ.
    And,
    /// Bitwise or; only EQ.
    Or,
    /// Bitwise exclusive or; only EQ.
    Xor,
    /// Shift left; the amount (second source) is taken modulo 256.
    Shl,
    /// Logical shift right; the amount is taken modulo 256.
    Shr,
    /// Rotation left.
    Rol,
    /// Rotation right.
    Ror,
}

impl AluOp {
    /// Whether the operation has the swap flag. Commutative operations do not need it.
    pub const fn is_swappable(self) -> bool {
        !matches!(self, Self::Add | Self::And | Self::Or | Self::Xor)
    }
}

/// Two operands in, two out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WideOp {
    /// Product: low word, high word; LT if the high word is not zero. Has no swap flag.
    Mul,
    /// Quotient, remainder; both zero for division by zero.
    Div,
}

/// Fat-pointer arithmetic; the first source must carry the pointer tag, and the destination gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PtrOp {
    /// Moves the offset up. With zero: the only way to copy a pointer.
    Add,
    /// Moves the offset down.
    Sub,
    /// Replaces the high 128 bits by those of the second source, whose low 128 bits must be zero.
    Pack,
    /// Shortens the slice at its end.
    Shrink,
}

/// Values readable through `context`, each into a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContextOp {
    /// Address whose storage the frame uses.
    This,
    /// Caller's address.
    Caller,
    /// Address whose code runs.
    CodeAddress,
    /// Packed frame data; bits 64 to 95 are the heap's size.
    Meta,
    /// Ergs left in the frame.
    ErgsLeft,
    /// Stack pointer.
    Sp,
    /// The 128-bit context value, by convention `msg.value`.
    ContextU128,
}

/// Kind of a far call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// Runs in the callee's storage.
    Normal,
    /// Runs the callee's code in the caller's storage.
    Delegate,
    /// Names the caller in r15; kernel only.
    Mimic,
}

/// Kind of a return that carries data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetKind {
    /// Success.
    Ok,
    /// Failure; rolls the frame's effects back.
    Revert,
}

/// Memory page of a load or store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    /// The frame's heap.
    Heap,
    /// The frame's second heap.
    AuxHeap,
    /// The static page; kernel only.
    Static,
}

/// An operation with its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// Opcode zero: burns all ergs and panics.
    Invalid,
    /// Does nothing but move the stack pointer, with a `StackPop` source or a `StackPush` destination.
    Nop {
        /// Source; its value is dropped.
        src: Src,
        /// Destination; nothing is written.
        dst: Dst,
    },
    /// One-result arithmetic: `dst = src0 op src1`.
    Alu {
        /// The operation.
        op: AluOp,
        /// First operand.
        src0: Src,
        /// Second operand.
        src1: Reg,
        /// Result.
        dst: Dst,
        /// Whether the flags are updated.
        set_flags: bool,
        /// Whether the operands are exchanged: `dst = src1 op src0`.
        swap: bool,
    },
    /// Two-result arithmetic: `(dst0, dst1) = src0 op src1`.
    Wide {
        /// The operation.
        op: WideOp,
        /// First operand.
        src0: Src,
        /// Second operand.
        src1: Reg,
        /// Low word or quotient.
        dst0: Dst,
        /// High word or remainder.
        dst1: Reg,
        /// Whether the flags are updated.
        set_flags: bool,
        /// Whether the operands are exchanged.
        swap: bool,
    },
    /// Pointer arithmetic.
    Ptr {
        /// The operation.
        op: PtrOp,
        /// The pointer.
        src0: Src,
        /// The amount or packed word.
        src1: Reg,
        /// Result.
        dst: Dst,
        /// Whether the operands are exchanged.
        swap: bool,
    },
    /// Jump; `link` receives the address of the following instruction.
    Jump {
        /// Instruction index in the low 16 bits.
        target: Src,
        /// Link register, `r0` for none.
        link: Reg,
    },
    /// Call within the contract.
    NearCall {
        /// Ergs to pass; zero for all.
        ergs: Reg,
        /// Instruction index of the callee.
        target: u16,
        /// Instruction index to continue at when the callee fails.
        handler: u16,
    },
    /// Call of another contract.
    FarCall {
        /// Kind.
        kind: CallKind,
        /// Packed parameters or tagged pointer.
        abi: Reg,
        /// Callee's address.
        address: Reg,
        /// Instruction index to continue at when the callee fails.
        handler: u16,
        /// Whether state changes are forbidden from here on.
        is_static: bool,
        /// Whether the shard named in the parameters is called.
        shard: bool,
    },
    /// Return from the current frame with data.
    Ret {
        /// Success or failure.
        kind: RetKind,
        /// Packed slice or tagged pointer.
        data: Reg,
        /// Instruction index to continue at; only in near calls.
        label: Option<u16>,
    },
    /// Failure without data.
    Panic {
        /// Instruction index to continue at; only in near calls.
        label: Option<u16>,
    },
    /// Reads a context value.
    Context {
        /// Which value.
        op: ContextOp,
        /// Result.
        dst: Reg,
    },
    /// Sets the 128-bit context value of the next far call; kernel only.
    SetContextU128 {
        /// New value.
        value: Reg,
    },
    /// Sets the price of a byte of pubdata; kernel only.
    SetPubdataPrice {
        /// Ergs per byte.
        value: Reg,
    },
    /// Starts the next transaction; kernel only.
    IncrementTxNumber,
    /// Loads 32 bytes, big-endian.
    Load {
        /// Page.
        space: Space,
        /// Byte address.
        address: RegOrImm,
        /// Result.
        dst: Reg,
        /// Receives the address plus 32.
        increment: Option<Reg>,
    },
    /// Stores 32 bytes, big-endian.
    Store {
        /// Page.
        space: Space,
        /// Byte address.
        address: RegOrImm,
        /// Stored word.
        value: Reg,
        /// Receives the address plus 32.
        increment: Option<Reg>,
    },
    /// Loads 32 bytes through a tagged pointer; bytes behind its end read zero.
    LoadPtr {
        /// Tagged pointer.
        pointer: Reg,
        /// Result.
        dst: Reg,
        /// Receives the pointer advanced by 32.
        increment: Option<Reg>,
    },
    /// Reads storage.
    StorageLoad {
        /// Slot.
        key: Reg,
        /// Result.
        dst: Reg,
    },
    /// Writes storage.
    StorageStore {
        /// Slot.
        key: Reg,
        /// Stored word.
        value: Reg,
    },
    /// Reads transient storage.
    TransientLoad {
        /// Slot.
        key: Reg,
        /// Result.
        dst: Reg,
    },
    /// Writes transient storage.
    TransientStore {
        /// Slot.
        key: Reg,
        /// Stored word.
        value: Reg,
    },
    /// Emits part of an event; kernel only.
    Event {
        /// First word.
        key: Reg,
        /// Second word.
        value: Reg,
        /// Whether this opens the event.
        first: bool,
    },
    /// Sends a message to L1; kernel only.
    ToL1 {
        /// First word.
        key: Reg,
        /// Second word.
        value: Reg,
        /// Whether this opens the message.
        first: bool,
    },
    /// Calls the circuit of the current address; kernel only.
    Precompile {
        /// Packed parameters.
        params: Reg,
        /// Ergs to burn in addition.
        ergs: Reg,
        /// Success flag.
        dst: Reg,
    },
    /// Loads the code of a hash as a pointer; kernel only.
    Decommit {
        /// Versioned hash.
        hash: Reg,
        /// Ergs to burn in addition.
        ergs: Reg,
        /// Tagged pointer.
        dst: Reg,
    },
}

impl Op {
    /// A one-result operation that leaves the flags alone.
    pub fn alu(op: AluOp, src0: impl Into<Src>, src1: Reg, dst: impl Into<Dst>) -> Self {
        Self::Alu {
            op,
            src0: src0.into(),
            src1,
            dst: dst.into(),
            set_flags: false,
            swap: false,
        }
    }

    /// `sub!` of two operands into nowhere: sets LT, EQ or GT as `src0` compares to `src1`.
    pub fn compare(src0: impl Into<Src>, src1: Reg) -> Self {
        Self::Alu {
            op: AluOp::Sub,
            src0: src0.into(),
            src1,
            dst: Dst::Reg(Reg::R0),
            set_flags: true,
            swap: false,
        }
    }

    /// Copies an integer; a pointer tag is lost.
    pub fn copy(src: impl Into<Src>, dst: impl Into<Dst>) -> Self {
        Self::alu(AluOp::Add, src, Reg::R0, dst)
    }

    /// Copies a pointer with its tag; panics at run time on an untagged value.
    pub fn copy_pointer(src: impl Into<Src>, dst: impl Into<Dst>) -> Self {
        Self::Ptr {
            op: PtrOp::Add,
            src0: src.into(),
            src1: Reg::R0,
            dst: dst.into(),
            swap: false,
        }
    }

    /// Jump that forgets where it came from.
    pub fn jump(target: impl Into<Src>) -> Self {
        Self::Jump {
            target: target.into(),
            link: Reg::R0,
        }
    }

    /// Raises the stack pointer by `words`.
    pub const fn reserve_stack(words: u16) -> Self {
        Self::Nop {
            src: Src::Reg(Reg::R0),
            dst: Dst::StackPush(Address::at(words)),
        }
    }

    /// Lowers the stack pointer by `words`.
    pub const fn release_stack(words: u16) -> Self {
        Self::Nop {
            src: Src::StackPop(Address::at(words)),
            dst: Dst::Reg(Reg::R0),
        }
    }

    /// The operation under a condition.
    pub const fn when(self, condition: Condition) -> Instruction {
        Instruction {
            condition,
            op: self,
        }
    }
}

/// An operation under a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// When the operation takes effect.
    pub condition: Condition,
    /// The operation.
    pub op: Op,
}

impl From<Op> for Instruction {
    fn from(op: Op) -> Self {
        op.when(Condition::Always)
    }
}
