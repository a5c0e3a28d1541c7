//! Programs made to stress single optimisations, against solc's EVM bytecode: `stress/<name>.yul` holds the statements of a runtime.
//! Its calldata are six words, the first of which picks a case; it returns the memory it may have touched.

use std::{fs, path::Path};

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
