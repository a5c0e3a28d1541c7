//! What library contracts cost on EraVM: bytes of code, and ergs of calls whose outcome the EVM confirms.
//!
//! Ergs are those of the call and of the system contracts it uses, without the fetching of codes, which is a matter of their
//! length. They are counted, not timed, so they are the same on every machine.
//!
//! | Variable | Effect |
//! |---|---|
//! | `ZKSSO_UPDATE_SNAPSHOTS=1` | writes the snapshot instead of comparing with it |
//! | `ZKSSO_BENCH_IR=optimised`, `unoptimised` | measures with this Yul of solc; compares with the snapshot only if it is the default |
//! | `ZKSSO_BENCH_WRITE=path` | writes the figures to a file too |
//! | `ZKSSO_BENCH_TABLE=1` | prints a table (`--nocapture` shows it) against the snapshot, |
//! | `ZKSSO_BENCH_AGAINST=path` | or against such a file |

mod figures;
mod projects;
mod scripts;
mod stage;
mod table;

use std::{
    env, fs,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use figures::Figures;

use crate::harness::solc::{self, Ir};

/// Set it to write the snapshot instead of comparing with it.
const UPDATE_VARIABLE: &str = "ZKSSO_UPDATE_SNAPSHOTS";

/// Something that is measured by itself.
type Subject = Box<dyn Fn(Ir) -> Figures + Send + Sync>;

#[test]
fn library_contracts_cost_what_the_snapshot_says() {
    let ir = chosen_ir();
    let figures = measure(ir);
    let snapshot = solc::root().join("snapshots/codegen.json");
    if let Some(path) = env::var_os("ZKSSO_BENCH_WRITE") {
        fs::write(path, figures.to_json()).expect("figures can be written");
    }
    if env::var_os("ZKSSO_BENCH_TABLE").is_some() {
        let against = env::var_os("ZKSSO_BENCH_AGAINST").map_or(snapshot.clone(), PathBuf::from);
        println!("{}", table::compare(&read(&against), &figures));
    }
    if ir != Ir::DEFAULT {
        return;
    }
    if env::var_os(UPDATE_VARIABLE).is_some() {
        fs::write(&snapshot, figures.to_json()).expect("snapshot can be written");
        return;
    }
    let differences = read(&snapshot).differences(&figures);
    assert!(
        differences.is_empty(),
        "costs changed; if they should, run the test once with {UPDATE_VARIABLE}=1:\n{}",
        differences.join("\n")
    );
}

fn chosen_ir() -> Ir {
    match env::var("ZKSSO_BENCH_IR").as_deref() {
        Ok("optimised") => Ir::Optimised,
        Ok("unoptimised") => Ir::Unoptimised,
        Ok(other) => panic!("ZKSSO_BENCH_IR is {other}, neither optimised nor unoptimised"),
        Err(_) => Ir::DEFAULT,
    }
}

fn read(path: &PathBuf) -> Figures {
    let text = fs::read_to_string(path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; run the test once with {UPDATE_VARIABLE}=1",
            path.display()
        )
    });
    Figures::from_json(&text)
}

/// Measures all subjects, as many at a time as there are processors.
fn measure(ir: Ir) -> Figures {
    let subjects: Vec<Subject> = scripts::subjects()
        .into_iter()
        .chain(projects::subjects())
        .collect();
    let (next, figures) = (AtomicUsize::new(0), Mutex::new(Figures::default()));
    let work = || {
        while let Some(subject) = subjects.get(next.fetch_add(1, Ordering::Relaxed)) {
            let found = subject(ir);
            figures
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .merge(found);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    figures.into_inner().unwrap_or_else(PoisonError::into_inner)
}
