//! Generated scenarios on all machines.

use crate::harness::{generator, random::Random, scenario::Tally};

/// Scenarios of a normal run.
const COUNT: u64 = 150;

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn generated_scenarios_agree() {
    let (first, count) = (variable("ZKSSO_GENERATED_SEED", 0), variable("ZKSSO_GENERATED_COUNT", COUNT));
    let mut total = Tally::default();
    let start = std::time::Instant::now();
    let mut failures = 0;
    for seed in first..first + count {
        let scenario = generator::scenario(&mut Random::new(seed));
        if seed % 50 == 49 { eprintln!("{seed} {total:?} {failures} {:?}", start.elapsed()); }
        match scenario.run() {
            Ok(tally) => total += tally,
            Err(difference) => {
                failures += 1;
                std::fs::write(format!("/tmp/gen/{seed}.yul"), format!("{scenario}\n{difference}")).unwrap();
                println!("{seed} {}", difference.lines().map(|l| &l[..l.len().min(300)]).collect::<Vec<_>>().join("\n"));
            }
        }
    }
    println!("{total:?} {failures} {:?}", start.elapsed());
}
