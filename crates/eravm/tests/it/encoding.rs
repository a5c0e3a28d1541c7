use proptest::prelude::*;
use zkevm_opcode_defs::{OPCODES_PRICES, OPCODES_TABLE, Opcode};
use zksso_eravm::{
    Address, AluOp, CallKind, Condition, ContextOp, Dst, Error, Instruction, Op, PtrOp, Reg,
    RegOrImm, RetKind, Space, Src, WideOp, disassemble,
};

fn reg() -> impl Strategy<Value = Reg> + Clone {
    (0u8..16).prop_map(Reg::from_low_bits)
}

fn address() -> impl Strategy<Value = Address> {
    (reg(), any::<u16>()).prop_map(|(base, offset)| Address::new(base, offset))
}

fn src() -> impl Strategy<Value = Src> {
    prop_oneof![
        reg().prop_map(Src::Reg),
        any::<u16>().prop_map(Src::Imm),
        address().prop_map(Src::StackRel),
        address().prop_map(Src::StackAbs),
        address().prop_map(Src::StackPop),
        address().prop_map(Src::Code),
    ]
}

fn dst() -> impl Strategy<Value = Dst> {
    prop_oneof![
        reg().prop_map(Dst::Reg),
        address().prop_map(Dst::StackRel),
        address().prop_map(Dst::StackAbs),
        address().prop_map(Dst::StackPush),
    ]
}

fn heap_address() -> impl Strategy<Value = RegOrImm> {
    prop_oneof![
        reg().prop_map(RegOrImm::Reg),
        any::<u16>().prop_map(RegOrImm::Imm)
    ]
}

fn space() -> impl Strategy<Value = Space> {
    prop::sample::select(vec![Space::Heap, Space::AuxHeap, Space::Static])
}

fn alu() -> impl Strategy<Value = Op> {
    let op = prop::sample::select(vec![
        AluOp::Add,
        AluOp::Sub,
        AluOp::And,
        AluOp::Or,
        AluOp::Xor,
        AluOp::Shl,
        AluOp::Shr,
        AluOp::Rol,
        AluOp::Ror,
    ]);
    (op, src(), reg(), dst(), any::<bool>(), any::<bool>()).prop_map(
        |(op, src0, src1, dst, set_flags, swap)| Op::Alu {
            op,
            src0,
            src1,
            dst,
            set_flags,
            swap: swap && op.is_swappable(),
        },
    )
}

fn wide() -> impl Strategy<Value = Op> {
    let op = prop::sample::select(vec![WideOp::Mul, WideOp::Div]);
    (op, src(), reg(), dst(), reg(), any::<bool>(), any::<bool>()).prop_map(
        |(op, src0, src1, dst0, dst1, set_flags, swap)| Op::Wide {
            op,
            src0,
            src1,
            dst0,
            dst1,
            set_flags,
            swap: swap && op == WideOp::Div,
        },
    )
}

fn ptr() -> impl Strategy<Value = Op> {
    let op = prop::sample::select(vec![PtrOp::Add, PtrOp::Sub, PtrOp::Pack, PtrOp::Shrink]);
    (op, src(), reg(), dst(), any::<bool>()).prop_map(|(op, src0, src1, dst, swap)| Op::Ptr {
        op,
        src0,
        src1,
        dst,
        swap,
    })
}

fn control() -> impl Strategy<Value = Op> {
    let kind = prop::sample::select(vec![CallKind::Normal, CallKind::Delegate, CallKind::Mimic]);
    let ret = prop::sample::select(vec![RetKind::Ok, RetKind::Revert]);
    prop_oneof![
        Just(Op::Invalid),
        (src(), dst()).prop_map(|(src, dst)| Op::Nop { src, dst }),
        (src(), reg()).prop_map(|(target, link)| Op::Jump { target, link }),
        (reg(), any::<u16>(), any::<u16>()).prop_map(|(ergs, target, handler)| Op::NearCall {
            ergs,
            target,
            handler
        }),
        (
            kind,
            reg(),
            reg(),
            any::<u16>(),
            any::<bool>(),
            any::<bool>()
        )
            .prop_map(
                |(kind, abi, address, handler, is_static, shard)| Op::FarCall {
                    kind,
                    abi,
                    address,
                    handler,
                    is_static,
                    shard
                }
            ),
        (ret, reg(), any::<Option<u16>>()).prop_map(|(kind, data, label)| Op::Ret {
            kind,
            data,
            label
        }),
        any::<Option<u16>>().prop_map(|label| Op::Panic { label }),
    ]
}

fn context() -> impl Strategy<Value = Op> {
    let op = prop::sample::select(vec![
        ContextOp::This,
        ContextOp::Caller,
        ContextOp::CodeAddress,
        ContextOp::Meta,
        ContextOp::ErgsLeft,
        ContextOp::Sp,
        ContextOp::ContextU128,
    ]);
    prop_oneof![
        (op, reg()).prop_map(|(op, dst)| Op::Context { op, dst }),
        reg().prop_map(|value| Op::SetContextU128 { value }),
        reg().prop_map(|value| Op::SetPubdataPrice { value }),
        Just(Op::IncrementTxNumber),
    ]
}

