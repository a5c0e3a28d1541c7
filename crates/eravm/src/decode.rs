use zkevm_opcode_defs::{
    BinopOpcode, Condition as RawCondition, ContextOpcode, FAR_CALL_SHARD_FLAG_IDX,
    FAR_CALL_STATIC_FLAG_IDX, FIRST_MESSAGE_FLAG_IDX, FarCallOpcode, ImmMemHandlerFlags, LogOpcode,
    Opcode, Operand, PtrOpcode, RET_TO_LABEL_BIT_IDX, RegOrImmFlags, RetOpcode, SET_FLAGS_FLAG_IDX,
    SWAP_OPERANDS_FLAG_IDX_FOR_ARITH_OPCODES, SWAP_OPERANDS_FLAG_IDX_FOR_PTR_OPCODE, ShiftOpcode,
    UMA_INCREMENT_FLAG_IDX, UMAOpcode,
    decoding::{EncodingModeProduction, VmEncodingMode},
};

use crate::{
    encode::Raw,
    instruction::{AluOp, CallKind, ContextOp, Instruction, Op, PtrOp, RetKind, Space, WideOp},
    operand::{Address, Condition, Dst, Reg, RegOrImm, Src},
};

impl Instruction {
    /// The instruction the machine sees in 64 bits. Total, as the machine is: unassigned opcodes are [`Op::Invalid`], and
    /// fields an operation does not use are ignored.
    pub fn decode(word: u64) -> Self {
        let (raw, _) = EncodingModeProduction::parse_preliminary_variant_and_absolute_number(word);
        Self {
            condition: condition(raw.condition),
            op: Fields(raw).op(),
        }
    }
}

struct Fields(Raw);

impl Fields {
    fn op(&self) -> Op {
        match self.0.variant.opcode {
            Opcode::Invalid(_) => Op::Invalid,
            Opcode::Nop(_) => Op::Nop {
                src: self.src(),
                dst: self.dst(),
            },
            Opcode::Add(_) => self.alu(AluOp::Add),
            Opcode::Sub(_) => self.alu(AluOp::Sub),
            Opcode::Binop(BinopOpcode::And) => self.alu(AluOp::And),
            Opcode::Binop(BinopOpcode::Or) => self.alu(AluOp::Or),
            Opcode::Binop(BinopOpcode::Xor) => self.alu(AluOp::Xor),
            Opcode::Shift(ShiftOpcode::Shl) => self.alu(AluOp::Shl),
            Opcode::Shift(ShiftOpcode::Shr) => self.alu(AluOp::Shr),
            Opcode::Shift(ShiftOpcode::Rol) => self.alu(AluOp::Rol),
            Opcode::Shift(ShiftOpcode::Ror) => self.alu(AluOp::Ror),
            Opcode::Mul(_) => self.wide(WideOp::Mul),
            Opcode::Div(_) => self.wide(WideOp::Div),
            Opcode::Ptr(op) => self.ptr(op),
            Opcode::Jump(_) => Op::Jump {
                target: self.src(),
                link: self.dst0(),
            },
            Opcode::NearCall(_) => Op::NearCall {
                ergs: self.src0(),
                target: self.0.imm_0,
                handler: self.0.imm_1,
            },
            Opcode::FarCall(kind) => self.far_call(kind),
            Opcode::Ret(kind) => self.ret(kind),
            Opcode::Context(op) => self.context(op),
            Opcode::UMA(op) => self.memory(op),
            Opcode::Log(op) => self.log(op),
        }
    }

    fn alu(&self, op: AluOp) -> Op {
        Op::Alu {
            op,
            src0: self.src(),
            src1: self.src1(),
            dst: self.dst(),
            set_flags: self.flag(SET_FLAGS_FLAG_IDX),
            swap: self.flag(SWAP_OPERANDS_FLAG_IDX_FOR_ARITH_OPCODES),
        }
    }

