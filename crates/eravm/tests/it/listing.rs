//! Taking bytecodes apart.

use alloy_primitives::U256;
use zksso_eravm::{Address, AluOp, CodeBuilder, Dst, Instruction, Listing, Op, Reg, Src};

fn load(word: u16) -> Instruction {
    Op::Alu {
        op: AluOp::Add,
        src0: Src::Code(Address::at(word)),
        src1: Reg::R0,
        dst: Dst::Reg(Reg::R1),
        set_flags: false,
        swap: false,
    }
    .into()
}

#[test]
fn the_pool_begins_at_the_first_word_that_is_read() {
    let mut builder = CodeBuilder::new();
    let (first, second) = (U256::from(11), U256::MAX);
    let indices = [first, second].map(|value| builder.constant(value).unwrap().offset());
    // The later constant is read first.
    builder.push(load(indices[1]));
    for _ in 0..6 {
        builder.push(load(indices[0]));
    }
    let code = builder.finish().unwrap();
    let listing = Listing::of(code.bytes()).unwrap();
    assert_eq!(listing.pool_start(), 2);
    assert_eq!(listing.instructions.len(), 8);
    assert_eq!(listing.pool[..2], [first, second]);
    let text = listing.to_string();
    assert_eq!(text.lines().count(), 8 + listing.pool.len());
    assert!(text.contains(&format!("code[2]: {first:#066x}")), "{text}");
}

#[test]
fn code_without_constants_is_all_instructions() {
    let code = [0; 96];
    let listing = Listing::of(&code).unwrap();
    assert_eq!((listing.instructions.len(), listing.pool.len()), (12, 0));
    assert!(Listing::of(&code[..33]).is_err());
    assert_eq!(Listing::of(&[]).unwrap().instructions.len(), 0);
}

#[test]
fn a_read_of_the_instructions_themselves_starts_no_pool() {
    let mut code = load(0).encode().unwrap().to_be_bytes().to_vec();
    code.resize(32, 0);
    assert_eq!(Listing::of(&code).unwrap().pool.len(), 0);
}
