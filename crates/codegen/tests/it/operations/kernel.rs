//! What only the kernel may do. Everywhere else it panics.

use super::{
    ALL_ERGS, EVENT_WRITER, KERNEL, PROBE, USER, answer, build, chain, encoded, panicked, refusal,
    run_at, run_call, run_in_kernel, word,
};
use crate::harness::{
    era::{Call, Message, Record, word as address_word},
    probe::Seen,
};
use alloy_primitives::{Address, U256};
use zkevm_opcode_defs::sha2::{Digest, Sha256};
use zksso_eravm::{Instruction, Op};

pub(super) fn messages_go_to_l1() {
    for first in [0, 1, 7] {
        let statements = format!("mstore(0, call({first}, 0xFFFF, a, b, 0, 0, 0)) return(0, 32)");
        for (key, value) in [(U256::ZERO, U256::MAX), (U256::ONE << 255, word(31))] {
            let receipt = run_in_kernel(&statements, &[key, value]);
            assert_eq!(answer(&receipt), [word(1)]);
            let expected = Message {
                service: first != 0,
                from: KERNEL,
                key,
                value,
            };
            assert_eq!(receipt.messages, [expected]);
        }
    }
    let message = refusal("pop(call(calldataload(0), 0xFFFF, 1, 2, 0, 0, 0))");
    assert!(message.contains("known at compile time"), "{message}");
}

/// The hash function of the kernel's second address reads padded blocks: input offset, input length, output offset and output
/// length in words, 32 bits each from below, and in the highest 64 bits the number of blocks.
pub(super) fn precompiles_run_and_burn_ergs() {
    let sha = Address::with_last_byte(2);
    // One block: a message of 32 bytes, the bit behind it, its length in bits.
    let statements = "mstore(64, a) mstore(96, or(shl(255, 1), 256))
        mstore(32, staticcall(b, 0xFFFD, c, 0xFFFF, 0, 0)) return(0, 64)";
    let parameters =
        word(2) | (word(2) << 32usize) | (word(1) << 96usize) | (U256::ONE << 192usize);
    for message in [U256::ZERO, U256::MAX, word(77)] {
        let words = [message, parameters, word(7)];
        let call = Call::new(sha, encoded(&words));
        let found = answer(&run_call(&chain(), &call, statements, &words));
        let hash = Sha256::digest(message.to_be_bytes::<32>());
        assert_eq!(found, [U256::from_be_slice(&hash), U256::ONE]);
    }
    write_to_memory();
    burns_ergs();
}

/// What a precompile writes is not what was stored there before, whatever the code promises about its own stores.
fn write_to_memory() {
    let sha = Address::with_last_byte(2);
    for promise in ["", "mstore(64, memoryguard(0x80))"] {
        let statements = format!(
            "{promise} mstore(0, a) mstore(160, or(shl(255, 1), 256)) mstore(128, a)
            let done := staticcall(b, 0xFFFD, 7, 0xFFFF, 0, 0) mstore(32, mload(0)) mstore(0, done) return(0, 64)"
        );
        let parameters =
            word(4) | (word(2) << 32usize) | (word(1) << 96usize) | (U256::ONE << 192usize);
        for message in [U256::ZERO, word(2)] {
            let words = [message, parameters];
            let call = Call::new(sha, encoded(&words));
            let found = answer(&run_call(&chain(), &call, &statements, &words));
            let hash = Sha256::digest(message.to_be_bytes::<32>());
            assert_eq!(found, [U256::ONE, U256::from_be_slice(&hash)], "{promise}");
        }
    }
}

/// Where there is no circuit, only the ergs are taken.
fn burns_ergs() {
    let statements = "mstore(0, staticcall(0, 0xFFFD, a, 0xFFFF, 0, 0)) return(0, 32)";
    let spent = [0, 1, 100_000].map(|ergs| {
        let receipt = run_in_kernel(statements, &[word(ergs)]);
        assert_eq!(answer(&receipt), [word(1)]);
        receipt.ergs
    });
    assert_eq!(spent.map(|ergs| ergs - spent[0]), [0, 1, 100_000]);
}

pub(super) fn the_next_call_carries_the_value() {
    let statements = "let set := call(0, 0xFFF3, a, 0, 0xFFFF, 0, 0)
        let ok := call(b, 0xFFF7, 0, 0, c, 0, 0) mstore(0, and(set, ok))
        returndatacopy(32, 0, returndatasize()) return(0, add(32, returndatasize()))";
    let low = U256::from(u128::MAX);
    for value in [U256::ZERO, word(1), low, low + U256::ONE, U256::MAX] {
        let receipt = run_in_kernel(statements, &[value, address_word(PROBE), ALL_ERGS]);
        let data = &receipt.effect.data;
        assert_eq!(U256::from_be_slice(&data[..32]), U256::ONE);
        assert_eq!(Seen::of(&data[32..]).value, value & low);
    }
}

/// Number of instructions of a kind in runtime code.
fn count(statements: &str, is_it: impl Fn(&Op) -> bool) -> usize {
    let code = build(statements).expect("compiles");
    let words = code.chunks(8).map(|chunk| {
        let chunk = chunk.try_into().expect("whole instructions");
        Instruction::decode(u64::from_be_bytes(chunk))
    });
    words.filter(|instruction| is_it(&instruction.op)).count()
}

