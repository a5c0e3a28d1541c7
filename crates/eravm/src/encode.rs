use zkevm_opcode_defs::{
    AddOpcode, BinopOpcode, Condition as RawCondition, ContextOpcode, DecodedOpcode, DivOpcode,
    FAR_CALL_SHARD_FLAG_IDX, FAR_CALL_STATIC_FLAG_IDX, FIRST_MESSAGE_FLAG_IDX, FarCallOpcode,
    INVALID_OPCODE_VARIANT, ImmMemHandlerFlags, JumpOpcode, LogOpcode, MulOpcode, NearCallOpcode,
    NopOpcode, OPCODE_TO_CANONICAL_INDEX_LOOKUP_MAP, Opcode, Operand, PtrOpcode,
    RET_TO_LABEL_BIT_IDX, RegOrImmFlags, RetOpcode, SET_FLAGS_FLAG_IDX,
    SWAP_OPERANDS_FLAG_IDX_FOR_ARITH_OPCODES, SWAP_OPERANDS_FLAG_IDX_FOR_PTR_OPCODE, ShiftOpcode,
    SubOpcode, UMA_INCREMENT_FLAG_IDX, UMAOpcode, decoding::EncodingModeProduction,
};

use crate::{
    error::{Error, Result},
    instruction::{AluOp, CallKind, ContextOp, Instruction, Op, PtrOp, RetKind, Space, WideOp},
    operand::{Address, Condition, Dst, Reg, RegOrImm, Src},
};

pub(crate) type Raw = DecodedOpcode<8, EncodingModeProduction>;

impl Instruction {
    /// The instruction's 64 bits, stored big-endian in a bytecode.
    ///
    /// # Errors
    /// [`Error::NoEncoding`] for `swap` on an operation without the flag.
    pub fn encode(&self) -> Result<u64> {
        let mut fields = Fields::new(raw_opcode(&self.op));
        fields.operands(&self.op);
        let raw = Raw {
            condition: raw_condition(self.condition),
            ..fields.0
        };
        if self.has_impossible_swap()
            || !OPCODE_TO_CANONICAL_INDEX_LOOKUP_MAP.contains_key(&raw.variant)
        {
            return Err(Error::NoEncoding(self.op));
        }
        Ok(raw.serialize_as_integer())
    }

    /// Ergs charged for issuing the instruction, whether or not its condition holds. Memory growth, decommitment,
    /// refunds for warm slots and pubdata come on top. `u32::MAX` for [`Op::Invalid`], which burns everything.
    pub fn ergs(&self) -> u32 {
        raw_opcode(&self.op).ergs_price()
    }

    /// Whether a field of the encoding names the register, as source, destination or part of an address.
    pub fn mentions(&self, reg: Reg) -> bool {
        let mut fields = Fields::new(raw_opcode(&self.op));
        fields.operands(&self.op);
        let raw = fields.0;
        [
            raw.src0_reg_idx,
            raw.src1_reg_idx,
            raw.dst0_reg_idx,
            raw.dst1_reg_idx,
        ]
        .contains(&reg.index())
    }

    fn has_impossible_swap(&self) -> bool {
        match self.op {
            Op::Alu { op, swap, .. } => swap && !op.is_swappable(),
            Op::Wide { op, swap, .. } => swap && op == WideOp::Mul,
            _ => false,
        }
    }
}

/// The fields of an encoding while they are filled in.
struct Fields(Raw);

impl Fields {
    fn new(opcode: Opcode) -> Self {
        let variant = zkevm_opcode_defs::OpcodeVariant {
            opcode,
            ..INVALID_OPCODE_VARIANT
        };
        Self(Raw {
            variant,
            ..Raw::default()
        })
    }

