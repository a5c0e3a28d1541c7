//! The active pointer and its companions.

use super::{ALL_ERGS, PROBE, USER, answer, encoded, panicked, refusal, run, word};
use crate::harness::{era::word as address_word, probe::WORDS};
use alloy_primitives::U256;

const CALLDATA: &str = "pop(staticcall(0, 0xFFEB, 0, 0xFFFF, 0, 0))";
const RETURNDATA: &str = "pop(staticcall(0, 0xFFEA, 0, 0xFFFF, 0, 0))";
/// Answers with the first word and the length of the active pointer.
const TELL: &str = "mstore(0, staticcall(0, 0xFFE4, 0, 0xFFFF, 0, 0)) mstore(32, staticcall(0, 0xFFE2, 0, 0xFFFF, 0, 0)) return(0, 64)";

pub(super) fn calldata_becomes_active() {
    let statements = format!("{CALLDATA} {TELL}");
    for words in [&[word(77)][..], &[U256::MAX, word(2)], &[]] {
        let first = words.first().copied().unwrap_or_default();
        let length = word(words.len() as u64 * 32);
        assert_eq!(answer(&run(USER, &statements, words)), [first, length]);
    }
    // Before anything is loaded the pointer is there and empty.
    assert_eq!(answer(&run(USER, TELL, &[word(77)])), [U256::ZERO; 2]);
}

pub(super) fn returndata_becomes_active() {
    let statements =
        format!("mstore(0, a) pop(staticcall(gas(), 0x9004, 0, b, 0, 0)) {RETURNDATA} {TELL}");
    for length in [0, 1, 31, 32, 100] {
        let found = answer(&run(USER, &statements, &[U256::MAX, word(length)]));
        let first = match length {
            0 => U256::ZERO,
            32.. => U256::MAX,
            _ => U256::MAX << (256 - 8 * length as usize),
        };
        assert_eq!(found, [first, word(length)]);
    }
    let before = format!("{RETURNDATA} {TELL}");
    assert_eq!(answer(&run(USER, &before, &[word(77)])), [U256::ZERO; 2]);
}

/// Calldata of three words, and statements that change the pointer to it twice.
fn changed(address: &str) -> String {
    let change = format!("staticcall(a, {address}, 0, 0xFFFF, 0, 0)");
    format!(
        "{CALLDATA} if iszero({change}) {{ invalid() }} pop(staticcall(b, {address}, 0, 0xFFFF, 0, 0)) {TELL}"
    )
}

pub(super) fn offsets_add_up() {
    let statements = changed("0xFFE9");
    let third = word(0x1234);
    for (a, b) in [
        (0u64, 0u64),
        (0, 64),
        (64, 0),
        (32, 32),
        (63, 1),
        (64, 8),
        (95, 1),
        (96, 0),
        (90, 4_000),
    ] {
        let words = [word(a), word(b), third];
        let data = encoded(&words);
        let rest: Vec<u8> = (a + b..a + b + 32)
            .map(|at| data.get(at as usize).copied().unwrap_or_default())
            .collect();
        let found = answer(&run(USER, &statements, &words));
        assert_eq!(found, [U256::from_be_slice(&rest), word(96)], "{a} {b}");
    }
    let last = U256::from(u32::MAX);
    for (a, b) in [
        (U256::ONE << 32, U256::ZERO),
        (last, word(1)),
        (U256::MAX, U256::ZERO),
        (word(1), U256::ONE << 255),
    ] {
        let receipt = run(USER, &statements, &[a, b, third]);
        assert!(panicked(&receipt), "{a} {b}: {receipt:?}");
    }
}

pub(super) fn lengths_shrink() {
    let statements = changed("0xFFE8");
    for (a, b) in [
        (0u64, 0u64),
        (1, 0),
        (0, 31),
        (64, 0),
        (64, 31),
        (64, 32),
        (96, 0),
    ] {
        let words = [word(a), word(b), U256::MAX];
        let kept = 96 - a - b;
        let mut first = word(a).to_be_bytes::<32>();
        first
            .iter_mut()
            .skip(kept as usize)
            .for_each(|byte| *byte = 0);
        let found = answer(&run(USER, &statements, &words));
        assert_eq!(found, [U256::from_be_slice(&first), word(kept)], "{a} {b}");
    }
    for (a, b) in [
        (word(97), U256::ZERO),
        (word(96), word(1)),
        (U256::ZERO, U256::MAX),
    ] {
        let receipt = run(USER, &statements, &[a, b, U256::MAX]);
        assert!(panicked(&receipt), "{a} {b}: {receipt:?}");
    }
}

