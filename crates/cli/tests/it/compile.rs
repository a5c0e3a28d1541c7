//! `zksso compile`, `zksso disasm`, and the binary under the name `zksolc`.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::zksso::{Run, command, root, run};

const HEAD: &str = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.28;\n";
const YUL: &str = "object \"Five\" { code { return(0, 0) } object \"Five_deployed\" { code { mstore(0, 5) return(0, 32) } } }";

/// A folder with some sources.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "Lib.sol",
        &format!(
            "{HEAD}library Lib {{ function f() external pure returns (uint256) {{ return 3; }} }}\n"
        ),
    );
    write(
        "User.sol",
        &format!(
            "{HEAD}import {{Lib}} from \"lib/Lib.sol\";\n\
             contract User {{ function g() external pure returns (uint256) {{ return Lib.f(); }} }}\ninterface IUser {{}}\n"
        ),
    );
    write("Five.yul", YUL);
    write(
        "Bad.sol",
        &format!("{HEAD}contract Bad {{ uint256 x = y; }}\n"),
    );
    folder
}

/// Runs the binary in a folder, with the npm package's solc and this on standard input.
fn run_in(folder: &Path, arguments: &[&str], input: &str) -> Run {
    let mut command = command(arguments);
    command
        .current_dir(folder)
        .env("SOLC", root().join("test/solc"));
    feed(command, input)
}

fn feed(mut command: Command, input: &str) -> Run {
    let command = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that fails early does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap().into()
}

/// Fetches the npm package of solc if it is missing.
fn prepare() {
    let project = zksso_compiler::Project::open(root()).unwrap();
    project.prepare(&()).unwrap();
}

#[test]
fn compile_prints_sizes_and_hashes_and_writes_artifacts() {
    prepare();
    let folder = folder();
    let address = "0x1111111111111111111111111111111111111111";
    let arguments = [
        "compile",
        "User.sol",
        "Five.yul",
        "--remapping",
        "lib/=./",
        "-o",
        "out",
    ];
    let unlinked = run_in(folder.path(), &arguments, "");
    assert!(unlinked.success, "{}", unlinked.stderr);
    assert!(
        unlinked.stdout.contains("needs Lib.sol:Lib"),
        "{}",
        unlinked.stdout
    );
    assert!(unlinked.stdout.contains("no code"), "{}", unlinked.stdout);

    let library = format!("Lib.sol:Lib={address}");
    let arguments = [&arguments[..], &["--libraries", &library]].concat();
    let linked = run_in(folder.path(), &arguments, "");
    assert!(linked.success, "{}", linked.stderr);
    let text = fs::read_to_string(folder.path().join("out/User.sol/User.json")).unwrap();
    let artifact: Value = serde_json::from_str(&text).unwrap();
    let hash = artifact["bytecodeHash"].as_str().unwrap();
    assert!(
        linked.stdout.contains(hash) && hash.starts_with("0x0100"),
        "{}",
        linked.stdout
    );
    assert_eq!(artifact["abi"][0]["name"], "g");
    assert!(
        artifact["bytecode"]
            .as_str()
            .unwrap()
            .contains(&address[2..])
    );
    assert!(folder.path().join("out/Five.yul/Five.json").is_file());

    let listing = run_in(folder.path(), &["disasm", "out/User.sol/User.json"], "");
    assert!(listing.stdout.contains(hash), "{}", listing.stdout);
    assert!(listing.stdout.contains("code["), "{}", listing.stdout);
}

#[test]
fn compile_as_json_prints_contracts() {
    let folder = folder();
    let run = run_in(folder.path(), &["compile", "Five.yul", "--json"], "");
    let contracts: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(contracts[0]["contractName"], "Five");
    assert!(contracts[0]["bytecode"].as_str().unwrap().starts_with("0x"));
}

