//! Random Yul programs, unoptimised by solc, so that every fold and pass of ours meets what solc would have simplified.

use alloy_primitives::{U256, hex};
use zksso_codegen::Options;

use crate::harness::{
    compiled::Compiled, era::Call, pair::Pair, program, random::Random, solc::compile_yul,
};

/// Objects, functions in each, and calls of each function.
const OBJECTS: u64 = 4;
const FUNCTIONS: usize = 30;
const CALLS: usize = 20;

fn objects() -> u64 {
    std::env::var("ZKSSO_YUL_OBJECTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(OBJECTS)
}

#[test]
fn random_programs_agree() {
    for seed in 0..objects() {
        let mut random = Random::new(seed);
        let source = program::object(&mut random, FUNCTIONS);
        let contract = Compiled::new(&compile_yul(&source), &Options::default());
        let mut pair = Pair::new();
        let address = pair
            .deploy(&contract, &[])
            .unwrap_or_else(|e| panic!("{e}\n{source}"))
            .expect("deploys");
        for call in 0..FUNCTIONS * CALLS {
            let mut data = U256::from(call % FUNCTIONS).to_be_bytes::<32>().to_vec();
            for _ in 0..4 {
                data.extend(random.word().to_be_bytes::<32>());
            }
            if let Err(difference) = pair.call(&Call::new(address, data.clone())) {
                panic!(
                    "seed {seed}, data {}\n{difference}\n{source}",
                    hex::encode(data)
                );
            }
        }
    }
}
