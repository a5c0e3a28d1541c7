//! Calls of all kinds, to a contract that tells what it was given.

use super::{
    ALL_ERGS, FORWARD, KERNEL, PROBE, SYSTEM, USER, USER_PROBE, panicked, run, run_in_kernel, word,
};
use crate::harness::{
    era::{Receipt, word as address_word},
    probe::{REFUSE, Seen, WORDS, WRITE},
};
use alloy_primitives::{Address, U256, address};

/// Who calls by default.
const SENDER: Address = address!("1111111111111111111111111111111111111111");
/// Who is made to call.
const FAKED: Address = address!("00000000000000000000000000000000fa4ed000");

/// Answers with the status of a call, then with what it returned, of the extra words only some: in system calls the callee sees what is
/// left in the registers of those that were not given.
fn finish(extra: usize) -> String {
    let (from, length) = (64 + extra * 32, (10 - extra) * 32);
    format!(
        "let size := returndatasize() returndatacopy(32, 0, size) calldatacopy({from}, calldatasize(), {length})
        mstore(0, ok) return(0, add(32, size))"
    )
}

/// Makes the calldata from the word `f` on active, with the ABI word `b`.
const ACTIVATE: &str =
    "pop(staticcall(0, 0xFFEB, 0, 0xFFFF, 0, 0)) pop(staticcall(160, 0xFFE9, 0, 0xFFFF, 0, 0))
    pop(staticcall(b, 0xFFE7, 0, 0xFFFF, 0, 0))";

/// An ABI word for the first bytes of the heap.
fn heap(length: u64) -> U256 {
    ALL_ERGS | (word(length) << 96usize)
}

/// Status and what the probe saw.
fn outcome(receipt: &Receipt) -> (U256, Seen) {
    assert!(receipt.effect.success, "{receipt:?}");
    let (status, seen) = receipt.effect.data.split_at(32);
    (U256::from_be_slice(status), Seen::of(seen))
}

/// Runs a call of the probe both with a first word it answers and with one it refuses.
fn both(mut run: impl FnMut(U256) -> Receipt) -> Seen {
    let (status, refused) = outcome(&run(word(REFUSE)));
    assert_eq!(status, U256::ZERO);
    let (status, mut seen) = outcome(&run(word(99)));
    assert_eq!(status, U256::ONE);
    assert_eq!(seen.data[0], word(99));
    seen.data[0] = word(REFUSE);
    assert_eq!(seen, refused, "what a reverting callee says arrives too");
    seen
}

/// Calls by heap with an ABI word `b` of a message `c`, `77`; `mimic` at a0, `d` as the caller.
fn by_heap(call: &str, extra: usize) -> String {
    format!(
        "mstore(0, c) mstore(32, 77) let ok := {call} {}",
        finish(extra)
    )
}

/// The same by a pointer to the calldata behind five words, where `f` is the first.
fn by_pointer(call: &str, extra: usize) -> String {
    format!("{ACTIVATE} let ok := {call} {}", finish(extra))
}

/// Words for [`by_pointer`].
fn pointed(target: Address, abi: U256, first: U256) -> [U256; 6] {
    [
        address_word(target),
        abi | FORWARD,
        U256::from(1234),
        address_word(FAKED),
        U256::from(5678),
        first,
    ]
}

/// The first extra words.
fn extra(seen: &Seen, count: usize) -> Vec<U256> {
    seen.extra[..count].to_vec()
}

pub(super) fn mimic_calls_name_another_caller() {
    let statements = by_heap("call(a, 0xFFFB, 0, b, d, 0, 0)", 0);
    for (target, system) in [(PROBE, false), (PROBE, true), (USER_PROBE, true)] {
        let bit = if system { SYSTEM } else { U256::ZERO };
        let seen = both(|first| {
            let words = [
                address_word(target),
                heap(64) | bit,
                first,
                address_word(FAKED),
            ];
            run_in_kernel(&statements, &words)
        });
        assert_eq!(seen.caller, address_word(FAKED));
        assert_eq!(seen.this, address_word(target));
        assert_eq!((seen.data[1], seen.length), (word(77), word(64)));
        let is_system = system && target == PROBE;
        assert_eq!(seen.flags, word(2 * u64::from(is_system)));
    }
}