    fn wide(&self, op: WideOp) -> Op {
        Op::Wide {
            op,
            src0: self.src(),
            src1: self.src1(),
            dst0: self.dst(),
            dst1: self.dst1(),
            set_flags: self.flag(SET_FLAGS_FLAG_IDX),
            swap: self.flag(SWAP_OPERANDS_FLAG_IDX_FOR_ARITH_OPCODES),
        }
    }

    fn ptr(&self, op: PtrOpcode) -> Op {
        let op = match op {
            PtrOpcode::Add => PtrOp::Add,
            PtrOpcode::Sub => PtrOp::Sub,
            PtrOpcode::Pack => PtrOp::Pack,
            PtrOpcode::Shrink => PtrOp::Shrink,
        };
        let swap = self.flag(SWAP_OPERANDS_FLAG_IDX_FOR_PTR_OPCODE);
        Op::Ptr {
            op,
            src0: self.src(),
            src1: self.src1(),
            dst: self.dst(),
            swap,
        }
    }

    fn far_call(&self, kind: FarCallOpcode) -> Op {
        Op::FarCall {
            kind: match kind {
                FarCallOpcode::Normal => CallKind::Normal,
                FarCallOpcode::Delegate => CallKind::Delegate,
                FarCallOpcode::Mimic => CallKind::Mimic,
            },
            abi: self.src0(),
            address: self.src1(),
            handler: self.0.imm_0,
            is_static: self.flag(FAR_CALL_STATIC_FLAG_IDX),
            shard: self.flag(FAR_CALL_SHARD_FLAG_IDX),
        }
    }

    fn ret(&self, kind: RetOpcode) -> Op {
        let label = self.flag(RET_TO_LABEL_BIT_IDX).then_some(self.0.imm_0);
        match kind {
            RetOpcode::Ok => Op::Ret {
                kind: RetKind::Ok,
                data: self.src0(),
                label,
            },
            RetOpcode::Revert => Op::Ret {
                kind: RetKind::Revert,
                data: self.src0(),
                label,
            },
            RetOpcode::Panic => Op::Panic { label },
        }
    }

    fn context(&self, op: ContextOpcode) -> Op {
        let read = |op| Op::Context {
            op,
            dst: self.dst0(),
        };
        match op {
            ContextOpcode::This => read(ContextOp::This),
            ContextOpcode::Caller => read(ContextOp::Caller),
            ContextOpcode::CodeAddress => read(ContextOp::CodeAddress),
            ContextOpcode::Meta => read(ContextOp::Meta),
            ContextOpcode::ErgsLeft => read(ContextOp::ErgsLeft),
            ContextOpcode::Sp => read(ContextOp::Sp),
            ContextOpcode::GetContextU128 => read(ContextOp::ContextU128),
            ContextOpcode::SetContextU128 => Op::SetContextU128 { value: self.src0() },
            ContextOpcode::AuxMutating0 => Op::SetPubdataPrice { value: self.src0() },
            ContextOpcode::IncrementTxNumber => Op::IncrementTxNumber,
        }
    }

    fn memory(&self, op: UMAOpcode) -> Op {
        match op {
            UMAOpcode::HeapRead => self.load(Space::Heap),
            UMAOpcode::AuxHeapRead => self.load(Space::AuxHeap),
            UMAOpcode::StaticMemoryRead => self.load(Space::Static),
            UMAOpcode::HeapWrite => self.store(Space::Heap),
            UMAOpcode::AuxHeapWrite => self.store(Space::AuxHeap),
            UMAOpcode::StaticMemoryWrite => self.store(Space::Static),
            UMAOpcode::FatPointerRead => Op::LoadPtr {
                pointer: self.src0(),
                dst: self.dst0(),
                increment: self.increment(self.dst1()),
            },
        }
    }

    fn load(&self, space: Space) -> Op {
        let increment = self.increment(self.dst1());
        Op::Load {
            space,
            address: self.heap_address(),
            dst: self.dst0(),
            increment,
        }
    }

