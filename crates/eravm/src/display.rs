use core::fmt::{self, Display, Formatter};

use crate::{
    instruction::{AluOp, CallKind, ContextOp, Instruction, Op, PtrOp, RetKind, Space, WideOp},
    operand::{Address, Condition, Dst, Reg, RegOrImm, Src},
};

/// Text of a bytecode's instructions, one per line as `index: instruction`. The constant pool cannot be told from
/// instructions, so give only the part before it to see no nonsense; a tail shorter than eight bytes is ignored.
pub fn disassemble(code: &[u8]) -> String {
    let line = |(index, chunk): (usize, &[u8; 8])| {
        format!(
            "{index:5}: {}\n",
            Instruction::decode(u64::from_be_bytes(*chunk))
        )
    };
    code.as_chunks::<8>()
        .0
        .iter()
        .enumerate()
        .map(line)
        .collect()
}

impl Display for Instruction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.mnemonic(f)?;
        if self.condition != Condition::Always {
            write!(f, ".{}", self.condition)?;
        }
        if self.sets_flags() {
            f.write_str("!")?;
        }
        self.operands(f)
    }
}

impl Instruction {
    fn sets_flags(&self) -> bool {
        matches!(
            self.op,
            Op::Alu {
                set_flags: true,
                ..
            } | Op::Wide {
                set_flags: true,
                ..
            }
        )
    }

    fn mnemonic(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(base_mnemonic(&self.op))?;
        f.write_str(match self.op {
            Op::Alu { swap: true, .. }
            | Op::Wide { swap: true, .. }
            | Op::Ptr { swap: true, .. } => ".s",
            Op::Load {
                increment: Some(_), ..
            }
            | Op::Store {
                increment: Some(_), ..
            }
            | Op::LoadPtr {
                increment: Some(_), ..
            } => ".inc",
            Op::Event { first: true, .. } | Op::ToL1 { first: true, .. } => ".first",
            Op::FarCall {
                is_static: true,
                shard: false,
                ..
            } => ".static",
            Op::FarCall {
                is_static: false,
                shard: true,
                ..
            } => ".shard",
            Op::FarCall {
                is_static: true,
                shard: true,
                ..
            } => ".static.shard",
            _ => "",
        })
    }

    fn operands(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.op {
            Op::Invalid | Op::IncrementTxNumber => Ok(()),
            Op::Nop { src, dst } => write!(f, " {src}, {dst}"),
            Op::Alu {
                src0, src1, dst, ..
            }
            | Op::Ptr {
                src0, src1, dst, ..
            } => {
                write!(f, " {src0}, {src1}, {dst}")
            }
            Op::Wide {
                src0,
                src1,
                dst0,
                dst1,
                ..
            } => write!(f, " {src0}, {src1}, {dst0}, {dst1}"),
            Op::Jump { target, link } => write!(f, " {target}, {link}"),
            Op::NearCall {
                ergs,
                target,
                handler,
            } => write!(f, " {ergs}, @{target}, @{handler}"),
            Op::FarCall {
                abi,
                address,
                handler,
                ..
            } => write!(f, " {abi}, {address}, @{handler}"),
            Op::Ret { data, label, .. } => write!(f, " {data}{}", Label(label)),
            Op::Panic { label } => write!(f, "{}", Label(label)),
            Op::Context { dst, .. } => write!(f, " {dst}"),
            Op::SetContextU128 { value } | Op::SetPubdataPrice { value } => write!(f, " {value}"),
            Op::Load {
                address,
                dst,
                increment,
                ..
            } => write!(f, " {address}, {dst}{}", Extra(increment)),
            Op::Store {
                address,
                value,
                increment,
                ..
            } => write!(f, " {address}, {value}{}", Extra(increment)),
            Op::LoadPtr {
                pointer,
                dst,
                increment,
            } => write!(f, " {pointer}, {dst}{}", Extra(increment)),
            Op::StorageLoad { key, dst } | Op::TransientLoad { key, dst } => {
                write!(f, " {key}, {dst}")
            }
            Op::StorageStore { key, value }
            | Op::TransientStore { key, value }
            | Op::Event { key, value, .. }
            | Op::ToL1 { key, value, .. } => write!(f, " {key}, {value}"),
            Op::Precompile {
                params: a,
                ergs,
                dst,
            }
            | Op::Decommit { hash: a, ergs, dst } => {
                write!(f, " {a}, {ergs}, {dst}")
            }
        }
    }
}

