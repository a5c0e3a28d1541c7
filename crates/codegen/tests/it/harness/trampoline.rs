//! Two hand-written EraVM programs: the one that performs calls in the bootloader's stead, and a store of known codes, which
//! the published dumps lack.

use alloy_primitives::U256;
use zksso_eravm::{
    Address, CallKind, CodeBuilder, Condition, Op, PoolIndex, PtrOp, Reg, RegOrImm, RetKind, Space,
    Src,
};

/// Calls what its input says and forwards the result.
///
/// Input: target, caller, high half of the ABI word, r3, r4, r5, context value (32 bytes each), then the callee's calldata.
pub(crate) fn trampoline() -> Vec<u8> {
    let mut code = CodeBuilder::new();
    let forward = code
        .constant(U256::ONE << 224)
        .expect("room for one constant");
    for dst in [
        Reg::R2,
        Reg::R15,
        Reg::R14,
        Reg::R3,
        Reg::R4,
        Reg::R5,
        Reg::R6,
    ] {
        code.push(Op::LoadPtr {
            pointer: Reg::R1,
            dst,
            increment: Some(Reg::R1),
        });
    }
    code.push(Op::SetContextU128 { value: Reg::R6 });
    call_and_answer(&mut code, CallKind::Mimic, forward);
    code.finish()
        .expect("trampoline is well-formed")
        .into_bytes()
}

/// Calls r2 with the pointer in r1, packed with r14, and answers as the callee does. `forward` is the pool word that forwards a
/// pointer.
pub(super) fn call_and_answer(code: &mut CodeBuilder, kind: CallKind, forward: PoolIndex) {
    code.push(pack(Reg::R14));
    let call = code.push(Op::Invalid);
    for end in [RetKind::Ok, RetKind::Revert] {
        let handler = code.len() as u16;
        code.push(Op::copy(Src::Code(Address::at(forward.offset())), Reg::R2));
        code.push(pack(Reg::R2));
        code.push(Op::Ret {
            kind: end,
            data: Reg::R1,
            label: None,
        });
        let far_call = Op::FarCall {
            kind,
            abi: Reg::R1,
            address: Reg::R2,
            handler,
            is_static: false,
            shard: false,
        };
        code.instructions_mut()[call] = far_call.when(Condition::Always);
    }
}

/// `KnownCodesStorage` reduced to `getMarker(bytes32)`: answers every call with the slot its first argument names.
pub(crate) fn known_codes() -> Vec<u8> {
    let mut code = CodeBuilder::new();
    let whole_word = code
        .constant(U256::from(32) << 96)
        .expect("room for one constant");
    code.push(Op::Ptr {
        op: PtrOp::Add,
        src0: Src::Imm(4),
        src1: Reg::R1,
        dst: Reg::R1.into(),
        swap: true,
    });
    code.push(Op::LoadPtr {
        pointer: Reg::R1,
        dst: Reg::R2,
        increment: None,
    });
    code.push(Op::StorageLoad {
        key: Reg::R2,
        dst: Reg::R3,
    });
    code.push(Op::Store {
        space: Space::Heap,
        address: RegOrImm::Imm(0),
        value: Reg::R3,
        increment: None,
    });
    code.push(Op::copy(
        Src::Code(Address::at(whole_word.offset())),
        Reg::R4,
    ));
    code.push(Op::Ret {
        kind: RetKind::Ok,
        data: Reg::R4,
        label: None,
    });
    code.finish().expect("store is well-formed").into_bytes()
}

fn pack(word: Reg) -> Op {
    Op::Ptr {
        op: PtrOp::Pack,
        src0: Src::Reg(Reg::R1),
        src1: word,
        dst: Reg::R1.into(),
        swap: false,
    }
}
