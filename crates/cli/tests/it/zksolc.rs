//! `zksso build --backend zksolc`, with this binary under that name, and with a real zksolc where there is one.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::zksso::{Run, command, root};

const CONTRACTS: &str = r#"// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

library Scores {
    function next(uint256 score) external pure returns (uint256) {
        return score + 1;
    }
}

contract Part {
    uint256 public immutable seed;
    constructor(uint256 value) { seed = value; }
}

contract Whole {
    event Made(address part);
    function make(uint256 value) external {
        emit Made(address(new Part(value)));
    }
}

contract User {
    function use(uint256 score) external pure returns (uint256) {
        return Scores.next(score);
    }
}

abstract contract Base {
    function f() external virtual;
}
"#;

/// A project, and a folder for programs.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::create_dir(folder.path("contracts")).unwrap();
        fs::write(folder.path("contracts/All.sol"), CONTRACTS).unwrap();
        symlink(root().join("node_modules"), folder.path("node_modules")).unwrap();
        folder.configure("");
        folder
    }

    /// Settings of the compiler, below those of the profile.
    fn configure(&self, section: &str) {
        let toml = format!(
            "[profile.default]\nsrc = \"contracts\"\nsolc = \"0.8.28\"\n[external.zksso]\n{section}\n"
        );
        fs::write(self.path("foundry.toml"), toml).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A program that prints its version, and for everything else does this.
    fn program(&self, version: &str, rest: &str) -> PathBuf {
        let path = self.path("program");
        let text =
            format!("#!/bin/sh\ncase \"$1\" in --version) echo \"{version}\";; *) {rest};; esac\n");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn build(&self, arguments: &[&str], zksolc: Option<&Path>) -> Run {
        let mut command = command(&["build", "--json"]);
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env_remove("SOLC")
            .env_remove("ZKSOLC");
        if let Some(zksolc) = zksolc {
            command.env("ZKSOLC", zksolc);
        }
        command.output().unwrap().into()
    }

    /// The artifacts by contract, without what names the compiler.
    fn artifacts(&self) -> BTreeMap<String, Value> {
        let files = fs::read_dir(self.path("artifacts/All.sol")).unwrap();
        let read = |path: PathBuf| {
            let text = fs::read_to_string(&path).unwrap();
            let mut artifact: Value = serde_json::from_str(&text).unwrap();
            let compiler = artifact["codegenVersion"].take();
            assert!(compiler.is_string(), "{artifact}");
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                artifact,
            )
        };
        files.map(|file| read(file.unwrap().path())).collect()
    }
}

/// This binary by another name.
fn stand_in(folder: &Folder) -> PathBuf {
    let path = folder.path("zksolc");
    symlink(env!("CARGO_BIN_EXE_zksso"), &path).unwrap();
    path
}