/// Unlike an addition, shrinking looks at the low 32 bits of its operand only.
#[test]
fn lengths_shrink_by_low_bits() {
    let statements = changed("0xFFE8");
    let words = [(U256::ONE << 32) | word(1), U256::ONE << 255, U256::MAX];
    let found = answer(&run(USER, &statements, &words));
    assert_eq!(found, [words[0], word(95)]);
}

/// The low half stays, the high half becomes that of the operand, whose low half must be zero.
pub(super) fn high_halves_are_packed() {
    let statements = format!(
        "{CALLDATA} mstore(0, staticcall(a, 0xFFE7, 0, 0xFFFF, 0, 0)) mstore(32, staticcall(0, 0xFFE2, 0, 0xFFFF, 0, 0)) return(0, 64)"
    );
    // The length is read as all that is above bit 96, so it shows what was packed.
    for high in [0u64, 1, 0x0100_0000, u64::MAX] {
        let packed = U256::from(high) << 192usize;
        let found = answer(&run(USER, &statements, &[packed]));
        assert_eq!(found, [word(1), (packed >> 96usize) | word(32)]);
    }
    for packed in [U256::ONE, U256::from(u128::MAX), U256::MAX] {
        assert!(panicked(&run(USER, &statements, &[packed])), "{packed}");
    }
}

pub(super) fn words_are_loaded() {
    let statements =
        format!("{CALLDATA} mstore(0, staticcall(a, 0xFFE4, 0, 0xFFFF, 0, 0)) return(0, 32)");
    for at in [
        0u64,
        1,
        31,
        32,
        33,
        63,
        64,
        65,
        1_000,
        u64::from(u32::MAX) - 32,
    ] {
        let data = encoded(&[word(at), U256::MAX]);
        let part: Vec<u8> = (at..at + 32)
            .map(|at| data.get(at as usize).copied().unwrap_or_default())
            .collect();
        let found = answer(&run(USER, &statements, &[word(at), U256::MAX]));
        assert_eq!(found, [U256::from_be_slice(&part)], "at {at}");
    }
    for at in [U256::ONE << 32, U256::ONE << 255, U256::MAX] {
        assert!(
            panicked(&run(USER, &statements, &[at, U256::MAX])),
            "at {at}"
        );
    }
}

pub(super) fn bytes_are_copied() {
    let statements = format!(
        "{CALLDATA} for {{ let i := 0 }} lt(i, 320) {{ i := add(i, 32) }} {{ mstore(i, not(0)) }}
        if iszero(staticcall(a, 0xFFE3, b, 0xFFFF, c, 0)) {{ invalid() }} return(0, 320)"
    );
    let edges = [0u64, 1, 31, 32, 33, 65, 130];
    for to in edges.into_iter().step_by(2) {
        for from in edges {
            for length in edges {
                let words = [word(to), word(from), word(length), word(7)];
                let data = encoded(&words);
                let mut expected = [255; 320];
                for at in 0..length {
                    let byte = data.get((from + at) as usize).copied();
                    expected[(to + at) as usize] = byte.unwrap_or_default();
                }
                let receipt = run(USER, &statements, &words);
                assert_eq!(receipt.effect.data, expected, "{to} {from} {length}");
            }
        }
    }
    for huge in [U256::ONE << 32, U256::ONE << 255, U256::MAX] {
        for words in [
            [huge, word(0), word(1)],
            [word(0), huge, word(1)],
            [word(0), word(0), huge],
        ] {
            assert!(panicked(&run(USER, &statements, &words)), "{words:?}");
        }
    }
}

