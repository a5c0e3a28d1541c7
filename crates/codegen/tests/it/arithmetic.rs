//! What passes know of arithmetic, with edge values on the EVM and on both implementations of EraVM: rules, and what only
//! looks as if they applied.

use alloy_primitives::U256;

use crate::tables::{Table, edges};

/// Ends of the 64-bit signed numbers.
const MIN: &str = "0xffffffffffffffffffffffffffffffffffffffffffffffff8000000000000000";
const MAX: &str = "0x7fffffffffffffff";

/// Edge values, and those about the ends of narrow signed numbers.
fn words() -> Vec<U256> {
    let mut words = edges();
    for width in [7_usize, 8, 63, 64] {
        let power = U256::ONE << width;
        words.extend([power - U256::ONE, power, power.wrapping_neg()]);
        words.push(power.wrapping_neg() - U256::ONE);
    }
    words
}

/// Runs all cases with every word beside about half of the others, and some third.
fn check(cases: &[String]) {
    let mut table = Table::on_both_machines(cases.to_vec());
    let words = words();
    for (number, a) in words.iter().enumerate() {
        let others = words.iter().enumerate().skip(number % 2).step_by(2);
        for (other, b) in others.chain([(number, a)]) {
            let c = words[(3 * number + 7 * other) % words.len()];
            table.check_all(&[*a, *b, c]);
        }
    }
}

fn rows(rows: &[&str]) -> Vec<String> {
    let named = |row: &&str| row.replace("MIN", MIN).replace("MAX", MAX);
    rows.iter().map(named).collect()
}

#[test]
fn flags_answer_for_products_and_shifts() {
    check(&rows(&[
        "let p := mul(a, b) if p { mstore(0, p) } mstore(32, 1)",
        "let p := mul(a, b) mstore(0, p) if iszero(p) { mstore(32, 1) } mstore(64, 2)",
        "if iszero(or(iszero(a), eq(b, div(mul(a, b), a)))) { mstore(0, 1) return(0, 32) } mstore(0, mul(a, b))",
        "if or(iszero(b), eq(a, div(mul(a, b), b))) { mstore(0, mul(a, b)) return(0, 32) } mstore(0, 7)",
        "let p := mul(a, b) mstore(64, p) if iszero(or(iszero(a), eq(b, div(p, a)))) { mstore(0, 1) } mstore(32, add(p, c))",
        "switch shr(b, a) case 0 { mstore(0, 1) } default { mstore(0, shr(b, a)) }",
        "if shl(128, a) { mstore(0, shl(128, a)) } if iszero(shr(255, b)) { mstore(32, 1) }",
        "for { let x := a } x { x := shr(7, x) } { mstore(0, add(mload(0), 1)) }",
    ]));
}

#[test]
fn high_words_are_found_behind_remainders() {
    let with = |high: &str, modulus: &str, factor: &str| {
        format!(
            "let m := mulmod(a, {factor}, {modulus}) let l := mul(a, b) let h := {high}
            if h {{ mstore(0, h) }} mstore(32, l) mstore(64, h)"
        )
    };
    let mut cases = Vec::new();
    for high in [
        "sub(sub(m, l), lt(m, l))",
        "sub(m, add(l, lt(m, l)))",
        "sub(m, add(gt(l, m), l))",
        "sub(sub(m, l), gt(m, l))",
        "sub(sub(l, m), lt(m, l))",
        "sub(m, add(l, lt(l, m)))",
    ] {
        cases.push(with(high, "not(0)", "b"));
        cases.push(with(high, "not(1)", "b"));
        cases.push(with(high, "not(0)", "c"));
    }
    check(&cases);
}

#[test]
fn sign_extensions_go_where_they_change_nothing() {
    check(&rows(&[
        "let x := signextend(7, a) mstore(0, signextend(7, x)) mstore(32, signextend(8, x)) mstore(64, signextend(6, x))",
        "let x := signextend(7, a) mstore(0, and(x, 0xffffffffffffffff)) mstore(32, and(x, 0x1ffffffffffffffff)) mstore(64, shl(192, x)) mstore(96, shl(191, x))",
        "let x := signextend(0, a) let y := signextend(0, b) mstore(0, signextend(1, mul(x, y))) mstore(32, signextend(0, add(x, y))) mstore(64, signextend(1, sub(x, y)))",
        "if eq(a, signextend(7, a)) { mstore(0, signextend(7, a)) mstore(32, slt(a, MIN)) } mstore(64, signextend(7, a))",
        "if iszero(eq(signextend(7, a), a)) { mstore(0, signextend(7, a)) return(0, 32) } mstore(32, sgt(a, MAX)) mstore(64, and(a, MAX))",
        "let x := signextend(7, a) if sgt(x, 0) { mstore(0, signextend(7, sub(0, x))) mstore(32, and(x, MAX)) } if slt(x, 0) { mstore(64, signextend(7, sub(0, x))) }",
        "mstore(0, signextend(7, sdiv(signextend(7, a), signextend(7, b)))) mstore(32, signextend(3, smod(a, 1000003))) mstore(64, signextend(7, sar(c, signextend(7, a))))",
    ]));
}