    fn store(&self, space: Space) -> Op {
        let increment = self.increment(self.dst0());
        Op::Store {
            space,
            address: self.heap_address(),
            value: self.src1(),
            increment,
        }
    }

    fn log(&self, op: LogOpcode) -> Op {
        let (key, value, dst) = (self.src0(), self.src1(), self.dst0());
        let first = self.flag(FIRST_MESSAGE_FLAG_IDX);
        match op {
            LogOpcode::StorageRead => Op::StorageLoad { key, dst },
            LogOpcode::StorageWrite => Op::StorageStore { key, value },
            LogOpcode::TransientStorageRead => Op::TransientLoad { key, dst },
            LogOpcode::TransientStorageWrite => Op::TransientStore { key, value },
            LogOpcode::ToL1Message => Op::ToL1 { key, value, first },
            LogOpcode::Event => Op::Event { key, value, first },
            LogOpcode::PrecompileCall => Op::Precompile {
                params: key,
                ergs: value,
                dst,
            },
            LogOpcode::Decommit => Op::Decommit {
                hash: key,
                ergs: value,
                dst,
            },
        }
    }

    fn src(&self) -> Src {
        let address = Address::new(self.src0(), self.0.imm_0);
        match self.0.variant.src0_operand_type {
            Operand::Full(ImmMemHandlerFlags::UseImm16Only) => Src::Imm(self.0.imm_0),
            Operand::Full(ImmMemHandlerFlags::UseStackWithOffset) => Src::StackRel(address),
            Operand::Full(ImmMemHandlerFlags::UseAbsoluteOnStack) => Src::StackAbs(address),
            Operand::Full(ImmMemHandlerFlags::UseStackWithPushPop) => Src::StackPop(address),
            Operand::Full(ImmMemHandlerFlags::UseCodePage) => Src::Code(address),
            _ => Src::Reg(self.src0()),
        }
    }

    fn dst(&self) -> Dst {
        let address = Address::new(self.dst0(), self.0.imm_1);
        match self.0.variant.dst0_operand_type {
            Operand::Full(ImmMemHandlerFlags::UseStackWithOffset) => Dst::StackRel(address),
            Operand::Full(ImmMemHandlerFlags::UseAbsoluteOnStack) => Dst::StackAbs(address),
            Operand::Full(ImmMemHandlerFlags::UseStackWithPushPop) => Dst::StackPush(address),
            _ => Dst::Reg(self.dst0()),
        }
    }

    fn heap_address(&self) -> RegOrImm {
        match self.0.variant.src0_operand_type {
            Operand::RegOrImm(RegOrImmFlags::UseImm16Only) => RegOrImm::Imm(self.0.imm_0),
            _ => RegOrImm::Reg(self.src0()),
        }
    }

    fn increment(&self, reg: Reg) -> Option<Reg> {
        self.flag(UMA_INCREMENT_FLAG_IDX).then_some(reg)
    }

    fn flag(&self, index: usize) -> bool {
        self.0.variant.flags[index]
    }

    fn src0(&self) -> Reg {
        Reg::from_low_bits(self.0.src0_reg_idx)
    }

    fn src1(&self) -> Reg {
        Reg::from_low_bits(self.0.src1_reg_idx)
    }

    fn dst0(&self) -> Reg {
        Reg::from_low_bits(self.0.dst0_reg_idx)
    }

    fn dst1(&self) -> Reg {
        Reg::from_low_bits(self.0.dst1_reg_idx)
    }
}

fn condition(raw: RawCondition) -> Condition {
    match raw {
        RawCondition::Always => Condition::Always,
        RawCondition::Gt => Condition::Gt,
        RawCondition::Lt => Condition::Lt,
        RawCondition::Eq => Condition::Eq,
        RawCondition::Ge => Condition::Ge,
        RawCondition::Le => Condition::Le,
        RawCondition::Ne => Condition::Ne,
        RawCondition::GtOrLt => Condition::GtLt,
    }
}
