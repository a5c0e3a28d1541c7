//! The direction of dependencies between the workspace's crates.
//!
//! `ALLOWED` is the picture of the architecture: a crate may use what stands right of it, and nothing else of ours.
//! Tests (dev-dependencies) are free, because no user ever links them.

use std::collections::BTreeMap;
use std::process::Command;

/// `(crate, crates of ours it may depend on)`.
const ALLOWED: &[(&str, &[&str])] = &[
    ("eravm", &[]),
    ("genesis", &[]),
    ("bindings", &[]),
    ("codegen", &["eravm"]),
    ("compiler", &["codegen", "eravm"]),
    ("trace", &["eravm"]),
    ("vm", &[]),
    ("node", &["eravm", "genesis", "trace", "vm"]),
    ("core", &["bindings"]),
    ("client", &["bindings", "core"]),
    ("authenticator", &["client", "core"]),
    ("deployer", &["bindings", "client"]),
];

/// Crates that sit on top of everything, and what they must not use.
const TOP: &[(&str, &[&str])] = &[
    ("cli", &["testkit", "test"]),
    ("testkit", &["cli", "test"]),
    ("test", &["cli"]),
];

fn dependencies() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| (short(&package["name"]).unwrap(), edges(package)))
        .collect()
}

fn edges(package: &serde_json::Value) -> Vec<String> {
    let dependencies = package["dependencies"].as_array().unwrap();
    dependencies
        .iter()
        .filter(|d| d["kind"].as_str() != Some("dev"))
        .filter_map(|d| short(&d["name"]))
        .collect()
}

fn short(name: &serde_json::Value) -> Option<String> {
    name.as_str()
        .and_then(|name| name.strip_prefix("zksso-"))
        .map(str::to_owned)
}

#[test]
fn crates_depend_in_one_direction_only() {
    for (name, used) in dependencies() {
        if let Some((_, forbidden)) = TOP.iter().find(|(top, _)| *top == name) {
            assert!(
                !used.iter().any(|u| forbidden.contains(&u.as_str())),
                "{name} uses one of {forbidden:?}"
            );
            continue;
        }
        let row = ALLOWED.iter().find(|(crate_name, _)| *crate_name == name);
        let (_, allowed) =
            row.unwrap_or_else(|| panic!("{name} is not in the picture of the architecture"));
        for dependency in used {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{name} must not use {dependency}"
            );
        }
    }
}
