use alloy_primitives::{B256, U256};
use zkevm_opcode_defs::{
    bytecode_to_code_hash,
    sha2::{Digest, Sha256},
};
use zksso_eravm::{
    Address, BytecodeStatus, CodeBuilder, Error, Instruction, Op, Reg, Src, bytecode_hash,
    bytecode_hash_with_status,
};

fn code_operand(bytecode: &[u8], index: usize) -> Src {
    let word = u64::from_be_bytes(bytecode[index * 8..][..8].try_into().expect("eight bytes"));
    let Op::Alu { src0, .. } = Instruction::decode(word).op else {
        panic!("not arithmetic")
    };
    src0
}

#[test]
fn constants_follow_the_padded_instructions() {
    let mut builder = CodeBuilder::new();
    let seven = builder.constant(U256::from(7)).unwrap();
    let max = builder.constant(U256::MAX).unwrap();
    assert_eq!(
        builder.constant(U256::from(7)),
        Ok(seven),
        "equal constants are shared"
    );
    for index in [seven, max, seven, max, seven] {
        builder.push(Op::copy(Src::Code(Address::at(index.offset())), Reg::R1));
    }
    let code = builder.finish().unwrap();

    assert_eq!(code.instruction_count(), 5);
    assert_eq!(
        code.bytes().len(),
        5 * 32,
        "two words of code, two constants, one word to make the count odd"
    );
    assert_eq!(code_operand(code.bytes(), 0), Src::Code(Address::at(2)));
    assert_eq!(code_operand(code.bytes(), 1), Src::Code(Address::at(3)));
    assert!(
        code.bytes()[40..64].iter().all(|byte| *byte == 0),
        "padding is the invalid instruction"
    );
    assert_eq!(U256::from_be_slice(&code.bytes()[64..96]), U256::from(7));
    assert_eq!(U256::from_be_slice(&code.bytes()[96..128]), U256::MAX);
}

#[test]
fn reserved_constants_are_not_shared_and_can_be_patched() {
    let mut builder = CodeBuilder::new();
    builder.push(Op::Invalid);
    let placeholder = builder.reserve(U256::ZERO).unwrap();
    let zero = builder.constant(U256::ZERO).unwrap();
    assert_ne!(placeholder, zero);
    let mut code = builder.finish().unwrap();
    let before = code.hash().unwrap();
    code.patch(placeholder, U256::from(42)).unwrap();
    assert_eq!(code.bytes()[code.constant_offset(placeholder) + 31], 42);
    assert_eq!(code.bytes()[code.constant_offset(zero) + 31], 0);
    assert_ne!(code.hash().unwrap(), before);
}

#[test]
fn hash_agrees_with_the_opcode_definitions() {
    for words in [1usize, 3, 255, 257, 65_535] {
        let code: Vec<u8> = (0..words * 32).map(|i| (i * 31 % 251) as u8).collect();
        let chunks: Vec<[u8; 32]> = code.as_chunks::<32>().0.to_vec();
        assert_eq!(
            bytecode_hash(&code).unwrap(),
            B256::from(bytecode_to_code_hash(&chunks).unwrap())
        );
    }
}

#[test]
fn hash_under_construction_differs_in_the_status_byte() {
    let code = [3; 32];
    let hash = bytecode_hash_with_status(&code, BytecodeStatus::Constructing).unwrap();
    assert_eq!(hash[..4], [1, 1, 0, 1]);
    assert_eq!(hash[4..], Sha256::digest(code)[4..]);
}

#[test]
fn impossible_bytecodes_are_errors() {
    assert_eq!(bytecode_hash(&[0; 33]), Err(Error::UnalignedBytecode(33)));
    assert_eq!(bytecode_hash(&[0; 64]), Err(Error::EvenWordCount(2)));
    assert_eq!(bytecode_hash(&[]), Err(Error::EvenWordCount(0)));
    assert_eq!(
        bytecode_hash(&vec![0; 65_537 * 32]),
        Err(Error::TooManyWords(65_537))
    );

    let mut builder = CodeBuilder::new();
    builder.push(Op::copy(Src::Code(Address::at(0)), Reg::R1));
    assert_eq!(
        builder.finish(),
        Err(Error::UnknownConstant { index: 0, len: 0 })
    );

    let mut builder = CodeBuilder::new();
    for _ in 0..=65_536 {
        builder.push(Op::Invalid);
    }
    assert_eq!(builder.finish(), Err(Error::TooManyInstructions(65_537)));

    let mut builder = CodeBuilder::new();
    for value in 0..65_536u64 {
        builder.constant(U256::from(value)).unwrap();
    }
    assert_eq!(
        builder.constant(U256::MAX),
        Err(Error::TooManyWords(65_537))
    );
    assert_eq!(builder.finish(), Err(Error::TooManyWords(65_537)));
}