fn memory() -> impl Strategy<Value = Op> {
    let inc = || prop::option::of(reg());
    prop_oneof![
        (space(), heap_address(), reg(), inc()).prop_map(|(space, address, dst, increment)| {
            Op::Load {
                space,
                address,
                dst,
                increment,
            }
        }),
        (space(), heap_address(), reg(), inc()).prop_map(|(space, address, value, increment)| {
            Op::Store {
                space,
                address,
                value,
                increment,
            }
        }),
        (reg(), reg(), inc()).prop_map(|(pointer, dst, increment)| Op::LoadPtr {
            pointer,
            dst,
            increment
        }),
    ]
}

fn log() -> impl Strategy<Value = Op> {
    (0..8u8, reg(), reg(), reg(), any::<bool>()).prop_map(|(which, a, b, dst, first)| match which {
        0 => Op::StorageLoad { key: a, dst },
        1 => Op::StorageStore { key: a, value: b },
        2 => Op::TransientLoad { key: a, dst },
        3 => Op::TransientStore { key: a, value: b },
        4 => Op::Event {
            key: a,
            value: b,
            first,
        },
        5 => Op::ToL1 {
            key: a,
            value: b,
            first,
        },
        6 => Op::Precompile {
            params: a,
            ergs: b,
            dst,
        },
        _ => Op::Decommit {
            hash: a,
            ergs: b,
            dst,
        },
    })
}

fn instruction() -> impl Strategy<Value = Instruction> {
    let op = prop_oneof![4 => alu(), 2 => wide(), 2 => ptr(), 3 => control(), 1 => context(), 3 => memory(), 2 => log()];
    (op, prop::sample::select(&Condition::ALL[..])).prop_map(|(op, condition)| op.when(condition))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn decoding_undoes_encoding(instruction in instruction()) {
        let word = instruction.encode().unwrap();
        prop_assert_eq!(Instruction::decode(word), instruction);
        prop_assert_eq!(word >> 11 & 3, 0, "reserved bits");
    }

    #[test]
    fn any_word_decodes_to_something_encodable(word: u64) {
        let instruction = Instruction::decode(word);
        prop_assert_eq!(Instruction::decode(instruction.encode().unwrap()), instruction);
        prop_assert!(!instruction.to_string().is_empty());
    }
}

#[test]
fn every_assigned_opcode_keeps_its_index_and_price() {
    for (index, variant) in OPCODES_TABLE.iter().enumerate() {
        let instruction = Instruction::decode(index as u64);
        assert_eq!(instruction.ergs(), OPCODES_PRICES[index], "{instruction}");
        if !matches!(variant.opcode, Opcode::Invalid(_)) {
            assert_eq!(instruction.encode().unwrap(), index as u64, "{instruction}");
        }
    }
}

#[test]
fn swap_on_a_commutative_operation_is_an_error() {
    let add = Op::Alu {
        op: AluOp::Add,
        src0: Src::Imm(1),
        src1: Reg::R1,
        dst: Dst::Reg(Reg::R2),
        set_flags: false,
        swap: true,
    };
    let mul = Op::Wide {
        op: WideOp::Mul,
        src0: Src::Imm(1),
        src1: Reg::R1,
        dst0: Dst::Reg(Reg::R2),
        dst1: Reg::R3,
        set_flags: true,
        swap: true,
    };
    for op in [add, mul] {
        assert_eq!(Instruction::from(op).encode(), Err(Error::NoEncoding(op)));
    }
}

#[test]
fn register_numbers_end_at_fifteen() {
    assert_eq!(Reg::new(15), Ok(Reg::R15));
    assert_eq!(Reg::new(16), Err(Error::InvalidRegister(16)));
}

#[test]
fn disassembly_reads_like_assembly() {
    let shift = Op::Alu {
        op: AluOp::Shl,
        src0: Src::Imm(96),
        src1: Reg::R1,
        dst: Dst::StackRel(Address::at(2)),
        set_flags: true,
        swap: true,
    };
    let program = [
        Op::reserve_stack(3).into(),
        shift.when(Condition::Ne),
        Op::copy(Src::Code(Address::new(Reg::R4, 7)), Reg::R5).into(),
        Op::Load {
            space: Space::AuxHeap,
            address: RegOrImm::Imm(64),
            dst: Reg::R1,
            increment: Some(Reg::R2),
        }
        .into(),
        Op::Ret {
            kind: RetKind::Revert,
            data: Reg::R1,
            label: None,
        }
        .into(),
    ];
    let code: Vec<u8> = program
        .iter()
        .flat_map(|i: &Instruction| i.encode().unwrap().to_be_bytes())
        .collect();
    let expected = "    0: nop r0, stack+=[3]
    1: shl.s.ne! 96, r1, stack-[2]
    2: add code[r4+7], r0, r5
    3: ld.aux.inc 64, r1, r2
    4: ret.revert r1
";
    assert_eq!(disassemble(&code), expected);
}