#[test]
fn range_checks_of_signed_numbers_are_one_comparison() {
    let sums = ["add", "sub", "mul"].map(|op| {
        format!(
            "let x := signextend(7, a) let y := signextend(7, b) let d := {op}(x, y)
            if or(slt(d, {MIN}), sgt(d, {MAX})) {{ mstore(0, 1) return(0, 32) }}
            mstore(32, d) mstore(64, signextend(7, d)) mstore(96, signextend(6, d))"
        )
    });
    let mut cases = rows(&[
        "mstore(0, or(slt(a, MIN), sgt(a, MAX))) mstore(32, or(sgt(a, MAX), slt(a, MIN)))",
        "mstore(0, and(iszero(slt(a, MIN)), iszero(sgt(a, MAX)))) if and(sgt(a, MIN), slt(a, MAX)) { mstore(32, 1) }",
        "mstore(0, or(slt(a, 5), sgt(a, not(4)))) mstore(32, and(sgt(a, 5), slt(a, 3))) mstore(64, and(sgt(a, 5), slt(a, 6)))",
        "mstore(0, or(slt(a, 5), sgt(a, 5))) mstore(32, or(slt(a, 5), sgt(a, 4))) mstore(64, and(sgt(a, 5), slt(a, 7)))",
        "mstore(0, or(slt(a, MIN), sgt(b, MAX))) mstore(32, or(slt(a, MIN), gt(a, MAX)))",
    ]);
    cases.extend(sums);
    check(&cases);
}

#[test]
fn ranges_pass_through_joins_and_loops() {
    check(&rows(&[
        "let x := and(a, 0xff) if b { x := and(c, 0xffff) } mstore(0, and(x, 0xff)) mstore(32, and(x, 0xffff)) mstore(64, gt(x, 0xffff))",
        "let x := signextend(0, a) if b { x := 500 } mstore(0, signextend(0, x)) mstore(32, signextend(1, x)) mstore(64, slt(x, 0))",
        "for { let i := signextend(0, a) } slt(i, signextend(0, b)) { i := add(i, 1) } { mstore(0, add(mload(0), 1)) mstore(32, signextend(0, i)) mstore(64, and(i, 0xff)) }",
        "let i := a for { let n := 0 } lt(n, 5) { n := add(n, 1) } { mstore(mul(n, 32), and(i, 0xff)) mstore(add(256, mul(n, 32)), lt(i, 3)) i := sub(i, 1) }",
        "let i := 0 for { let n := 0 } lt(n, 9) { n := add(n, 1) } { i := add(i, a) if gt(i, b) { break } mstore(0, and(i, 0xffff)) } mstore(32, i) mstore(64, lt(i, a))",
        "let x := and(a, 7) let y := 1 for { } x { x := sub(x, 1) } { y := mul(y, c) mstore(mul(x, 32), y) } mstore(0, x) mstore(0x200, iszero(y))",
    ]));
}

#[test]
fn outcomes_of_branches_are_known_behind_them() {
    check(&rows(&[
        "if lt(a, b) { mstore(0, gt(b, a)) mstore(32, iszero(lt(a, b))) mstore(64, eq(a, b)) if iszero(gt(b, a)) { mstore(96, 1) } } mstore(128, lt(a, b))",
        "switch a case 0 { mstore(0, iszero(a)) } default { if iszero(a) { mstore(32, 1) } mstore(64, gt(a, 0)) mstore(96, lt(a, 2)) }",
        "if iszero(gt(a, b)) { if iszero(eq(a, b)) { mstore(0, lt(a, b)) mstore(32, slt(a, b)) } if gt(b, a) { mstore(64, 1) } }",
        "if or(gt(a, 9), lt(b, 3)) { mstore(0, 1) return(0, 32) } mstore(32, add(lt(a, 10), gt(b, 2))) mstore(64, sub(b, 3)) mstore(96, gt(sub(b, 3), b))",
        "if and(gt(a, 9), lt(a, 12)) { mstore(0, and(a, 15)) mstore(32, lt(sub(a, 10), 2)) } mstore(64, lt(add(a, 5), 7))",
    ]));
}

