//! The harness itself: system contracts work under it.

use alloy_primitives::{Address, U256, address, keccak256};
use zksso_eravm::{CodeBuilder, ContextOp, Op, Reg, RegOrImm, RetKind, Space};

use crate::harness::{
    compiled::contracts,
    era::{Call, Era, word},
};

const USER: Address = address!("2222222222222222222222222222222222222222");

/// A contract that returns its caller and the value it got, whatever is asked of it.
fn echo() -> Vec<u8> {
    let mut code = CodeBuilder::new();
    let length = code
        .constant(U256::from(64) << 96)
        .expect("room for one constant");
    let mut store = |op, at| {
        code.push(Op::Context { op, dst: Reg::R1 });
        code.push(Op::Store {
            space: Space::Heap,
            address: RegOrImm::Imm(at),
            value: Reg::R1,
            increment: None,
        });
    };
    store(ContextOp::Caller, 0);
    store(ContextOp::ContextU128, 32);
    let operand = zksso_eravm::Src::Code(zksso_eravm::Address::at(length.offset()));
    code.push(Op::copy(operand, Reg::R1));
    code.push(Op::Ret {
        kind: RetKind::Ok,
        data: Reg::R1,
        label: None,
    });
    code.finish().expect("echo is well-formed").into_bytes()
}

#[test]
fn keccak_system_contract_hashes() {
    let mut era = Era::new();
    let keccak = address!("0000000000000000000000000000000000008010");
    let receipt = era.call(&Call::new(keccak, *b"abc"));
    assert!(receipt.effect.success);
    assert_eq!(receipt.effect.data, keccak256("abc").to_vec());
    assert!((183..5_000).contains(&receipt.ergs), "{}", receipt.ergs);
}

#[test]
fn calls_carry_caller_and_value() {
    let mut era = Era::new();
    let contract = address!("3333333333333333333333333333333333333333");
    era.place(contract, &echo());
    era.set_balance(USER, 100);
    let receipt = era.call(&Call::new(contract, []).from(USER).value(42));
    assert!(receipt.effect.success);
    assert_eq!(
        receipt.effect.data,
        [word(USER), U256::from(42)]
            .map(|w| w.to_be_bytes::<32>())
            .concat()
    );
    assert_eq!(era.balance(USER), U256::from(58));
    assert_eq!(era.balance(contract), U256::from(42));

    let refused = era.call(&Call::new(contract, []).from(USER).value(59));
    assert!(!refused.effect.success, "balance is too low");
    assert_eq!(era.balance(USER), U256::from(58));
}

#[test]
fn a_call_that_runs_out_of_ergs_fails_with_empty_data() {
    let mut era = Era::new();
    let contract = address!("3333333333333333333333333333333333333333");
    era.place(contract, &echo());
    let effect = era.call(&Call::new(contract, []).ergs(20)).effect;
    assert!(!effect.success && effect.data.is_empty());
}

#[test]
fn transient_storage_is_seen_and_forgotten() {
    let mut era = Era::new();
    let store = contracts("Store.sol")["Store"].clone();
    let address = era.create(&store.bytecode, &[], 0).expect("deploys");
    let mut data = keccak256("useTransient(uint8,address)")[..4].to_vec();
    data.extend(
        [U256::from(4), word(USER)]
            .iter()
            .flat_map(U256::to_be_bytes::<32>),
    );
    for _ in 0..2 {
        let receipt = era.call(&Call::new(address, data.clone()));
        assert!(receipt.effect.success, "nothing is left of the call before");
        let marked = word(USER) + U256::ONE;
        assert_eq!(
            receipt.transient.get(&(address, marked)),
            Some(&U256::from(77))
        );
        assert!(
            receipt
                .transient
                .values()
                .any(|value| *value == U256::from(1 + 2 + 3))
        );
    }
}
