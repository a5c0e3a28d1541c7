//! Programs made to stress single optimisations, against solc's EVM bytecode: `stress/<name>.yul` holds the statements of a runtime.
//! Its calldata are six words, the first of which picks a case; it returns the memory it may have touched.

use std::{fmt::Write as _, fs, path::Path};

use alloy_primitives::{U256, hex};
use zksso_codegen::Options;

use crate::harness::{
    compiled::Compiled, era::Call, pair::Pair, random::Random, solc::compile_yul,
};

/// Calls of each program.
const CALLS: usize = 600;
/// Words of calldata.
const WORDS: usize = 6;

fn object(statements: &str) -> String {
    format!(
        "object \"Stress\" {{
            code {{
                datacopy(0, dataoffset(\"Stress_deployed\"), datasize(\"Stress_deployed\"))
                return(0, datasize(\"Stress_deployed\"))
            }}
            object \"Stress_deployed\" {{ code {{ {statements} }} }}
        }}"
    )
}

/// Small numbers make addresses overlap; edges make comparisons interesting.
fn word(random: &mut Random) -> U256 {
    match random.below(3) {
        0 => random.word(),
        1 => U256::from(random.below(8)),
        _ => U256::from(random.below(256)),
    }
}

fn agrees(statements: &str, name: &str) {
    let contract = Compiled::new(&compile_yul(&object(statements)), &Options::default());
    let mut random = Random::new(name.len() as u64);
    let mut pair = Pair::new();
    let address = pair
        .deploy(&contract, &[])
        .unwrap_or_else(|difference| panic!("{name}: {difference}"))
        .expect("deploys");
    let mut successes = 0;
    for _ in 0..CALLS {
        let mut data = U256::from(random.below(16)).to_be_bytes::<32>().to_vec();
        for _ in 1..WORDS {
            data.extend(word(&mut random).to_be_bytes::<32>());
        }
        if random.one_in(16) {
            data.truncate(random.below(data.len()));
        }
        let value = u128::from(random.one_in(6));
        match pair.call(&Call::new(address, data.clone()).value(value)) {
            Ok(effect) => successes += usize::from(effect.success),
            Err(difference) => panic!("{name}, data {}\n{difference}", hex::encode(data)),
        }
    }
    assert!(successes > CALLS / 8, "{name}: {successes} successes");
}

#[test]
fn stress_programs_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/stress");
    let mut programs: Vec<_> = fs::read_dir(folder)
        .expect("the folder exists")
        .map(|entry| entry.expect("is readable").path())
        .collect();
    programs.sort();
    assert!(!programs.is_empty());
    for program in programs {
        let statements = fs::read_to_string(&program).expect("is readable");
        agrees(&statements, &program.display().to_string());
    }
}

/// Conditions on two operands.
const CONDITIONS: [&str; 8] = [
    "lt({x}, {y})",
    "gt({x}, {y})",
    "eq({x}, {y})",
    "iszero(lt({x}, {y}))",
    "iszero(gt({x}, {y}))",
    "iszero(eq({x}, {y}))",
    "slt({x}, {y})",
    "iszero(sgt({x}, {y}))",
];

fn condition(number: usize, x: &str, y: &str) -> String {
    CONDITIONS[number].replace("{x}", x).replace("{y}", y)
}

/// What one condition says about another on the same operands.
#[test]
fn conditions_inside_conditions_agree() {
    let mut code =
        "let a := calldataload(0x20) let b := calldataload(0x40) let r := 0\n".to_owned();
    for outer in 0..CONDITIONS.len() {
        for inner in 0..CONDITIONS.len() {
            let bit = 2 * (CONDITIONS.len() * outer + inner);
            let (first, same) = (condition(outer, "a", "b"), condition(inner, "a", "b"));
            let swapped = condition(inner, "b", "a");
            writeln!(
                code,
                "if {first} {{ if {same} {{ r := or(r, shl({bit}, 1)) }}"
            )
            .unwrap();
            writeln!(
                code,
                "if {swapped} {{ r := or(r, shl({}, 1)) }} }}",
                bit + 1
            )
            .unwrap();
        }
    }
    code += "mstore(0, r) return(0, 0x20)";
    agrees(&code, "conditions inside conditions");
}

/// What a condition with one constant says about another with a close one.
#[test]
fn conditions_with_constants_inside_each_other_agree() {
    let constants = ["0", "1", "5", "6", "not(0)", "shl(255, 1)"];
    for first in constants {
        let mut code = "let a := calldataload(0x20) let r := 0\n".to_owned();
        for (second, outer) in constants.iter().flat_map(|c| (0..6).map(move |at| (c, at))) {
            for inner in [0, 1, 2, 6] {
                let outer = condition(outer, "a", first);
                let inner = condition(inner, "a", second);
                writeln!(
                    code,
                    "if {outer} {{ r := add(mul(r, 3), add(1, {inner})) }}"
                )
                .unwrap();
            }
        }
        code += "mstore(0, r) return(0, 0x20)";
        agrees(&code, &format!("conditions with {first}"));
    }
}

/// Subtractions and sums whose flags answer the question that follows.
#[test]
fn conditions_beside_arithmetic_agree() {
    let mut code =
        "let a := calldataload(0x20) let b := calldataload(0x40) let r := 0\n".to_owned();
    let mut ask = |arithmetic: &str, x: &str, y: &str| {
        for number in 0..CONDITIONS.len() {
            let asked = condition(number, x, y);
            writeln!(
                code,
                "{{ let d := {arithmetic} if {asked} {{ r := add(mul(r, 3), d) }} }}"
            )
            .unwrap();
            writeln!(
                code,
                "{{ let d := {arithmetic} switch {asked} case 0 {{ r := xor(mul(r, 5), d) }} default {{ r := add(r, 1) }} }}"
            )
            .unwrap();
        }
    };
    for subtracted in [1, 2, 5, 0xff] {
        for compared in [subtracted - 1, subtracted, subtracted + 1, 0] {
            ask(&format!("sub(a, {subtracted})"), "a", &compared.to_string());
            ask(&format!("sub(a, {subtracted})"), "d", &compared.to_string());
        }
    }
    for arithmetic in [
        "add(a, b)",
        "sub(a, b)",
        "and(a, b)",
        "or(a, b)",
        "xor(a, b)",
        "mul(a, b)",
    ] {
        for (x, y) in [
            ("a", "d"),
            ("d", "b"),
            ("a", "b"),
            ("b", "a"),
            ("d", "0"),
            ("d", "a"),
        ] {
            ask(arithmetic, x, y);
        }
    }
    code += "mstore(0, r) return(0, 0x20)";
    agrees(&code, "conditions beside arithmetic");
}