#[test]
fn sums_that_fit_have_no_carry() {
    let masked = "let x := and(a, 0xffffffffffffffffffffffffffffffff) let y := shr(128, b)";
    let unmasked = "let x := a let y := b";
    let asks = "mstore(0, lt(add(x, y), x)) mstore(32, gt(add(x, y), y)) mstore(64, eq(add(x, y), x))
        mstore(96, iszero(gt(x, add(y, x)))) if lt(add(x, y), y) { mstore(128, 1) }
        mstore(160, lt(add(x, 4), 36)) mstore(192, slt(sub(x, 4), 32)) mstore(224, gt(sub(y, 4), 96))
        if gt(x, 3) { mstore(256, lt(sub(x, 4), 32)) mstore(288, slt(sub(x, 4), 32)) }";
    check(&[format!("{masked} {asks}"), format!("{unmasked} {asks}")]);
}

#[test]
fn truth_values_choose() {
    check(&rows(&[
        "mstore(0, shl(7, lt(a, b))) mstore(32, mul(gt(a, b), c)) mstore(64, sub(0, lt(a, b))) mstore(96, sub(5, eq(a, b)))",
        "mstore(0, mul(c, iszero(a))) if shl(7, lt(a, b)) { mstore(32, 1) } mstore(64, eq(shl(3, gt(a, c)), 8)) mstore(96, div(100, lt(a, b)))",
        "mstore(0, mul(lt(a, b), gt(a, c))) mstore(32, xor(1, lt(a, b))) mstore(64, mod(lt(a, b), 1)) mstore(96, shr(lt(a, b), 7)) mstore(128, shl(255, shl(1, lt(a, b))))",
        "let t := lt(a, b) mstore(0, mul(t, c)) mstore(32, shl(4, t)) mstore(64, t)",
    ]));
}

#[test]
fn shifts_by_up_to_the_whole_word_empty_it() {
    check(&rows(&[
        "let m := shl(3, sub(32, and(a, 31))) mstore(0, shr(m, b)) mstore(32, shl(m, b)) if iszero(shr(m, xor(b, c))) { mstore(64, 1) }",
        "let n := sub(256, and(a, 0xff)) mstore(0, shr(n, b)) mstore(32, shl(n, b)) mstore(64, shr(sub(257, and(c, 0xff)), b))",
        "let n := and(a, 0xff) mstore(0, shr(n, b)) mstore(32, shl(add(n, 1), b)) mstore(64, shl(add(n, 2), b))",
        "mstore(0, shl(248, and(b, 0xff))) mstore(32, shl(248, and(b, 0x7f))) mstore(64, shl(and(a, 0xff), b)) mstore(96, shl(and(a, 0x1ff), b))",
    ]));
}

#[test]
fn steps_depend_on_conditions() {
    check(&rows(&[
        "mstore(0, sub(a, lt(a, b))) mstore(32, or(b, shl(6, gt(a, 99)))) mstore(64, xor(c, eq(a, b))) mstore(96, add(gt(b, a), c)) mstore(128, shl(lt(a, c), b)) mstore(160, shr(iszero(a), b))",
        "let z := a if gt(b, 7) { z := sub(0, a) } mstore(0, z) let w := a if lt(b, a) { w := b } mstore(32, w) mstore(64, a)",
        "let z := a if slt(a, 0) { z := sub(0, z) } if sgt(b, z) { z := add(z, b) } mstore(0, z)",
        "let z := a switch gt(b, c) case 0 { z := and(z, b) } default { } mstore(0, z) let y := 7 if b { y := shl(a, 1) } mstore(32, y)",
        "for { let i := a let n := 0 } lt(n, 4) { n := add(n, 1) } { if gt(i, b) { i := sub(i, c) } mstore(mul(n, 32), i) i := add(i, lt(c, i)) }",
        "let t := lt(a, b) mstore(0, add(c, t)) mstore(32, sub(c, t)) mstore(64, sub(c, mul(gt(a, c), b))) mstore(96, sub(mul(gt(a, c), b), c))",
        "let x := a let y := b if gt(x, y) { x := b y := a } mstore(0, x) mstore(32, y) if eq(x, c) { y := x } mstore(64, y)",
        "let d := sub(a, b) if lt(a, b) { d := sub(0, d) } mstore(0, d) let e := add(a, b) if lt(e, a) { e := not(0) } mstore(32, e)",
    ]));
}

