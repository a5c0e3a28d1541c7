//! Scenarios from the fuzzer's bytes: the choices of the generator that the tests use, on the same three machines.

#![no_main]

use harness::{generator, random::Random};
use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the tests of the crate use the rest")]
#[path = "../../tests/it/harness/mod.rs"]
mod harness;

fuzz_target!(|bytes: &[u8]| {
    let scenario = generator::scenario(&mut Random::from_bytes(bytes));
    if let Err(difference) = scenario.run() {
        panic!("{difference}\n\n{scenario}");
    }
});
