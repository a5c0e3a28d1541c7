//! Each mistake ends in one line that says what to do.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use crate::zksso::{Run, command, project, root, run};

const CONTRACT: &str =
    "// SPDX-License-Identifier: MIT\npragma solidity 0.8.28;\ncontract Vault {}\n";
/// The first rich account's, public knowledge.
const KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

#[track_caller]
fn assert_mentions(run: &Run, words: &[&str]) {
    let line = run.error_line();
    for word in words {
        assert!(line.contains(word), "{word:?} is missing: {line}");
    }
}

#[test]
fn no_node_and_no_solc_names_both_remedies() {
    let folder = project("[profile.default]\nsolc = \"0.8.28\"\n", CONTRACT);
    let run: Run = command(&["build", "--root", folder.path().to_str().unwrap()])
        .env("PATH", folder.path())
        .env("HOME", folder.path())
        .env_remove("SOLC")
        .env_remove("XDG_DATA_HOME")
        .output()
        .unwrap()
        .into();
    assert_mentions(&run, &["solc", "Node.js"]);
}

#[test]
fn an_unsupported_solc_version_is_refused() {
    let folder = project("[profile.default]\nsolc = \"0.8.19\"\n", CONTRACT);
    let run = run(&["build", "--root", folder.path().to_str().unwrap()]);
    assert_mentions(&run, &["0.8.19", "0.8.2"]);
}

#[test]
fn a_solc_of_the_wrong_version_is_refused() {
    let folder = project("[profile.default]\nsolc = \"./solc\"\n", CONTRACT);
    let solc = folder.path().join("solc");
    fs::write(
        &solc,
        "#!/bin/sh\necho 'Version: 0.7.6+commit.7338295f.Linux.g++'\n",
    )
    .unwrap();
    fs::set_permissions(&solc, fs::Permissions::from_mode(0o755)).unwrap();
    let run = run(&["build", "--root", folder.path().to_str().unwrap()]);
    assert_mentions(&run, &["0.7.6"]);
}

#[test]
fn an_unsupported_builtin_is_named_with_its_contract() {
    let contract = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.28;\ncontract Vault {
        function end() external { assembly { selfdestruct(caller()) } }\n}\n";
    let folder = project("[profile.default]\nsolc = \"0.8.28\"\n", contract);
    link_node_modules(folder.path());
    let run = run(&["build", "--root", folder.path().to_str().unwrap()]);
    assert!(!run.success);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    for word in ["selfdestruct", "Vault"] {
        assert!(
            run.stderr.contains(word),
            "{word:?} is missing: {}",
            run.stderr
        );
    }
}

/// Lets a project find this repository's solc.
fn link_node_modules(folder: &std::path::Path) {
    // A build of the repository itself has fetched the packages if they were missing.
    assert!(run(&["build"]).success);
    std::os::unix::fs::symlink(root().join("node_modules"), folder.join("node_modules")).unwrap();
    fs::copy(
        root().join("package-lock.json"),
        folder.join("package-lock.json"),
    )
    .unwrap();
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    assert_mentions(&run(&["node", "--port", &port]), &[&port, "another port"]);
}

#[test]
fn a_url_that_does_not_answer_is_named() {
    let closed = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{closed}");
    assert_mentions(
        &run(&["demo", "--rpc-url", &url, "--private-key", KEY]),
        &[&url, "check"],
    );
}

#[test]
fn a_text_that_is_no_url_is_named() {
    assert_mentions(
        &run(&["demo", "--rpc-url", "localhost", "--private-key", KEY]),
        &["localhost"],
    );
}

#[test]
fn a_wrong_private_key_is_refused_without_repeating_it() {
    let node = crate::demo::ServedNode::start();
    let run = run(&["demo", "--rpc-url", &node.url, "--private-key", "0x1234"]);
    assert_mentions(&run, &["private key", "64 hexadecimal digits"]);
    assert!(!run.stderr.contains("1234"));
}

#[test]
fn a_key_without_funds_is_refused() {
    let node = crate::demo::ServedNode::start();
    let poor = format!("0x{}", "13".repeat(32));
    assert_mentions(
        &run(&["demo", "--rpc-url", &node.url, "--private-key", &poor]),
        &["no funds", "--private-key"],
    );
}

#[test]
fn a_malformed_foundry_toml_is_named_with_its_line() {
    let folder = project("[profile.default]\nsrc = \nsolc = \"0.8.28\"\n", CONTRACT);
    assert_mentions(
        &run(&["build", "--root", folder.path().to_str().unwrap()]),
        &["foundry.toml", "2"],
    );
}

#[test]
fn a_folder_without_a_project_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let run: Run = command(&["build"])
        .current_dir(folder.path())
        .output()
        .unwrap()
        .into();
    assert_mentions(&run, &["foundry.toml", "--root"]);
}