pub(super) fn the_length_is_told() {
    let statements = format!(
        "{CALLDATA} pop(staticcall(a, 0xFFE9, 0, 0xFFFF, 0, 0)) mstore(0, staticcall(0, 0xFFE2, 0, 0xFFFF, 0, 0))
        pop(staticcall(b, 0xFFE8, 0, 0xFFFF, 0, 0)) mstore(32, staticcall(0, 0xFFE2, 0, 0xFFFF, 0, 0)) return(0, 64)"
    );
    for (add, shrink) in [(0, 0), (64, 0), (0, 64), (1, 31), (100, 64)] {
        let found = answer(&run(USER, &statements, &[word(add), word(shrink)]));
        assert_eq!(
            found,
            [word(64), word(64 - shrink)],
            "an offset is not taken off"
        );
    }
}

/// Calls the probe and hands its answer on, first shortened on both sides.
fn forwarding(end: &str) -> String {
    format!(
        "pop(staticcall(a, 0xFFF7, 0, b, 0, 0)) {RETURNDATA} pop(staticcall(c, 0xFFE9, 0, 0xFFFF, 0, 0))
        pop(staticcall(d, 0xFFE8, 0, 0xFFFF, 0, 0)) pop(staticcall(0, {end}, 0, 0xFFFF, 0, 0)) sstore(0, 1)"
    )
}

fn check_forwarding(end: &str, success: bool) {
    let whole = WORDS as u64 * 32;
    // With all of the data skipped, the two machines do not agree on whether an empty rest can be returned.
    for (skip, drop) in [
        (0, 0),
        (1, 0),
        (0, 31),
        (64, 64),
        (whole - 1, 0),
        (0, whole),
    ] {
        let words = [address_word(PROBE), ALL_ERGS, word(skip), word(drop)];
        let receipt = run(USER, &forwarding(end), &words);
        assert_eq!(receipt.effect.success, success);
        let length = (whole - skip - drop) as usize;
        assert_eq!(receipt.effect.data.len(), length);
        let (from, to) = (11 * 32 - skip as usize, 12 * 32 - skip as usize);
        if skip < 32 && to <= length {
            let caller = U256::from_be_slice(&receipt.effect.data[from..to]);
            assert_eq!(caller, address_word(USER), "the probe's own answer");
        }
    }
    let own = format!("{CALLDATA} pop(staticcall(0, {end}, 0, 0xFFFF, 0, 0))");
    assert!(
        panicked(&run(USER, &own, &[word(1)])),
        "the caller's own data cannot be handed back"
    );
}

pub(super) fn the_active_pointer_is_returned() {
    check_forwarding("0xFFDB", true);
}

pub(super) fn the_active_pointer_is_reverted_with() {
    check_forwarding("0xFFDA", false);
}

pub(super) fn active_pointers_are_exchanged() {
    let exchange = |a: u8, b: u8| format!("pop(staticcall({a}, 0xFFD9, {b}, 0xFFFF, 0, 0))");
    let length = "staticcall(0, 0xFFE2, 0, 0xFFFF, 0, 0)";
    let shrink = "pop(staticcall(1, 0xFFE8, 0, 0xFFFF, 0, 0))";
    // Lengths 64, 63 and 62 in pointers 0, 1 and 254.
    let fill = format!(
        "{CALLDATA} {shrink} {} {CALLDATA} {shrink} {shrink} {} {CALLDATA}",
        exchange(0, 1),
        exchange(254, 0)
    );
    let rotate = format!(
        "{fill} mstore(0, {length}) {} mstore(32, {length}) {} mstore(64, {length}) {} mstore(96, {length})
        {} mstore(128, {length}) return(0, 160)",
        exchange(0, 1),
        exchange(0, 254),
        exchange(1, 0),
        exchange(0, 0)
    );
    let found = answer(&run(USER, &rotate, &[U256::MAX; 2]));
    assert_eq!(found, [64, 63, 62, 64, 64].map(word));
    for arguments in [
        ("calldataload(0)", "1"),
        ("0", "calldataload(0)"),
        ("255", "0"),
        ("0", "not(0)"),
    ] {
        let (a, b) = arguments;
        let message = refusal(&format!("pop(staticcall({a}, 0xFFD9, {b}, 0xFFFF, 0, 0))"));
        assert!(message.contains("known at compile time"), "{message}");
    }
}