fn built(run: &Run) -> Value {
    assert!(run.success, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn both_back_ends_make_the_same_artifacts() {
    let folder = Folder::new();
    let zksolc = stand_in(&folder);
    built(&folder.build(&[], None));
    let own = folder.artifacts();
    assert_eq!(own.len(), 5, "{:?}", own.keys());
    let others = built(&folder.build(&["--backend", "zksolc"], Some(&zksolc)));
    assert_eq!(others["cached"], json!(false));
    let other = folder.artifacts();
    for (name, artifact) in &own {
        assert_eq!(Some(artifact), other.get(name), "{name}");
    }
    assert_eq!(own, other);
    let whole = &own["Whole.json"];
    let dependencies = whole["factoryDependencies"].as_object().unwrap();
    assert_eq!(
        dependencies.get(own["Part.json"]["bytecodeHash"].as_str().unwrap()),
        Some(&json!("contracts/All.sol:Part"))
    );
    assert_eq!(
        own["User.json"]["linkReferences"][0]["library"],
        "contracts/All.sol:Scores"
    );
    assert!(own["User.json"]["sourceMap"]["mappings"].is_string());
}

#[test]
fn caches_know_the_back_end_and_its_version() {
    let folder = Folder::new();
    let zksolc = stand_in(&folder);
    let cached = |run: Run| built(&run)["cached"] == json!(true);
    assert!(!cached(folder.build(&[], None)));
    folder.configure("backend = \"zksolc\"\nzksolc = \"zksolc\"");
    assert!(!cached(folder.build(&[], None)));
    assert!(cached(folder.build(&[], None)));
    let version = "zksolc v1.5.15 (another one)";
    let other = folder.program(version, &format!("exec {} \"$@\"", zksolc.display()));
    folder.configure("backend = \"zksolc\"\nzksolc = \"program\"");
    assert!(!cached(folder.build(&[], None)));
    let artifact = fs::read_to_string(folder.path("artifacts/All.sol/Part.json")).unwrap();
    assert!(artifact.contains(version), "{artifact}");
    assert!(cached(folder.build(&[], None)));
    fs::remove_file(&other).unwrap();
    assert!(!folder.build(&[], None).success);
    assert!(!cached(folder.build(&["--backend", "zksso"], None)));
}

#[test]
fn a_zksolc_that_cannot_be_used_is_named() {
    let folder = Folder::new();
    let build = |zksolc: Option<&Path>| {
        let run = folder.build(&["--backend", "zksolc"], zksolc);
        run.error_line().to_owned()
    };
    let missing = build(None);
    assert!(
        missing.contains("no zksolc found") && missing.contains("$ZKSOLC"),
        "{missing}"
    );
    let absent = build(Some(&folder.path("nowhere")));
    assert!(
        absent.contains("nowhere is not a working zksolc"),
        "{absent}"
    );
    for (version, rest, words) in [
        ("zksolc v1.4.1", "true", ["zksolc 1.4.1", ">=1.5.0"]),
        ("zksolc v2.0.0", "true", ["zksolc 2.0.0", ">=1.5.0"]),
        (
            "hello",
            "true",
            ["not a working zksolc", "prints no version"],
        ),
        (
            "zksolc v1.5.7",
            "echo out of order >&2; exit 3",
            ["out of order", "exit status: 3"],
        ),
        (
            "zksolc v1.5.7",
            "kill -9 $$",
            ["failed with signal: 9", "try another release"],
        ),
        (
            "zksolc v1.5.7",
            "echo '<html>'",
            ["no JSON object", "<html>"],
        ),
        ("zksolc v1.5.7", "echo '[1]'", ["no JSON object", "[1]"]),
        ("zksolc v1.5.7", "true", ["no JSON object", "program"]),
    ] {
        let error = build(Some(&folder.program(version, rest)));
        for word in words {
            assert!(error.contains(word), "{version}, {rest}: {error}");
        }
    }
}

#[test]
fn unusable_answers_of_zksolc_are_compilation_errors() {
    let folder = Folder::new();
    let contract = |contract: Value| {
        json!({ "contracts": { "contracts/All.sol": { "Part": contract } } }).to_string()
    };
    let code = |object: &str| contract(json!({ "evm": { "bytecode": { "object": object } } }));
    let cycle = json!({
        "evm": { "bytecode": { "object": "00".repeat(32) } },
        "factoryDependencies": { "01".repeat(32): "contracts/All.sol:Part" },
    });
    for (answer, words) in [
        (code("zz"), "is not hexadecimal"),
        (code("1234"), "is no bytecode"),
        (code(&"00".repeat(64)), "even number of words"),
        (code("7f454c46"), "needs the addresses of"),
        (contract(json!(7)), "is malformed"),
        (contract(cycle), "creates itself"),
        (
            json!({ "errors": [{ "severity": "error", "message": "beyond me", "errorCode": "X1" }] })
                .to_string(),
            "beyond me",
        ),
    ] {
        fs::write(folder.path("answer.json"), &answer).unwrap();
        let program = folder.program(
            "zksolc v1.5.7",
            &format!("cat {}", folder.path("answer.json").display()),
        );
        let run = folder.build(&["--backend", "zksolc"], Some(&program));
        assert!(!run.success, "{answer}");
        assert!(run.stderr.contains(words), "{answer}: {}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    }
}

#[test]
fn unknown_back_ends_are_refused() {
    let folder = Folder::new();
    let run = folder.build(&["--backend", "llvm"], None);
    assert!(
        !run.success && run.stderr.contains("use zksso or zksolc"),
        "{}",
        run.stderr
    );
    folder.configure("backend = \"llvm\"");
    let error = folder.build(&[], None);
    assert!(
        error.error_line().contains("foundry.toml:5:"),
        "{}",
        error.stderr
    );
}

/// Only where `$ZKSSO_TEST_ZKSOLC` names a zksolc of Matter Labs'; it cannot be had from a package registry.
#[test]
fn a_real_zksolc_makes_artifacts_of_the_same_shape() {
    let Some(zksolc) = std::env::var_os("ZKSSO_TEST_ZKSOLC") else {
        // Not by a macro, whose output the test runner hides.
        let note = "SKIPPED: set ZKSSO_TEST_ZKSOLC to the path of a zksolc 1.5 to test against it";
        writeln!(std::io::stderr(), "{note}").unwrap();
        return;
    };
    let folder = Folder::new();
    let address = "0x1111111111111111111111111111111111111111";
    let toml = fs::read_to_string(folder.path("foundry.toml")).unwrap();
    let libraries = format!("libraries = [\"contracts/All.sol:Scores:{address}\"]\n[external");
    fs::write(
        folder.path("foundry.toml"),
        toml.replace("[external", &libraries),
    )
    .unwrap();
    built(&folder.build(&[], None));
    let own = folder.artifacts();
    built(&folder.build(&["--backend", "zksolc"], Some(Path::new(&zksolc))));
    let other = folder.artifacts();
    for (name, artifact) in &own {
        let (own, other) = (
            artifact.as_object().unwrap(),
            other[name].as_object().unwrap(),
        );
        for key in own.keys().filter(|key| *key != "sourceMap") {
            let same = matches!(
                key.as_str(),
                "bytecode" | "bytecodeHash" | "factoryDependencies"
            );
            match same {
                true => assert_eq!(own[key].is_null(), other[key].is_null(), "{name}: {key}"),
                false => assert_eq!(own[key], other[key], "{name}: {key}"),
            }
        }
        let names = |of: &serde_json::Map<String, Value>| -> Vec<Value> {
            let dependencies = of["factoryDependencies"].as_object().unwrap();
            dependencies.values().cloned().collect()
        };
        assert_eq!(names(own), names(other), "{name}");
    }
}
