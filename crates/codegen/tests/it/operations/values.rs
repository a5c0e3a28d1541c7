//! Operations that answer with a word.

use super::{
    ECHO, FORWARD, KERNEL, PROBE, SYSTEM, USER, WIDE_CALLER, answer, chain, encoded, refusal, run,
    run_call, word,
};
use crate::{
    harness::era::{Call, Era, word as address_word},
    tables::edges,
};
use alloy_primitives::{Address, U256, U512};

/// Calls the code at the address in its calldata in its own name.
const PROXY: &str = "pop(delegatecall(gas(), calldataload(0), 0, 0, 0, 0))
    returndatacopy(0, 0, returndatasize()) return(0, returndatasize())";

pub(super) fn code_address_is_that_of_the_code() {
    let statements =
        "mstore(0, staticcall(0, 0xFFFE, 0, 0xFFFF, 0, 0)) mstore(32, address()) return(0, 64)";
    for at in [USER, KERNEL] {
        assert_eq!(answer(&run(at, statements, &[])), [address_word(at); 2]);
    }
    let proxy = Address::with_last_byte(0x99);
    let mut era = chain();
    era.place(proxy, &super::build(PROXY).expect("compiles"));
    era.place(USER, &super::build(statements).expect("compiles"));
    let receipt = era.call_on_both(&Call::new(proxy, encoded(&[address_word(USER)])));
    assert_eq!(answer(&receipt), [address_word(USER), address_word(proxy)]);
}

/// Bits 64 to 95 hold the size of the heap, 96 to 127 that of the auxiliary one.
pub(super) fn meta_tells_sizes() {
    let statements = "mstore(a, 1) let meta := staticcall(0, 0xFFFC, 0, 0xFFFF, 0, 0)
        mstore(0, shr(224, shl(160, meta))) mstore(32, eq(shr(224, shl(160, meta)), msize())) return(0, 64)";
    for grown in [8_000, 10_001, 65_535, 100_000] {
        let found = answer(&run(USER, statements, &[word(grown)]));
        assert_eq!(found, [word(grown + 32), word(1)]);
    }
}

/// A fat pointer: offset, page, start, length, 32 bits each from below.
pub(super) fn calldata_pointer_is_a_word() {
    let statements = "mstore(0, staticcall(0, 0xFFF0, 0, 0xFFFF, 0, 0)) return(0, 32)";
    for length in [0, 1, 3] {
        let words = vec![U256::MAX; length];
        let pointer = answer(&run(USER, statements, &words))[0];
        assert_eq!(pointer >> 96usize, word(length as u64 * 32));
        assert_eq!(
            pointer & U256::from(u32::MAX),
            U256::ZERO,
            "the offset is spent"
        );
    }
}

pub(super) fn call_flags_are_those_of_the_call() {
    let statements = "mstore(0, staticcall(0, 0xFFEF, 0, 0xFFFF, 0, 0)) return(0, 32)";
    for (call, flags) in [
        (Call::new(KERNEL, []), 0),
        (Call::new(KERNEL, []).system(), 2),
        (Call::new(USER, []), 0),
        (Call::new(USER, []).system(), 0),
    ] {
        let found = answer(&run_call(&chain(), &call, statements, &[]));
        assert_eq!(found, [word(flags)], "{call:?}");
    }
}

pub(super) fn returndata_pointer_is_a_word() {
    let statements = "let before := staticcall(0, 0xFFEE, 0, 0xFFFF, 0, 0)
        pop(staticcall(gas(), a, 0, b, 0, 0))
        let after := staticcall(0, 0xFFEE, 0, 0xFFFF, 0, 0)
        mstore(0, shr(96, before)) mstore(32, shr(96, after)) mstore(64, returndatasize()) return(0, 96)";
    for length in [0, 1, 32, 77] {
        let found = answer(&run(USER, statements, &[address_word(ECHO), word(length)]));
        assert_eq!(found, [0, length, length].map(word));
    }
}

pub(super) fn products_have_high_words() {
    let statements =
        "mstore(0, staticcall(a, 0xFFE6, b, 0xFFFF, 0, 0)) mstore(32, mul(a, b)) return(0, 64)";
    let edges = edges();
    for (at, a) in edges.iter().enumerate() {
        for b in edges.iter().skip(at % 3).step_by(3) {
            let product: U512 = a.widening_mul(*b);
            let limbs = product.as_limbs();
            let low = U256::from_limbs([limbs[0], limbs[1], limbs[2], limbs[3]]);
            let high = U256::from_limbs([limbs[4], limbs[5], limbs[6], limbs[7]]);
            assert_eq!(answer(&run(USER, statements, &[*a, *b])), [high, low]);
        }
    }
}

/// What the wide caller is told: whom to call how, the ten words, the callee's calldata.
fn wide(target: Address, abi: U256, data: &[U256]) -> Vec<u8> {
    let extra = (0..10).map(|number| word(0x1000 + number));
    let head = [address_word(target), (abi | FORWARD) >> 128 << 128].into_iter();
    let words: Vec<U256> = head.chain(extra).chain(data.iter().copied()).collect();
    encoded(&words)
}

pub(super) fn extra_words_are_those_of_the_call() {
    let abi = super::ALL_ERGS;
    let mut era = chain();
    for number in 0..10 {
        let statements =
            format!("mstore(0, staticcall({number}, 0xFFE5, 0, 0xFFFF, 0, 0)) return(0, 32)");
        let system = Call::new(WIDE_CALLER, wide(KERNEL, abi | SYSTEM, &[]));
        let found = answer(&run_call(&chain(), &system, &statements, &[]));
        assert_eq!(found, [word(0x1000 + number)]);
        // Only system calls carry words.
        let plain = Call::new(WIDE_CALLER, wide(KERNEL, abi, &[]));
        let found = answer(&run_call(&chain(), &plain, &statements, &[]));
        assert_eq!(found, [U256::ZERO]);
    }
    all_extra_words_at_once(&mut era);
    for index in ["10", "calldataload(0)", "not(0)"] {
        let message = refusal(&format!(
            "pop(staticcall({index}, 0xFFE5, 0, 0xFFFF, 0, 0))"
        ));
        assert!(message.contains("constant from 0 to 9"), "{message}");
    }
}

/// Read after other calls have wiped the registers.
fn all_extra_words_at_once(era: &mut Era) {
    let each = |number: u64| {
        let at = number * 32;
        format!("mstore({at}, staticcall({number}, 0xFFE5, 0, 0xFFFF, 0, 0))\n")
    };
    let reads: String = (0..10).map(each).collect();
    let probe = address_word(PROBE);
    let statements = format!("pop(staticcall(gas(), {probe}, 0, 0, 0, 0)) {reads} return(0, 320)");
    era.place(KERNEL, &super::build(&statements).expect("compiles"));
    let abi = super::ALL_ERGS | SYSTEM;
    let receipt = era.call_on_both(&Call::new(WIDE_CALLER, wide(KERNEL, abi, &[])));
    let expected: Vec<U256> = (0..10).map(|number| word(0x1000 + number)).collect();
    assert_eq!(answer(&receipt), expected);
}
