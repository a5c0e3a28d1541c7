//! Errors and warnings name the place in the Solidity source.

use std::fs;

use zksso_codegen::yul::Code;
use zksso_compiler::Error;

use crate::support::{TempProject, repository};

#[test]
fn solidity_errors_have_file_and_line() {
    let project = TempProject::with_solc();
    project.contract(
        "Broken",
        "contract Broken {\n    function f() external { undefined(); }\n}",
    );
    let error = project.build().unwrap_err();
    assert!(error.is_compilation());
    let text = error.to_string();
    assert!(text.contains("contracts/Broken.sol:4:29"), "{text}");
    assert!(text.contains("Undeclared identifier"), "{text}");
}

#[test]
fn unresolved_imports_are_explained() {
    let project = TempProject::with_solc();
    project.contract("A", "import \"@nowhere/B.sol\";\ncontract A {}");
    let text = project.failure();
    assert!(text.contains("contracts/A.sol:3:1"), "{text}");
    assert!(
        text.contains(
            "@nowhere/B.sol was not found: check the import and the remappings in foundry.toml"
        ),
        "{text}"
    );
}

#[test]
fn unsupported_builtins_are_shown_with_contract_and_place() {
    let project = TempProject::with_solc();
    let copies = "function code(address a) external view returns (bytes memory) { return a.code; }";
    project.contract("Fine", "contract Fine { uint256 public x; }");
    project.contract("Copies", &format!("contract Copies {{\n    {copies}\n}}"));
    project.contract("Ends", "contract Ends {\n    function end() external {\n        selfdestruct(payable(msg.sender));\n    }\n}");
    let error = project.build().unwrap_err();
    let Error::Compilation { diagnostics } = &error else {
        panic!("{error}")
    };
    let find = |file: &str| {
        diagnostics
            .iter()
            .find(|found| found.file.as_deref() == Some(file))
    };
    let ends = find("contracts/Ends.sol").unwrap_or_else(|| panic!("{error}"));
    assert!(ends.message.contains("selfdestruct"), "{ends}");
    // Which part of the statement is marked, solc decides.
    let lines: Vec<&str> = ends.formatted.lines().collect();
    let title =
        "error[E0201]: `selfdestruct` cannot be compiled: contracts cannot be removed on EraVM";
    assert_eq!(lines[0], title);
    assert!(lines[1].starts_with(" --> contracts/Ends.sol:5:"), "{ends}");
    assert_eq!(lines[3], "5 | selfdestruct(payable(msg.sender));");
    assert!(lines[4].contains("^^^"), "{ends}");
    assert_eq!(lines[5], "  = note: in contract contracts/Ends.sol:Ends");
    assert!(lines[6].starts_with("  = help: send"), "{ends}");
    assert!(
        ends.formatted
            .contains("in contract contracts/Ends.sol:Ends"),
        "{ends}"
    );
    let copies = find("contracts/Copies.sol").unwrap_or_else(|| panic!("{error}"));
    assert!(copies.message.contains("extcodecopy"), "{copies}");
    assert!(
        copies.formatted.contains("contracts/Copies.sol:4:76"),
        "{copies}"
    );
}

#[test]
fn pragma_that_excludes_the_compiler_is_explained() {
    let project = TempProject::with_solc();
    project.write(
        "contracts/Old.sol",
        "pragma solidity ^0.7.0;\ncontract Old {}",
    );
    let text = project.failure();
    assert!(text.contains("0.8.28") || text.contains("^0.7.0"), "{text}");
}

#[test]
fn warnings_of_own_sources_are_kept_for_cached_builds() {
    let project = TempProject::with_solc();
    project.contract(
        "A",
        "contract A { function f() external pure { uint256 unused = 1; } }",
    );
    let first = project.build().unwrap();
    assert!(
        first
            .warnings
            .iter()
            .any(|warning| warning.contains("contracts/A.sol:3:")),
        "{:?}",
        first.warnings
    );
    assert_eq!(project.build().unwrap().warnings, first.warnings);
}

#[test]
fn every_code_is_documented() {
    let text = fs::read_to_string(repository().join("docs/compiler.md")).unwrap();
    let documented: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| E"))
        .collect();
    let codes = Code::ALL.iter();
    let expected: Vec<_> = codes
        .map(|code| format!("| {code} | {} |", code.title()))
        .collect();
    assert_eq!(documented, expected);
}
