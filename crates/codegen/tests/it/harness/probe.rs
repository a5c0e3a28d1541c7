//! Hand-written contracts for the ends of a call: one that tells all it was given, and one that passes on every register.

use super::trampoline::call_and_answer;
use alloy_primitives::U256;
use zksso_eravm::{
    Address, AluOp, CallKind, CodeBuilder, Condition, ContextOp, Op, Reg, RegOrImm, RetKind, Space,
    Src,
};

/// First calldata word that makes the probe revert.
pub(crate) const REFUSE: u64 = 13;
/// First calldata word that makes the probe write to its storage.
pub(crate) const WRITE: u64 = 14;
/// Number of words the probe answers with.
pub(crate) const WORDS: usize = 18;

/// What the probe was given, as it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Bit 0 in constructors, bit 1 in system calls.
    pub(crate) flags: U256,
    /// r3 to r12.
    pub(crate) extra: [U256; 10],
    pub(crate) caller: U256,
    pub(crate) value: U256,
    pub(crate) this: U256,
    pub(crate) code: U256,
    /// The first two words of the calldata.
    pub(crate) data: [U256; 2],
    /// Length of the calldata.
    pub(crate) length: U256,
}

impl Seen {
    /// Reads an answer of the probe.
    pub(crate) fn of(answer: &[u8]) -> Self {
        assert_eq!(answer.len(), WORDS * 32, "the probe answered");
        let word = |at: usize| U256::from_be_slice(&answer[at * 32..][..32]);
        Self {
            flags: word(0),
            extra: core::array::from_fn(|at| word(1 + at)),
            caller: word(11),
            value: word(12),
            this: word(13),
            code: word(14),
            data: [word(15), word(16)],
            length: word(17),
        }
    }
}

/// Answers with everything a call hands to a contract. Reverts with the same if its calldata begins with [`REFUSE`], and stores it at
/// slot 0 if it is [`WRITE`].
pub(crate) fn probe() -> Vec<u8> {
    let mut code = CodeBuilder::new();
    let answer = code
        .constant(U256::from(WORDS * 32) << 96)
        .expect("room for one constant");
    for register in 2..=12 {
        code.push(store(register - 2, Reg::from_low_bits(register)));
    }
    for (at, op) in [
        (11, ContextOp::Caller),
        (12, ContextOp::ContextU128),
        (13, ContextOp::This),
        (14, ContextOp::CodeAddress),
    ] {
        code.push(Op::Context { op, dst: Reg::R2 });
        code.push(store(at, Reg::R2));
    }
    // The length only: the page's number is the machine's affair.
    code.push(Op::Alu {
        op: AluOp::Shr,
        src0: Src::Imm(96),
        src1: Reg::R1,
        dst: Reg::R2.into(),
        set_flags: false,
        swap: true,
    });
    code.push(store(17, Reg::R2));
    for (at, dst) in [(15, Reg::R3), (16, Reg::R4)] {
        code.push(Op::LoadPtr {
            pointer: Reg::R1,
            dst,
            increment: Some(Reg::R1),
        });
        code.push(store(at, dst));
    }
    code.push(Op::copy(Src::Code(Address::at(answer.offset())), Reg::R2));
    code.push(Op::compare(Src::Imm(REFUSE as u16), Reg::R3));
    let end = |kind| Op::Ret {
        kind,
        data: Reg::R2,
        label: None,
    };
    code.push(end(RetKind::Revert).when(Condition::Eq));
    code.push(Op::compare(Src::Imm(WRITE as u16), Reg::R3));
    // In static calls the machine refuses even a write whose condition does not hold.
    let behind = code.len() as u16 + 2;
    code.push(Op::jump(Src::Imm(behind)).when(Condition::Ne));
    code.push(Op::StorageStore {
        key: Reg::R0,
        value: Reg::R3,
    });
    code.push(end(RetKind::Ok));
    code.finish().expect("probe is well-formed").into_bytes()
}

fn store(word: u8, value: Reg) -> Op {
    Op::Store {
        space: Space::Heap,
        address: RegOrImm::Imm(u16::from(word) * 32),
        value,
        increment: None,
    }
}

/// Calls what its input names with ten words in r3 to r12, and forwards the result.
///
/// Input: target, high half of the ABI word, r3 to r12 (32 bytes each), then the callee's calldata.
pub(crate) fn wide_caller() -> Vec<u8> {
    let mut code = CodeBuilder::new();
    let forward = code
        .constant(U256::ONE << 224)
        .expect("room for one constant");
    let words = [Reg::R2, Reg::R14].into_iter();
    for dst in words.chain((3..=12).map(Reg::from_low_bits)) {
        code.push(Op::LoadPtr {
            pointer: Reg::R1,
            dst,
            increment: Some(Reg::R1),
        });
    }
    call_and_answer(&mut code, CallKind::Normal, forward);
    code.finish().expect("caller is well-formed").into_bytes()
}