#[test]
fn compile_reports_what_is_wrong() {
    prepare();
    let folder = folder();
    let broken = run_in(folder.path(), &["compile", "Bad.sol", "--json"], "");
    assert!(!broken.success && broken.stdout.is_empty());
    assert!(broken.stderr.contains("Bad.sol:3:"), "{}", broken.stderr);
    let import = run_in(folder.path(), &["compile", "User.sol"], "");
    assert!(
        !import.success && import.stderr.contains("lib/Lib.sol"),
        "{}",
        import.stderr
    );
    let missing = run_in(folder.path(), &["compile", "Nowhere.sol"], "");
    assert!(missing.error_line().contains("Nowhere.sol"));
    for arguments in [
        &["compile"][..],
        &["compile", "User.sol", "--standard-json"],
        &["compile", "User.sol", "--libraries", "Lib=0x12"],
        &["compile", "User.sol", "--remapping", "nothing"],
        &["compile", "User.sol", "--evm-version", "tomorrow"],
    ] {
        let run = run_in(folder.path(), arguments, "");
        assert!(
            !run.success && run.stderr.contains("error:"),
            "{arguments:?}"
        );
    }
}

#[test]
fn standard_json_is_answered_from_standard_input_and_from_a_file() {
    let folder = folder();
    let input =
        json!({ "language": "Yul", "sources": { "a.yul": { "content": YUL } } }).to_string();
    let piped = run_in(folder.path(), &["compile", "--standard-json"], &input);
    fs::write(folder.path().join("input.json"), &input).unwrap();
    let named = run_in(
        folder.path(),
        &["compile", "--standard-json", "input.json"],
        "",
    );
    assert!(piped.success && piped.stdout == named.stdout);
    let output: Value = serde_json::from_str(&piped.stdout).unwrap();
    assert!(output["contracts"]["a.yul"]["Five"]["hash"].is_string());

    let wrong = json!({ "language": "Vyper", "sources": {} }).to_string();
    assert!(run_in(folder.path(), &["compile", "--standard-json"], &wrong).success);
    let garbage = run_in(folder.path(), &["compile", "--standard-json"], "garbage");
    let output: Value = serde_json::from_str(&garbage.stdout).unwrap();
    assert!(!garbage.success && output["errors"][0]["severity"] == "error");
}

#[test]
fn under_the_name_of_zksolc_the_binary_answers_as_tools_expect() {
    prepare();
    let folder = folder();
    let zksolc = folder.path().join("zksolc");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_zksso"), &zksolc).unwrap();
    let call = |arguments: &[&str], input: &str| {
        let mut command = Command::new(&zksolc);
        command
            .args(arguments)
            .current_dir(folder.path())
            .env_remove("RUST_LOG");
        feed(command, input)
    };
    let version = call(&["--version"], "").stdout;
    let words: Vec<&str> = version.split_whitespace().collect();
    assert_eq!(words[..2], ["zksolc", "v1.5.14"]);
    assert!(version.contains("zksso"), "it says what it is: {version}");
    assert_eq!(run(&["zksolc", "--version"]).stdout, version);

    let solc = root().join("test/solc");
    let input = json!({
        "language": "Solidity",
        "sources": { "A.sol": { "content": format!("{HEAD}contract A {{}}") } },
        "settings": { "optimizer": { "enabled": true, "mode": "3" } },
    });
    let answer = call(
        &["--standard-json", "--solc", solc.to_str().unwrap()],
        &input.to_string(),
    );
    let output: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert!(
        output["contracts"]["A.sol"]["A"]["hash"].is_string(),
        "{output}"
    );
    assert!(output["errors"].is_null(), "{output}");
    let garbage = call(&["--standard-json"], "garbage");
    assert!(garbage.success && garbage.stdout.contains("not JSON"));

    for arguments in [
        &["--detect-missing-libraries"][..],
        &["--force-evmla"],
        &["A.sol"],
        &[],
    ] {
        let refused = call(arguments, "");
        assert!(
            !refused.success && refused.stderr.contains("error:"),
            "{arguments:?}"
        );
    }
}

