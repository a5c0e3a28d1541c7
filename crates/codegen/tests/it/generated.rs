//! Scenarios on three machines: solc's assembly on revm, our code on `zksync_vm2` and on `zk_evm`. Some are generated, those of
//! the folder `corpus` are kept: what showed a difference once, and what was written by hand.

use std::{fs, path::Path};

use zksso_codegen::yul::parse;

use crate::harness::{
    generator,
    random::Random,
    scenario::{REFUSED, Scenario, Tally},
    shrink::{print, shrink},
};

/// Scenarios of a normal run, from seed 0. `ZKSSO_GENERATED_SEED` and `ZKSSO_GENERATED_COUNT` choose others.
const COUNT: u64 = 100;
/// Scenarios between two lines on standard output.
const REPORT: u64 = 100;

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// Runs a scenario; a difference is shrunk and shown as a file of the corpus.
fn agrees(scenario: &Scenario, name: &str) -> Tally {
    scenario.run().unwrap_or_else(|difference| {
        assert!(
            !difference.starts_with(REFUSED),
            "{name}: {difference}\n\n{scenario}"
        );
        let (smallest, difference) = shrink(scenario, difference);
        panic!("{name}: {difference}\n\n{smallest}")
    })
}

#[test]
fn generated_scenarios_agree() {
    let first = variable("ZKSSO_GENERATED_SEED", 0);
    let count = variable("ZKSSO_GENERATED_COUNT", COUNT);
    let mut total = Tally::default();
    for seed in first..first + count {
        let scenario = generator::scenario(&mut Random::new(seed));
        total += agrees(&scenario, &format!("seed {seed}"));
        if (seed + 1 - first).is_multiple_of(REPORT) {
            println!("{} scenarios: {total:?}", seed + 1 - first);
        }
    }
    // Enough must happen for agreement to mean something.
    if count >= COUNT {
        let calls = total.calls as u64;
        assert!(calls > 10 * count, "{total:?}");
        assert!(total.successes as u64 > calls / 2, "{total:?}");
        assert!(total.successes < total.calls, "{total:?}");
        assert!(total.logs > 0, "{total:?}");
        assert!(total.refused as u64 <= count / 2, "{total:?}");
    }
}

#[test]
fn the_corpus_agrees() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/corpus");
    let files = fs::read_dir(folder).expect("the folder exists");
    let mut files: Vec<_> = files
        .map(|file| file.expect("is readable").path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let name = file.display().to_string();
        let text = fs::read_to_string(&file).expect("is readable");
        let scenario = Scenario::parse(&text);
        assert!(!scenario.calls.is_empty(), "{name} makes no calls");
        let tally = agrees(&scenario, &name);
        assert_eq!(tally.calls, scenario.calls.len(), "{name}: {tally:?}");
    }
}

#[test]
fn a_scenario_survives_its_text() {
    for seed in 0..20 {
        let scenario = generator::scenario(&mut Random::new(seed));
        assert_eq!(Scenario::parse(&scenario.to_string()), scenario);
    }
}

#[test]
fn any_bytes_make_a_scenario() {
    let mut random = Random::new(9);
    for length in [0, 1, 10, 300, 3_000] {
        let bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        let scenario = generator::scenario(&mut Random::from_bytes(&bytes));
        agrees(&scenario, &format!("{length} bytes"));
    }
}

#[test]
fn a_printed_tree_is_parsed_to_itself() {
    for seed in 0..20 {
        for source in generator::scenario(&mut Random::new(seed)).sources {
            let printed = print(&parse(&source).expect("is well-formed"));
            let again = print(&parse(&printed).expect("is well-formed"));
            assert_eq!(printed, again);
        }
    }
}

/// A scenario whose contract looks at its code's size, which does differ, among much that does not.
fn different() -> Scenario {
    let noise = (0..12).map(|i| {
        format!("mstore({i}, add(calldataload({i}), 7)) if mload({i}) {{ sstore({i}, 1) }}\n")
    });
    let source = format!(
        "object \"Program\" {{
            code {{
                datacopy(0, dataoffset(\"Program_deployed\"), datasize(\"Program_deployed\"))
                return(0, datasize(\"Program_deployed\"))
            }}
            object \"Program_deployed\" {{
                code {{
                    {} mstore(0, mul(3, extcodesize(address()))) return(0, 32)
                }}
            }}
        }}",
        noise.collect::<String>()
    );
    let calls = (0..6).map(|i| format!("// call 0 0 0 0{i}\n"));
    Scenario::parse(&(source + "\n" + &calls.collect::<String>()))
}

#[test]
fn differences_are_found_and_shrunk() {
    let scenario = different();
    let difference = scenario.run().expect_err("code sizes differ");
    assert!(
        difference.starts_with("call 0: EVM returns"),
        "{difference}"
    );
    let (smallest, difference) = shrink(&scenario, difference);
    assert!(
        difference.starts_with("call 0: EVM returns"),
        "{difference}"
    );
    assert_eq!(smallest.calls.len(), 1);
    let source = &smallest.sources[0];
    assert!(
        source.contains("extcodesize") && source.contains("return"),
        "{source}"
    );
    assert!(
        !source.contains("calldataload") && !source.contains("if "),
        "{source}"
    );
}
