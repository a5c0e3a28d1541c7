//! Every attack on the list has a test: `test/SECURITY-TESTS.md` names one for each, and what it names exists.

use std::{collections::BTreeSet, fs, path::Path};

use eyre::{OptionExt, ensure};
use zksso_testkit::project_root;

/// Rows that say why an attack does not apply.
const NOT_APPLICABLE: &str = "n/a";

/// Groups of attacks and the highest number in each.
const GROUPS: [(char, u32); 11] = [
    ('A', 25),
    ('B', 14),
    ('C', 14),
    ('D', 26),
    ('E', 53),
    ('F', 28),
    ('G', 20),
    ('H', 15),
    ('I', 9),
    ('J', 10),
    ('K', 7),
];

/// Numbers that were never given out.
const GAPS: [&str; 24] = [
    "A-10", "A-19", "B-02", "C-05", "C-06", "D-02", "D-07", "D-11", "D-15", "E-02", "E-11", "E-14",
    "E-18", "E-22", "E-32", "E-36", "F-07", "F-13", "F-17", "G-08", "G-17", "I-07", "J-04", "K-02",
];

#[test]
fn every_attack_is_mapped_to_a_test_that_exists() -> eyre::Result<()> {
    let root = project_root();
    let table = fs::read_to_string(root.join("test/SECURITY-TESTS.md"))?;
    let tests = names_of_tests(&root)?;
    let mut mapped = BTreeSet::new();
    for line in table
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('-'))
    {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let (Some(&id), Some(&test)) = (cells.get(1), cells.get(2)) else {
            continue;
        };
        if !is_id(id) {
            continue;
        }
        ensure!(mapped.insert(id.to_owned()), "{id} has two rows");
        let note = cells.get(3).copied().unwrap_or_default();
        if test == NOT_APPLICABLE {
            ensure!(!note.is_empty(), "{id} does not say why it does not apply");
            continue;
        }
        for name in test.split(',').map(|name| name.trim().trim_matches('`')) {
            ensure!(
                tests.contains(name),
                "{id} names the test {name}, which does not exist"
            );
        }
    }
    let expected = ids();
    let missing: Vec<_> = expected.difference(&mapped).collect();
    ensure!(missing.is_empty(), "no row for {missing:?}");
    let unknown: Vec<_> = mapped.difference(&expected).collect();
    ensure!(unknown.is_empty(), "unknown ids: {unknown:?}");
    Ok(())
}

fn is_id(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(group), Some(number), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    group.len() == 1 && number.len() == 2 && number.bytes().all(|digit| digit.is_ascii_digit())
}

fn ids() -> BTreeSet<String> {
    let all = GROUPS.iter().flat_map(|&(group, highest)| {
        (1..=highest).map(move |number| format!("{group}-{number:02}"))
    });
    all.filter(|id| !GAPS.contains(&id.as_str())).collect()
}

/// Names of all test functions in Rust and Solidity.
fn names_of_tests(root: &Path) -> eyre::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut folders = vec![root.join("test"), root.join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            if path.is_dir() && path.file_name().is_some_and(|name| name != "node_modules") {
                folders.push(path);
            } else if matches!(extension, Some("rs" | "sol")) {
                add_names(&fs::read_to_string(&path)?, &mut names)?;
            }
        }
    }
    Ok(names)
}

fn add_names(source: &str, names: &mut BTreeSet<String>) -> eyre::Result<()> {
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    for (at, line) in lines.iter().enumerate() {
        let rust = line
            .strip_prefix("fn ")
            .or_else(|| line.strip_prefix("async fn "));
        let is_test = lines[..at]
            .iter()
            .rev()
            .take(4)
            .any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"));
        let solidity = line
            .strip_prefix("function ")
            .filter(|rest| rest.starts_with("test") || rest.starts_with("invariant"));
        let Some(rest) = rust.filter(|_| is_test).or(solidity) else {
            continue;
        };
        let name = rest
            .split(['(', '<'])
            .next()
            .ok_or_eyre("a function without a name")?;
        names.insert(name.to_owned());
    }
    Ok(())
}