    fn operands(&mut self, op: &Op) {
        match *op {
            Op::Invalid | Op::IncrementTxNumber => {}
            Op::Nop { src, dst } => self.src(src).dst(dst).done(),
            Op::Alu {
                src0,
                src1,
                dst,
                set_flags,
                swap,
                ..
            } => {
                self.src(src0)
                    .src1(src1)
                    .dst(dst)
                    .arithmetic_flags(set_flags, swap);
            }
            Op::Wide {
                src0,
                src1,
                dst0,
                dst1,
                set_flags,
                swap,
                ..
            } => {
                self.src(src0)
                    .src1(src1)
                    .dst(dst0)
                    .dst1(dst1)
                    .arithmetic_flags(set_flags, swap);
            }
            Op::Ptr {
                src0,
                src1,
                dst,
                swap,
                ..
            } => {
                self.src(src0)
                    .src1(src1)
                    .dst(dst)
                    .flag(SWAP_OPERANDS_FLAG_IDX_FOR_PTR_OPCODE, swap)
                    .done();
            }
            Op::Jump { target, link } => self.src(target).dst_reg(link).done(),
            Op::NearCall {
                ergs,
                target,
                handler,
            } => self.src_reg(ergs).imm0(target).imm1(handler).done(),
            Op::FarCall {
                abi,
                address,
                handler,
                is_static,
                shard,
                ..
            } => self
                .src_reg(abi)
                .src1(address)
                .imm0(handler)
                .flag(FAR_CALL_STATIC_FLAG_IDX, is_static)
                .flag(FAR_CALL_SHARD_FLAG_IDX, shard)
                .done(),
            Op::Ret { data, label, .. } => self.src_reg(data).label(label),
            Op::Panic { label } => self.label(label),
            Op::Context { dst, .. } => self.dst_reg(dst).done(),
            Op::SetContextU128 { value } | Op::SetPubdataPrice { value } => {
                self.src_reg(value).done()
            }
            Op::Load { .. } | Op::Store { .. } | Op::LoadPtr { .. } => self.memory_operands(op),
            _ => self.log_operands(op),
        }
    }

    fn memory_operands(&mut self, op: &Op) {
        match *op {
            Op::Load {
                address,
                dst,
                increment,
                ..
            } => {
                self.heap_address(address)
                    .dst_reg(dst)
                    .dst1(increment.unwrap_or_default())
                    .increment(increment);
            }
            Op::Store {
                address,
                value,
                increment,
                ..
            } => {
                self.heap_address(address)
                    .src1(value)
                    .dst_reg(increment.unwrap_or_default())
                    .increment(increment);
            }
            Op::LoadPtr {
                pointer,
                dst,
                increment,
            } => {
                self.src_reg(pointer)
                    .dst_reg(dst)
                    .dst1(increment.unwrap_or_default())
                    .increment(increment);
            }
            _ => {}
        }
    }

    fn log_operands(&mut self, op: &Op) {
        match *op {
            Op::StorageLoad { key, dst } | Op::TransientLoad { key, dst } => {
                self.src_reg(key).dst_reg(dst).done()
            }
            Op::StorageStore { key, value } | Op::TransientStore { key, value } => {
                self.src_reg(key).src1(value).done();
            }
            Op::Event { key, value, first } | Op::ToL1 { key, value, first } => {
                self.src_reg(key)
                    .src1(value)
                    .flag(FIRST_MESSAGE_FLAG_IDX, first)
                    .done();
            }
            Op::Precompile {
                params: a,
                ergs,
                dst,
            }
            | Op::Decommit { hash: a, ergs, dst } => {
                self.src_reg(a).src1(ergs).dst_reg(dst).done();
            }
            _ => {}
        }
    }

    fn done(&mut self) {}

    fn src(&mut self, src: Src) -> &mut Self {
        let (mode, address) = match src {
            Src::Reg(reg) => (ImmMemHandlerFlags::UseRegOnly, Address::new(reg, 0)),
            Src::Imm(imm) => (ImmMemHandlerFlags::UseImm16Only, Address::at(imm)),
            Src::StackRel(address) => (ImmMemHandlerFlags::UseStackWithOffset, address),
            Src::StackAbs(address) => (ImmMemHandlerFlags::UseAbsoluteOnStack, address),
            Src::StackPop(address) => (ImmMemHandlerFlags::UseStackWithPushPop, address),
            Src::Code(address) => (ImmMemHandlerFlags::UseCodePage, address),
        };
        self.0.variant.src0_operand_type = Operand::Full(mode);
        self.src_reg(address.base).imm0(address.offset)
    }