#[test]
fn signed_shifts_and_quotients_agree() {
    check(&rows(&[
        "mstore(0, sar(a, b)) mstore(32, sar(1, a)) mstore(64, sar(96, b)) mstore(96, sar(255, a)) mstore(128, sar(256, a)) mstore(160, sar(0, a))",
        "mstore(0, sar(and(a, 0xff), b)) mstore(32, sar(and(a, 0x1ff), b)) mstore(64, sar(5, shr(1, b))) mstore(96, add(sar(4, a), sar(4, b)))",
        "mstore(0, sdiv(a, 3)) mstore(32, sdiv(a, 0)) mstore(64, sdiv(a, not(0))) mstore(96, sdiv(b, MAX)) mstore(128, sdiv(a, MIN)) mstore(160, sdiv(7, b))",
        "mstore(0, sdiv(shr(1, a), 10)) mstore(32, sdiv(signextend(7, a), 10)) mstore(64, sdiv(signextend(7, a), signextend(7, b))) mstore(96, smod(signextend(7, a), 10))",
    ]));
}

#[test]
fn sums_are_grouped_in_loops_only_where_they_stay_the_same() {
    check(&rows(&[
        "let p := 0x400 for { let i := 0 } lt(i, 5) { i := add(i, 1) } { mstore(add(p, add(shl(5, i), 32)), add(i, a)) } let s := 0 for { let i := 0 } lt(i, 5) { i := add(i, 1) } { s := add(s, mload(add(add(shl(5, i), 32), p))) } mstore(0, s)",
        "let s := 0 for { let i := 0 } lt(i, 4) { i := add(i, 1) } { s := add(s, add(add(mul(i, c), 7), a)) a := add(a, b) mstore(mul(i, 32), add(add(s, 9), b)) }",
        "for { let i := 0 } lt(i, 3) { i := add(i, 1) } { let t := add(xor(i, a), 5) mstore(mul(i, 32), add(t, b)) mstore(add(256, mul(i, 32)), t) for { let j := 0 } lt(j, 2) { j := add(j, 1) } { mstore(512, add(mload(512), add(add(j, 3), i))) } }",
    ]));
}

#[test]
fn products_with_powers_of_two_and_masks_beside_shifts_agree() {
    check(&rows(&[
        "let p := mul(16, a) let m := mulmod(16, a, not(0)) let h := sub(sub(m, p), lt(m, p)) if h { mstore(0, h) mstore(32, p) return(0, 64) } mstore(64, p)",
        "let p := mul(a, 0x100000000) let m := mulmod(0x100000000, a, not(0)) mstore(0, sub(m, add(p, lt(m, p)))) mstore(32, p) let n := mulmod(16, a, not(0)) mstore(64, sub(n, add(p, lt(n, p))))",
        "mstore(0, shr(248, and(a, shl(248, 0xff)))) mstore(32, shr(247, and(a, shl(248, 0xff)))) mstore(64, shr(8, and(a, not(0xff)))) mstore(96, shr(8, and(a, not(0x1ff))))",
        "let x := sub(and(a, 0xffff), 0x8000) mstore(0, xor(and(x, 0xffff), 0x8000)) mstore(32, slt(sub(xor(and(x, 0xffff), 0x8000), 0x8000), 0)) mstore(64, slt(add(x, 5), 5)) mstore(96, sgt(add(x, 5), 4))",
    ]));
}

#[test]
fn sizes_of_returned_data_are_those_of_the_last_call() {
    let sizes = "function sizes() -> s { s := returndatasize() mstore(0x200, s) s := add(shl(32, s), returndatasize()) }";
    let mut table = Table::on_both_machines(vec![
        format!(
            "let x := sizes() mstore(0, 1) pop(staticcall(gas(), address(), 0, 32, 0, 0)) let y := sizes()
            mstore(0, 2) pop(staticcall(gas(), address(), 0, 32, 0, 0)) mstore(0x40, sizes()) mstore(0x60, x) mstore(0x80, y)
            {sizes}"
        ),
        "return(0, 77)".to_owned(),
        "revert(0, 5)".to_owned(),
    ]);
    table.check(0, &[]);
}