#[test]
fn zksolc_links_files_in_place() {
    prepare();
    let folder = folder();
    let arguments = ["compile", "User.sol", "--remapping", "lib/=./", "--json"];
    let contracts: Value =
        serde_json::from_str(&run_in(folder.path(), &arguments, "").stdout).unwrap();
    let user = contracts
        .as_array()
        .unwrap()
        .iter()
        .find(|contract| contract["contractName"] == "User");
    let code = user.unwrap()["bytecode"].as_str().unwrap();
    let file = folder.path().join("User.zbin");
    fs::write(&file, code).unwrap();
    let link = |more: &[&str]| {
        let run = run_in(
            folder.path(),
            &[&["zksolc", "--link", "User.zbin"], more].concat(),
            "",
        );
        serde_json::from_str::<Value>(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr))
    };
    assert_eq!(
        link(&[])["unlinked"]["User.zbin"]["linker_symbols"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), code);
    let library = "Lib.sol:Lib=0x1111111111111111111111111111111111111111";
    let linked = link(&["--libraries", library])["linked"]["User.zbin"].take();
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text, format!("0x{}", linked["bytecode"].as_str().unwrap()));
    assert_eq!(link(&[])["ignored"]["User.zbin"], linked);

    let input = json!({ "bytecodes": { "u": code }, "libraries": [library] }).to_string();
    let answer = run_in(
        folder.path(),
        &["zksolc", "--link", "--standard-json"],
        &input,
    );
    let answer: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(answer["linked"]["u"], linked);
    let broken = run_in(
        folder.path(),
        &["zksolc", "--link", "--standard-json"],
        "{}",
    );
    assert!(broken.error_line().contains("linker"));
}

#[test]
fn disasm_tells_instructions_from_constants() {
    let folder = folder();
    let contracts = run_in(folder.path(), &["compile", "Five.yul", "--json"], "").stdout;
    let contracts: Value = serde_json::from_str(&contracts).unwrap();
    let code = contracts[0]["bytecode"].as_str().unwrap();
    let from_argument = run_in(folder.path(), &["disasm", code, "--json"], "");
    let from_stdin = run_in(
        folder.path(),
        &["disasm", "-", "--json"],
        &format!("{}\n", &code[2..]),
    );
    assert_eq!(from_argument.stdout, from_stdin.stdout);
    let listing: Value = serde_json::from_str(&from_argument.stdout).unwrap();
    assert_eq!(listing["hash"], contracts[0]["bytecodeHash"]);
    let (instructions, pool) = (&listing["instructions"], &listing["pool"]);
    let (count, constants) = (
        instructions.as_array().unwrap().len(),
        pool.as_array().unwrap().len(),
    );
    assert!(constants > 0 && (count / 4 + constants) * 32 == (code.len() - 2) / 2);
    assert_eq!(pool[0]["word"], json!(count / 4));
    assert_eq!(instructions[1]["address"], 1);
    assert!(
        instructions
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["text"].as_str().unwrap().contains("code["))
    );
}

#[test]
fn disasm_shows_lines_of_the_source() {
    prepare();
    let folder = folder();
    let source = format!(
        "{HEAD}contract Plain {{\n    uint256 public x;\n    function f(uint256 a) external {{ require(a != 7, \"seven\"); x = a; }}\n}}\n"
    );
    fs::write(folder.path().join("Plain.sol"), source).unwrap();
    let compiled = run_in(folder.path(), &["compile", "Plain.sol", "-o", "out"], "");
    assert!(compiled.success, "{}", compiled.stderr);
    let artifact = "out/Plain.sol/Plain.json";
    let text = run_in(folder.path(), &["disasm", artifact], "");
    let compares = |line: &str| line.contains("sub.s! 7,") && line.contains(" ; Plain.sol:5:");
    assert!(text.stdout.lines().any(compares), "{}", text.stdout);
    let json = run_in(folder.path(), &["disasm", artifact, "--json"], "").stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    let lines = json["instructions"].as_array().unwrap();
    assert!(lines.iter().any(|line| {
        let source = line["source"].as_str().unwrap_or_default();
        source.starts_with("Plain.sol:5:")
    }));
    let elsewhere = ["disasm", artifact, "--base-path", "out"];
    let text = run_in(folder.path(), &elsewhere, "").stdout;
    assert!(text.contains("; Plain.sol, bytes "), "{text}");
}

#[test]
fn disasm_refuses_what_is_no_bytecode() {
    let folder = folder();
    fs::write(folder.path().join("empty.json"), "{\"bytecode\":\"0x\"}").unwrap();
    fs::write(folder.path().join("other.json"), "{}").unwrap();
    for (code, word) in [
        ("0x1234", "not a multiple of 32"),
        ("nowhere", "neither a file nor hexadecimal"),
        ("empty.json", "no bytecode"),
        ("other.json", "no `bytecode`"),
    ] {
        let run = run_in(folder.path(), &["disasm", code], "");
        assert!(run.error_line().contains(word), "{code}: {}", run.stderr);
    }
}