    fn dst(&mut self, dst: Dst) -> &mut Self {
        let (mode, address) = match dst {
            Dst::Reg(reg) => (ImmMemHandlerFlags::UseRegOnly, Address::new(reg, 0)),
            Dst::StackRel(address) => (ImmMemHandlerFlags::UseStackWithOffset, address),
            Dst::StackAbs(address) => (ImmMemHandlerFlags::UseAbsoluteOnStack, address),
            Dst::StackPush(address) => (ImmMemHandlerFlags::UseStackWithPushPop, address),
        };
        self.0.variant.dst0_operand_type = Operand::Full(mode);
        self.dst_reg(address.base).imm1(address.offset)
    }

    fn heap_address(&mut self, address: RegOrImm) -> &mut Self {
        let mode = match address {
            RegOrImm::Reg(_) => RegOrImmFlags::UseRegOnly,
            RegOrImm::Imm(_) => RegOrImmFlags::UseImm16Only,
        };
        self.0.variant.src0_operand_type = Operand::RegOrImm(mode);
        match address {
            RegOrImm::Reg(reg) => self.src_reg(reg),
            RegOrImm::Imm(imm) => self.imm0(imm),
        }
    }

    fn src_reg(&mut self, reg: Reg) -> &mut Self {
        self.0.src0_reg_idx = reg.index();
        self
    }

    fn src1(&mut self, reg: Reg) -> &mut Self {
        self.0.src1_reg_idx = reg.index();
        self
    }

    fn dst_reg(&mut self, reg: Reg) -> &mut Self {
        self.0.dst0_reg_idx = reg.index();
        self
    }

    fn dst1(&mut self, reg: Reg) -> &mut Self {
        self.0.dst1_reg_idx = reg.index();
        self
    }

    fn imm0(&mut self, imm: u16) -> &mut Self {
        self.0.imm_0 = imm;
        self
    }

    fn imm1(&mut self, imm: u16) -> &mut Self {
        self.0.imm_1 = imm;
        self
    }

    fn flag(&mut self, index: usize, value: bool) -> &mut Self {
        self.0.variant.flags[index] = value;
        self
    }

    fn arithmetic_flags(&mut self, set_flags: bool, swap: bool) {
        self.flag(SET_FLAGS_FLAG_IDX, set_flags)
            .flag(SWAP_OPERANDS_FLAG_IDX_FOR_ARITH_OPCODES, swap);
    }

    fn increment(&mut self, increment: Option<Reg>) {
        self.flag(UMA_INCREMENT_FLAG_IDX, increment.is_some());
    }

    fn label(&mut self, label: Option<u16>) {
        self.flag(RET_TO_LABEL_BIT_IDX, label.is_some())
            .imm0(label.unwrap_or_default());
    }
}

fn raw_condition(condition: Condition) -> RawCondition {
    match condition {
        Condition::Always => RawCondition::Always,
        Condition::Gt => RawCondition::Gt,
        Condition::Lt => RawCondition::Lt,
        Condition::Eq => RawCondition::Eq,
        Condition::Ge => RawCondition::Ge,
        Condition::Le => RawCondition::Le,
        Condition::Ne => RawCondition::Ne,
        Condition::GtLt => RawCondition::GtOrLt,
    }
}