pub(super) fn mimic_calls_pass_two_words() {
    let statements = by_heap("call(a, 0xFFFA, 0, b, d, e, not(e))", 2);
    for passed in [U256::ZERO, U256::MAX, word(31)] {
        let seen = both(|first| {
            let abi = heap(64) | SYSTEM;
            let words = [address_word(PROBE), abi, first, address_word(FAKED), passed];
            run_in_kernel(&statements, &words)
        });
        assert_eq!(seen.caller, address_word(FAKED));
        assert_eq!(extra(&seen, 2), [passed, !passed]);
    }
}

pub(super) fn mimic_calls_forward_a_pointer() {
    let statements = by_pointer("call(a, 0xFFF9, 0, 0, d, 0, 0)", 0);
    let seen = both(|first| run_in_kernel(&statements, &pointed(PROBE, ALL_ERGS, first)));
    assert_eq!(seen.caller, address_word(FAKED));
    assert_eq!(seen.length, word(32), "a pointer's offset is cut off");
    assert_eq!(seen.flags, U256::ZERO);
}

pub(super) fn mimic_calls_forward_a_pointer_with_two_words() {
    let statements = by_pointer("call(a, 0xFFF8, 0, 0, d, c, e)", 2);
    let seen = both(|first| run_in_kernel(&statements, &pointed(PROBE, ALL_ERGS | SYSTEM, first)));
    assert_eq!(seen.caller, address_word(FAKED));
    assert_eq!((seen.flags, seen.length), (word(2), word(32)));
    assert_eq!(extra(&seen, 2), [1234, 5678].map(word));
}

/// What a raw call must have carried from a contract to the probe.
fn check_raw(seen: &Seen, from: Address, target: Address, system: bool) {
    assert_eq!(seen.caller, address_word(from));
    assert_eq!(seen.this, address_word(target));
    assert_eq!(seen.value, U256::ZERO);
    assert_eq!(seen.flags, word(2 * u64::from(system)));
}

pub(super) fn raw_calls_take_an_abi_word() {
    let statements = by_heap("call(a, 0xFFF7, 0, 0, b, 0, 0)", 0);
    for from in [USER, KERNEL] {
        for (bit, system) in [(U256::ZERO, false), (SYSTEM, true)] {
            let seen = both(|first| {
                run(
                    from,
                    &statements,
                    &[address_word(PROBE), heap(64) | bit, first],
                )
            });
            check_raw(&seen, from, PROBE, system);
        }
    }
    output_is_cut("call(a, 0xFFF7, 0, 0, b, 64, c)");
}

/// Copies what arrived, but not more than there is room for.
fn output_is_cut(call: &str) {
    let whole = WORDS as u64 * 32;
    let statements = format!(
        "mstore(0, 99) mstore(32, 77) mstore(add(64, c), not(0)) pop({call})
        mstore(0, returndatasize()) returndatacopy(add(128, c), 0, returndatasize()) return(0, add(add(128, c), returndatasize()))"
    );
    for room in [0, 1, 31, 32, 33, whole - 1, whole, whole + 1, whole + 400] {
        let words = [address_word(PROBE), heap(64), word(room)];
        let data = run(USER, &statements, &words).effect.data;
        assert_eq!(U256::from_be_slice(&data[..32]), word(whole));
        let room = room as usize;
        let (copied, returned) = (&data[64..64 + room], &data[128 + room..]);
        let common = room.min(whole as usize);
        assert_eq!(copied[..common], returned[..common]);
        assert!(copied[common..].iter().all(|byte| *byte == 0));
        let guard = if room + 32 > 64 + room { 0 } else { 32 };
        assert!(
            data[64 + room..][..guard].iter().all(|byte| *byte == 255),
            "nothing is written behind {room} bytes"
        );
    }
}

pub(super) fn raw_static_calls_take_an_abi_word() {
    let statements = by_heap("staticcall(a, 0xFFF7, 0, b, 0, 0)", 0);
    let seen = both(|first| run(USER, &statements, &[address_word(PROBE), heap(64), first]));
    check_raw(&seen, USER, PROBE, false);
    let write = run(
        USER,
        &statements,
        &[address_word(PROBE), heap(64), word(WRITE)],
    );
    assert_eq!(write.effect.data[..32], [0; 32], "a write panics");
    output_is_cut("staticcall(a, 0xFFF7, 0, b, 64, c)");
}