fn base_mnemonic(op: &Op) -> &'static str {
    match op {
        Op::Invalid => "invalid",
        Op::Nop { .. } => "nop",
        Op::Alu { op, .. } => alu_mnemonic(*op),
        Op::Wide {
            op: WideOp::Mul, ..
        } => "mul",
        Op::Wide {
            op: WideOp::Div, ..
        } => "div",
        Op::Ptr { op: PtrOp::Add, .. } => "ptr.add",
        Op::Ptr { op: PtrOp::Sub, .. } => "ptr.sub",
        Op::Ptr {
            op: PtrOp::Pack, ..
        } => "ptr.pack",
        Op::Ptr {
            op: PtrOp::Shrink, ..
        } => "ptr.shrink",
        Op::Jump { .. } => "jump",
        Op::NearCall { .. } => "near_call",
        Op::FarCall {
            kind: CallKind::Normal,
            ..
        } => "far_call",
        Op::FarCall {
            kind: CallKind::Delegate,
            ..
        } => "far_call.delegate",
        Op::FarCall {
            kind: CallKind::Mimic,
            ..
        } => "far_call.mimic",
        Op::Ret {
            kind: RetKind::Ok, ..
        } => "ret.ok",
        Op::Ret {
            kind: RetKind::Revert,
            ..
        } => "ret.revert",
        Op::Panic { .. } => "ret.panic",
        Op::Context { op, .. } => context_mnemonic(*op),
        Op::SetContextU128 { .. } => "context.set_u128",
        Op::SetPubdataPrice { .. } => "context.set_pubdata_price",
        Op::IncrementTxNumber => "context.increment_tx",
        Op::Load { space, .. } => load_mnemonic(*space),
        Op::Store { space, .. } => store_mnemonic(*space),
        Op::LoadPtr { .. } => "ld",
        Op::StorageLoad { .. } => "sload",
        Op::StorageStore { .. } => "sstore",
        Op::TransientLoad { .. } => "tload",
        Op::TransientStore { .. } => "tstore",
        Op::Event { .. } => "event",
        Op::ToL1 { .. } => "to_l1",
        Op::Precompile { .. } => "precompile",
        Op::Decommit { .. } => "decommit",
    }
}

fn alu_mnemonic(op: AluOp) -> &'static str {
    match op {
        AluOp::Add => "add",
        AluOp::Sub => "sub",
        AluOp::And => "and",
        AluOp::Or => "or",
        AluOp::Xor => "xor",
        AluOp::Shl => "shl",
        AluOp::Shr => "shr",
        AluOp::Rol => "rol",
        AluOp::Ror => "ror",
    }
}

fn context_mnemonic(op: ContextOp) -> &'static str {
    match op {
        ContextOp::This => "context.this",
        ContextOp::Caller => "context.caller",
        ContextOp::CodeAddress => "context.code_address",
        ContextOp::Meta => "context.meta",
        ContextOp::ErgsLeft => "context.ergs_left",
        ContextOp::Sp => "context.sp",
        ContextOp::ContextU128 => "context.u128",
    }
}

fn load_mnemonic(space: Space) -> &'static str {
    match space {
        Space::Heap => "ld.heap",
        Space::AuxHeap => "ld.aux",
        Space::Static => "ld.static",
    }
}

fn store_mnemonic(space: Space) -> &'static str {
    match space {
        Space::Heap => "st.heap",
        Space::AuxHeap => "st.aux",
        Space::Static => "st.static",
    }
}

/// An optional jump target behind the other operands.
struct Label(Option<u16>);

impl Display for Label {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |label| write!(f, " @{label}"))
    }
}

/// An optional further register.
struct Extra(Option<Reg>);

impl Display for Extra {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |reg| write!(f, ", {reg}"))
    }
}

impl Display for Reg {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.index())
    }
}

impl Display for Address {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.base.is_zero(), self.offset) {
            (true, offset) => write!(f, "{offset}"),
            (false, 0) => write!(f, "{}", self.base),
            (false, offset) => write!(f, "{}+{offset}", self.base),
        }
    }
}

impl Display for Src {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reg(reg) => write!(f, "{reg}"),
            Self::Imm(imm) => write!(f, "{imm}"),
            Self::StackRel(a) => write!(f, "stack-[{a}]"),
            Self::StackAbs(a) => write!(f, "stack=[{a}]"),
            Self::StackPop(a) => write!(f, "stack-=[{a}]"),
            Self::Code(a) => write!(f, "code[{a}]"),
        }
    }
}

impl Display for Dst {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reg(reg) => write!(f, "{reg}"),
            Self::StackRel(a) => write!(f, "stack-[{a}]"),
            Self::StackAbs(a) => write!(f, "stack=[{a}]"),
            Self::StackPush(a) => write!(f, "stack+=[{a}]"),
        }
    }
}

impl Display for RegOrImm {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reg(reg) => write!(f, "{reg}"),
            Self::Imm(imm) => write!(f, "{imm}"),
        }
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Always => "always",
            Self::Gt => "gt",
            Self::Lt => "lt",
            Self::Eq => "eq",
            Self::Ge => "ge",
            Self::Le => "le",
            Self::Ne => "ne",
            Self::GtLt => "gtlt",
        })
    }
}