/// Opcode table: our operation to the machine's.
fn raw_opcode(op: &Op) -> Opcode {
    match op {
        Op::Invalid => INVALID_OPCODE_VARIANT.opcode,
        Op::Nop { .. } => Opcode::Nop(NopOpcode),
        Op::Alu { op, .. } => raw_alu(*op),
        Op::Wide {
            op: WideOp::Mul, ..
        } => Opcode::Mul(MulOpcode),
        Op::Wide {
            op: WideOp::Div, ..
        } => Opcode::Div(DivOpcode),
        Op::Ptr { op, .. } => Opcode::Ptr(raw_ptr(*op)),
        Op::Jump { .. } => Opcode::Jump(JumpOpcode),
        Op::NearCall { .. } => Opcode::NearCall(NearCallOpcode),
        Op::FarCall { kind, .. } => Opcode::FarCall(raw_call(*kind)),
        Op::Ret {
            kind: RetKind::Ok, ..
        } => Opcode::Ret(RetOpcode::Ok),
        Op::Ret {
            kind: RetKind::Revert,
            ..
        } => Opcode::Ret(RetOpcode::Revert),
        Op::Panic { .. } => Opcode::Ret(RetOpcode::Panic),
        Op::Context { op, .. } => Opcode::Context(raw_context(*op)),
        Op::SetContextU128 { .. } => Opcode::Context(ContextOpcode::SetContextU128),
        Op::SetPubdataPrice { .. } => Opcode::Context(ContextOpcode::AuxMutating0),
        Op::IncrementTxNumber => Opcode::Context(ContextOpcode::IncrementTxNumber),
        Op::Load { space, .. } => Opcode::UMA(raw_load(*space)),
        Op::Store { space, .. } => Opcode::UMA(raw_store(*space)),
        Op::LoadPtr { .. } => Opcode::UMA(UMAOpcode::FatPointerRead),
        Op::StorageLoad { .. } => Opcode::Log(LogOpcode::StorageRead),
        Op::StorageStore { .. } => Opcode::Log(LogOpcode::StorageWrite),
        Op::TransientLoad { .. } => Opcode::Log(LogOpcode::TransientStorageRead),
        Op::TransientStore { .. } => Opcode::Log(LogOpcode::TransientStorageWrite),
        Op::Event { .. } => Opcode::Log(LogOpcode::Event),
        Op::ToL1 { .. } => Opcode::Log(LogOpcode::ToL1Message),
        Op::Precompile { .. } => Opcode::Log(LogOpcode::PrecompileCall),
        Op::Decommit { .. } => Opcode::Log(LogOpcode::Decommit),
    }
}

fn raw_alu(op: AluOp) -> Opcode {
    match op {
        AluOp::Add => Opcode::Add(AddOpcode::Add),
        AluOp::Sub => Opcode::Sub(SubOpcode::Sub),
        AluOp::And => Opcode::Binop(BinopOpcode::And),
        AluOp::Or => Opcode::Binop(BinopOpcode::Or),
        AluOp::Xor => Opcode::Binop(BinopOpcode::Xor),
        AluOp::Shl => Opcode::Shift(ShiftOpcode::Shl),
        AluOp::Shr => Opcode::Shift(ShiftOpcode::Shr),
        AluOp::Rol => Opcode::Shift(ShiftOpcode::Rol),
        AluOp::Ror => Opcode::Shift(ShiftOpcode::Ror),
    }
}

fn raw_ptr(op: PtrOp) -> PtrOpcode {
    match op {
        PtrOp::Add => PtrOpcode::Add,
        PtrOp::Sub => PtrOpcode::Sub,
        PtrOp::Pack => PtrOpcode::Pack,
        PtrOp::Shrink => PtrOpcode::Shrink,
    }
}

fn raw_call(kind: CallKind) -> FarCallOpcode {
    match kind {
        CallKind::Normal => FarCallOpcode::Normal,
        CallKind::Delegate => FarCallOpcode::Delegate,
        CallKind::Mimic => FarCallOpcode::Mimic,
    }
}

fn raw_context(op: ContextOp) -> ContextOpcode {
    match op {
        ContextOp::This => ContextOpcode::This,
        ContextOp::Caller => ContextOpcode::Caller,
        ContextOp::CodeAddress => ContextOpcode::CodeAddress,
        ContextOp::Meta => ContextOpcode::Meta,
        ContextOp::ErgsLeft => ContextOpcode::ErgsLeft,
        ContextOp::Sp => ContextOpcode::Sp,
        ContextOp::ContextU128 => ContextOpcode::GetContextU128,
    }
}

fn raw_load(space: Space) -> UMAOpcode {
    match space {
        Space::Heap => UMAOpcode::HeapRead,
        Space::AuxHeap => UMAOpcode::AuxHeapRead,
        Space::Static => UMAOpcode::StaticMemoryRead,
    }
}

fn raw_store(space: Space) -> UMAOpcode {
    match space {
        Space::Heap => UMAOpcode::HeapWrite,
        Space::AuxHeap => UMAOpcode::AuxHeapWrite,
        Space::Static => UMAOpcode::StaticMemoryWrite,
    }
}