/// Neither machine lets anyone see the price; only that the instruction is there and where it may run can be told.
pub(super) fn the_price_of_pubdata_is_set() {
    let statements = "mstore(0, call(a, 0xFFF2, 0, 0, 0xFFFF, 0, 0)) return(0, 32)";
    for price in [U256::ZERO, word(50_000), U256::MAX] {
        assert_eq!(answer(&run_in_kernel(statements, &[price])), [word(1)]);
    }
    let is_price = |op: &Op| matches!(op, Op::SetPubdataPrice { .. });
    assert_eq!(count("pop(call(7, 0xFFF2, 0, 0, 0, 0, 0))", is_price), 1);
    assert_eq!(count("pop(call(7, 0xFFF1, 0, 0, 0, 0, 0))", is_price), 0);
}

pub(super) fn the_transaction_counter_grows() {
    let event = "pop(call(a, 0xFFED, b, 0, 0xFFFF, 0, 0))";
    let next = "mstore(0, call(0, 0xFFF1, 0, 0, 0xFFFF, 0, 0))";
    let statements = format!("{event} {next} {event} {next} {next} {event} return(0, 32)");
    let receipt = run_at(EVENT_WRITER, &statements, &[word(1), word(2)]);
    assert_eq!(answer(&receipt), [word(1)]);
    let numbers: Vec<_> = receipt
        .records
        .iter()
        .map(|record| record.transaction)
        .collect();
    let first = numbers[0];
    assert_eq!(numbers, [first, first + 1, first + 3]);
}

fn record(first: bool, key: U256, value: U256) -> Record {
    Record {
        first,
        key,
        value,
        transaction: 0,
    }
}

pub(super) fn events_begin() {
    let statements = "mstore(0, call(a, 0xFFED, b, 0, 0xFFFF, 0, 0)) return(0, 32)";
    // The low halves of the key count topics and bytes of data.
    let far = (U256::MAX << 64usize) | U256::ONE;
    for (key, value) in [(far, U256::MAX), (word(1), U256::ZERO), (word(1), word(2))] {
        let receipt = run_at(EVENT_WRITER, statements, &[key, value]);
        assert_eq!(answer(&receipt), [word(1)]);
        assert_eq!(receipt.records, [record(true, key, value)]);
    }
}

pub(super) fn events_continue() {
    let statements = "pop(call(a, 0xFFED, b, 0, 0xFFFF, 0, 0))
        mstore(0, call(b, 0xFFEC, a, 0, 0xFFFF, 0, 0)) mstore(32, call(c, 0xFFEC, c, 0, 0xFFFF, 0, 0)) return(0, 64)";
    let (a, b, c) = (word(3), U256::MAX, U256::ONE << 255);
    let receipt = run_at(EVENT_WRITER, statements, &[a, b, c]);
    assert_eq!(answer(&receipt), [word(1); 2]);
    let expected = [record(true, a, b), record(false, b, a), record(false, c, c)];
    assert_eq!(receipt.records, expected);
}

/// Loads the code with the hash `a` and answers with its beginning.
fn decommitting(then: &str) -> String {
    format!(
        "mstore(0, staticcall(a, 0xFFDD, b, 0xFFFF, 0, 0)) mstore(32, staticcall(0, 0xFFDC, 0, 0xFFFF, 0, 0)) {then}"
    )
}

pub(super) fn code_is_decommitted() {
    let code = crate::harness::probe::probe();
    let hash: U256 = chain().publish(&code).into();
    let statements =
        decommitting("pop(staticcall(64, 0xFFE3, 0, 0xFFFF, c, 0)) return(0, add(64, c))");
    for length in [0, 1, 31, 32, 33, code.len() as u64] {
        let receipt = run_in_kernel(&statements, &[hash, word(1_000_000), word(length)]);
        assert!(receipt.effect.success);
        let data = receipt.effect.data;
        assert_eq!(data[..64], encoded(&[word(1); 2]));
        assert_eq!(data[64..], code[..length as usize]);
    }
}

pub(super) fn decommitted_code_becomes_active() {
    let code = crate::harness::probe::probe();
    let hash: U256 = chain().publish(&code).into();
    // Between decommitment and use another pointer is active.
    let statements = "pop(staticcall(a, 0xFFDD, b, 0xFFFF, 0, 0)) pop(staticcall(0, 0xFFEB, 0, 0xFFFF, 0, 0))
        mstore(0, staticcall(0, 0xFFE4, 0, 0xFFFF, 0, 0)) pop(staticcall(0, 0xFFDC, 0, 0xFFFF, 0, 0))
        mstore(32, staticcall(c, 0xFFE4, 0, 0xFFFF, 0, 0)) return(0, 64)";
    for offset in [0, 1, 40] {
        let words = [hash, word(1_000_000), word(offset)];
        let found = answer(&run_in_kernel(statements, &words));
        let part = U256::from_be_slice(&code[offset as usize..][..32]);
        assert_eq!(found, [hash, part]);
    }
    // Nothing was decommitted: the pointer is there and empty.
    let empty = "pop(staticcall(0, 0xFFDC, 0, 0xFFFF, 0, 0)) mstore(0, staticcall(a, 0xFFE4, 0, 0xFFFF, 0, 0))
        mstore(32, staticcall(0, 0xFFE2, 0, 0xFFFF, 0, 0)) return(0, 64)";
    for at in [USER, KERNEL] {
        let call = Call::new(at, encoded(&[word(0)]));
        let found = answer(&run_call(&chain(), &call, empty, &[word(0)]));
        assert_eq!(found, [U256::ZERO; 2]);
    }
    let beyond = Call::new(USER, encoded(&[U256::ONE << 32]));
    assert!(panicked(&run_call(
        &chain(),
        &beyond,
        empty,
        &[U256::ONE << 32]
    )));
}