pub(super) fn raw_delegate_calls_take_an_abi_word() {
    let statements = by_heap("delegatecall(a, 0xFFF7, 0, b, 0, 0)", 0);
    let seen = both(|first| run(USER, &statements, &[address_word(PROBE), heap(64), first]));
    check_raw(&seen, SENDER, USER, false);
    assert_eq!(seen.code, address_word(PROBE));
    output_is_cut("delegatecall(a, 0xFFF7, 0, b, 64, c)");
}

/// A call by pointer and the room for its output.
fn by_pointer_with_room(call: &str) -> String {
    format!(
        "{ACTIVATE} mstore(64, not(0)) mstore(96, not(0)) let ok := {call} let size := returndatasize()
        returndatacopy(128, 0, size) mstore(32, ok) return(32, add(96, size))"
    )
}

fn pointed_with_room(from: Address, call: &str) -> Seen {
    let statements = by_pointer_with_room(call);
    let receipt = run(from, &statements, &pointed(PROBE, ALL_ERGS, word(99)));
    let data = &receipt.effect.data;
    assert_eq!(U256::from_be_slice(&data[..32]), U256::ONE);
    let seen = Seen::of(&data[96..]);
    assert_eq!(data[32..32 + 33], data[96..96 + 33], "the output arrived");
    assert_eq!(data[32 + 33..96], [255; 31], "and nothing behind it");
    assert_eq!((seen.data[0], seen.length), (word(99), word(32)));
    seen
}

pub(super) fn raw_calls_forward_a_pointer() {
    for from in [USER, KERNEL] {
        let seen = pointed_with_room(from, "call(a, 0xFFF6, 0, 0, 0, 64, 33)");
        check_raw(&seen, from, PROBE, false);
    }
}

pub(super) fn raw_static_calls_forward_a_pointer() {
    let seen = pointed_with_room(USER, "staticcall(a, 0xFFF6, 0, 0, 64, 33)");
    check_raw(&seen, USER, PROBE, false);
    let statements = by_pointer("staticcall(a, 0xFFF6, 0, 0, 0, 0)", 0);
    let write = run(USER, &statements, &pointed(PROBE, ALL_ERGS, word(WRITE)));
    assert_eq!(write.effect.data, [0; 32], "a write panics");
}

pub(super) fn raw_delegate_calls_forward_a_pointer() {
    let seen = pointed_with_room(USER, "delegatecall(a, 0xFFF6, 0, 0, 64, 33)");
    check_raw(&seen, SENDER, USER, false);
    assert_eq!(seen.code, address_word(PROBE));
}

pub(super) fn system_calls_pass_four_words() {
    let statements = by_heap("call(a, 0xFFF5, d, not(d), b, e, f)", 4);
    for passed in [U256::ZERO, U256::MAX, U256::ONE << 255] {
        let seen = both(|first| {
            let abi = heap(64) | SYSTEM;
            let words = [address_word(PROBE), abi, first, passed, word(5), word(6)];
            run(USER, &statements, &words)
        });
        check_raw(&seen, USER, PROBE, true);
        assert_eq!(extra(&seen, 4), [passed, !passed, word(5), word(6)]);
    }
    // Without the bit, and outside of the kernel with it, there are no words.
    for (target, bit) in [(PROBE, U256::ZERO), (USER_PROBE, SYSTEM)] {
        let words = [
            address_word(target),
            heap(64) | bit,
            word(99),
            U256::MAX,
            word(5),
            word(6),
        ];
        let (status, seen) = outcome(&run(USER, &statements, &words));
        assert_eq!((status, seen.flags), (U256::ONE, U256::ZERO));
        assert_eq!(seen.extra, [U256::ZERO; 10]);
    }
    let unpayable = [address_word(PROBE), heap(1 << 31), word(99), U256::ZERO];
    assert!(panicked(&run(
        USER,
        &by_heap("call(a, 0xFFF5, d, 0, b, 0, 0)", 4),
        &unpayable
    )));
}

pub(super) fn system_calls_forward_a_pointer_with_four_words() {
    let statements = by_pointer("call(a, 0xFFF4, c, d, 0, e, not(e))", 4);
    for from in [USER, KERNEL] {
        let seen = both(|first| run(from, &statements, &pointed(PROBE, ALL_ERGS | SYSTEM, first)));
        check_raw(&seen, from, PROBE, true);
        assert_eq!(seen.length, word(32));
        let expected = [word(1234), address_word(FAKED), word(5678), !word(5678)];
        assert_eq!(extra(&seen, 4), expected);
    }
}
