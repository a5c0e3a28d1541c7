//! zksolc's standard JSON: the shape of the answer, and that nothing wrong in the input is passed over.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};
use zksso_compiler::{
    EncodedSourceMap, FileRequest, LinkOutcome, SolcRequest, StandardCompiler, StandardOutput, link,
};

use crate::support::TempProject;

const HEAD: &str = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.28;\n";

/// A contract that creates another, and what is called for it.
const FACTORY: &str = "/// @notice Part.\ncontract Part { uint256 public x = 7; }\n\
    contract Whole { Part public part; constructor() { part = new Part(); } }\n\
    interface IWhole { function part() external view returns (Part); }\n";

const LIBRARY: &str =
    "library Lib { function f(uint256 x) external pure returns (uint256) { return 3 * x; } }\n";

const USER: &str = "import {Lib} from \"lib/Lib.sol\";\n\
    contract User { function g(uint256 x) external pure returns (uint256) { return Lib.f(x); } }\n\
    contract Creator { function h() external returns (User) { return new User(); } }\n";

const YUL: &str = "object \"Five\" { code { return(0, 0) } object \"Five_deployed\" { code { mstore(0, 5) return(0, 32) } } }";

fn compiler(project: &TempProject) -> StandardCompiler {
    StandardCompiler::new(&project.path(""), SolcRequest::Any, project.env.clone())
}

fn compile(input: &Value) -> StandardOutput {
    compiler(&TempProject::with_solc()).compile_text(&input.to_string())
}

fn solidity(sources: &[(&str, &str)], settings: Value) -> Value {
    let sources: serde_json::Map<String, Value> = sources
        .iter()
        .map(|(name, code)| {
            let content = json!({ "content": format!("{HEAD}{code}") });
            ((*name).to_owned(), content)
        })
        .collect();
    json!({ "language": "Solidity", "sources": sources, "settings": settings })
}

fn everything() -> Value {
    json!({ "outputSelection": { "*": { "*": ["*", "irOptimized", "eravm.assembly"], "": ["ast"] } } })
}

fn keys(value: &Value) -> BTreeSet<&str> {
    let object = value.as_object().unwrap_or_else(|| panic!("{value}"));
    object.keys().map(String::as_str).collect()
}

#[track_caller]
fn assert_error(output: &StandardOutput, words: &[&str]) {
    let text = output.errors().concat();
    for word in words {
        assert!(text.contains(word), "{word:?} is missing in {text:?}");
    }
    assert!(output.errors().iter().any(|_| true), "{}", output.json);
    assert_eq!(output.json["contracts"], json!({}));
}

#[test]
fn the_answer_has_the_shape_that_tools_read() {
    let output = compile(&solidity(&[("a.sol", FACTORY)], everything())).json;
    assert_eq!(
        keys(&output),
        BTreeSet::from([
            "contracts",
            "long_version",
            "sources",
            "version",
            "zk_version"
        ])
    );
    assert_eq!(output["version"], "0.8.28");
    assert_eq!(
        keys(&output["sources"]["a.sol"]),
        BTreeSet::from(["ast", "id"])
    );
    let whole = &output["contracts"]["a.sol"]["Whole"];
    let expected = [
        "abi",
        "devdoc",
        "eravm",
        "evm",
        "factoryDependencies",
        "factoryDependenciesUnlinked",
        "hash",
        "irOptimized",
        "metadata",
        "missingLibraries",
        "objectFormat",
        "storageLayout",
        "transientStorageLayout",
        "userdoc",
    ];
    assert_eq!(keys(whole), BTreeSet::from(expected));
    assert_eq!(
        keys(&whole["evm"]),
        BTreeSet::from(["assembly", "bytecode", "methodIdentifiers"])
    );
    assert_eq!(keys(&whole["evm"]["bytecode"]), BTreeSet::from(["object"]));
    assert_eq!(
        whole["eravm"]["bytecode"],
        whole["evm"]["bytecode"]["object"]
    );
    assert_eq!(whole["objectFormat"], "raw");
    assert_eq!(whole["missingLibraries"], json!([]));
    let part = output["contracts"]["a.sol"]["Part"]["hash"]
        .as_str()
        .unwrap();
    assert_eq!(whole["factoryDependencies"], json!({ part: "a.sol:Part" }));
    assert_eq!(whole["factoryDependenciesUnlinked"], json!(["a.sol:Part"]));
    let interface = &output["contracts"]["a.sol"]["IWhole"];
    assert!(interface["evm"]["bytecode"].is_null() && interface["hash"].is_null());
}

#[test]
fn only_what_is_selected_is_printed_beside_the_code() {
    let output = compile(&solidity(&[("a.sol", FACTORY)], json!({}))).json;
    let whole = &output["contracts"]["a.sol"]["Whole"];
    let expected = [
        "eravm",
        "evm",
        "factoryDependencies",
        "factoryDependenciesUnlinked",
        "hash",
        "missingLibraries",
        "objectFormat",
    ];
    assert_eq!(keys(whole), BTreeSet::from(expected));
    assert_eq!(keys(&whole["evm"]), BTreeSet::from(["bytecode"]));
    assert_eq!(keys(&output["sources"]["a.sol"]), BTreeSet::from(["id"]));

    let one = json!({ "outputSelection": { "a.sol": { "Part": ["abi", "evm.gasEstimates", "evm.bytecode"] } } });
    let output = compile(&solidity(&[("a.sol", FACTORY)], one));
    let contracts = &output.json["contracts"]["a.sol"];
    assert!(contracts["Part"]["abi"].is_array() && contracts["Whole"]["abi"].is_null());
    assert_eq!(output.warnings().len(), 1, "{:?}", output.warnings());
    assert!(output.warnings()[0].contains("evm.gasEstimates"));
}

#[test]
fn the_code_is_that_of_a_build() {
    let project = TempProject::with_solc();
    project.configure("[external.zksso]\nera_extensions = false\n");
    project.contract("A", FACTORY);
    let built = project.build().unwrap();
    let answer = compile(&solidity(&[("other/name.sol", FACTORY)], json!({}))).json;
    for name in ["Part", "Whole"] {
        let code = built.artifacts.bytecode(name).unwrap();
        let contract = &answer["contracts"]["other/name.sol"][name];
        let hash = contract["hash"].as_str().unwrap();
        assert_eq!(code.hash.to_string(), format!("0x{hash}"), "{name}");
        let object = contract["evm"]["bytecode"]["object"].as_str().unwrap();
        assert_eq!(code.code.to_string(), format!("0x{object}"), "{name}");
    }
}

#[test]
fn missing_libraries_are_listed_and_no_incomplete_code_looks_complete() {
    let sources = [("src/Lib.sol", LIBRARY), ("user.sol", USER)];
    let settings = json!({ "remappings": ["lib/=src/"] });
    let output = compile(&solidity(&sources, settings.clone()));
    let contracts = &output.json["contracts"]["user.sol"];
    let (user, creator) = (&contracts["User"], &contracts["Creator"]);
    for contract in [user, creator] {
        assert_eq!(contract["missingLibraries"], json!(["src/Lib.sol:Lib"]));
        assert_eq!(contract["objectFormat"], "elf");
        assert!(contract["hash"].is_null());
    }
    let object = user["evm"]["bytecode"]["object"].as_str().unwrap();
    assert!(object.contains("__$"));
    // What creates it holds a hash that is not final, at a place that no tool could mend.
    assert!(creator["evm"]["bytecode"].is_null());
    assert_eq!(creator["factoryDependencies"], json!({}));
    assert_eq!(
        creator["factoryDependenciesUnlinked"],
        json!(["user.sol:User"])
    );
    assert!(
        output
            .warnings()
            .concat()
            .contains("user.sol:Creator has no bytecode yet")
    );

    let address = alloy_primitives::Address::repeat_byte(0x42);
    let mut settings = settings;
    settings["libraries"] = json!({ "src/Lib.sol": { "Lib": address } });
    let linked = compile(&solidity(&sources, settings)).json;
    let contracts = &linked["contracts"]["user.sol"];
    assert_eq!(contracts["Creator"]["missingLibraries"], json!([]));
    assert_eq!(contracts["Creator"]["objectFormat"], "raw");
    // Linking afterwards gives the same code.
    let libraries = [("src/Lib.sol:Lib".to_owned(), address)].into();
    let Ok(LinkOutcome::Linked(code, hash)) = link(object, &libraries) else {
        panic!("nothing was linked");
    };
    assert_eq!(contracts["User"]["evm"]["bytecode"]["object"], json!(code));
    assert_eq!(contracts["User"]["hash"], json!(hash.to_string()[2..]));
}

#[test]
fn yul_needs_no_solc() {
    let project = TempProject::empty();
    let input = json!({ "language": "Yul", "sources": { "five.yul": { "content": YUL } } });
    let output = compiler(&project).compile_text(&input.to_string());
    assert!(output.errors().is_empty(), "{:?}", output.errors());
    let contract = &output.json["contracts"]["five.yul"]["Five"];
    assert!(contract["hash"].as_str().unwrap().starts_with("0100"));
    assert_eq!(output.json["sources"]["five.yul"]["id"], 0);

    let broken = YUL.replace("mstore", "nonsense");
    let input = json!({ "language": "Yul", "sources": { "five.yul": { "content": broken } } });
    let output = compiler(&project).compile_text(&input.to_string());
    assert_error(&output, &["nonsense", "five.yul:1:"]);
    let place = &output.json["errors"][0]["sourceLocation"];
    let start = broken.find("nonsense").unwrap();
    assert_eq!(
        (&place["file"], &place["start"]),
        (&json!("five.yul"), &json!(start))
    );
}

#[test]
fn errors_of_solc_and_of_the_code_generator_have_a_place() {
    let wrong = "contract A { function f() external { undefined(); } }";
    let output = compile(&solidity(&[("a.sol", wrong)], json!({})));
    assert_error(&output, &["Undeclared identifier", "a.sol:3:"]);
    let entry = &output.json["errors"][0];
    assert_eq!(
        keys(entry),
        BTreeSet::from([
            "component",
            "errorCode",
            "formattedMessage",
            "message",
            "severity",
            "sourceLocation",
            "type",
        ])
    );

    let ends = "contract A { function f() external { selfdestruct(payable(msg.sender)); } }";
    let output = compile(&solidity(&[("a.sol", ends)], json!({})));
    assert_error(&output, &["selfdestruct", "a.sol:3:"]);
    let errors = output.json["errors"].as_array().unwrap();
    let entry = errors
        .iter()
        .find(|entry| entry["component"] == "eravm")
        .unwrap();
    let place = &entry["sourceLocation"];
    assert_eq!(place["file"], "a.sol");
    let source = format!("{HEAD}{ends}");
    let byte = |key: &str| usize::try_from(place[key].as_u64().unwrap()).unwrap();
    let marked = &source[byte("start")..byte("end")];
    assert!(
        !marked.is_empty() && "selfdestruct(payable(msg.sender))".contains(marked),
        "{marked}"
    );
    assert_eq!(entry["severity"], "error");
    assert_eq!(entry["errorCode"], "201");
    let text = entry["formattedMessage"].as_str().unwrap();
    assert!(
        text.contains("error[E0201]") && text.contains("  = help: "),
        "{text}"
    );
}

#[test]
fn creation_of_unlinked_contracts_has_a_code() {
    let sources = [("lib/Lib.sol", LIBRARY), ("user.sol", USER)];
    let output = compile(&solidity(&sources, json!({})));
    let errors = output.json["errors"].as_array().unwrap();
    let found = errors
        .iter()
        .find(|entry| entry["errorCode"] == "403")
        .unwrap();
    let text = found["formattedMessage"].as_str().unwrap();
    assert!(
        text.contains("warning[E0403]") && text.contains("settings.libraries"),
        "{text}"
    );
}

#[test]
fn source_maps_are_given_when_they_are_asked_for() {
    let selected = json!({ "outputSelection": { "*": { "*": ["eravm.sourceMap"] } } });
    let output = compile(&solidity(&[("a.sol", FACTORY)], selected)).json;
    let whole = &output["contracts"]["a.sol"]["Whole"]["eravm"];
    let map: EncodedSourceMap = serde_json::from_value(whole["sourceMap"].clone()).unwrap();
    assert_eq!(map.sources, ["a.sol"]);
    let map = map.decode().unwrap();
    let instructions = whole["bytecode"].as_str().unwrap().len() / 16;
    assert!((1..=instructions).contains(&map.entries().len()));
    let source = format!("{HEAD}{FACTORY}");
    let lines = (0..map.entries().len())
        .filter_map(|at| Some(map.position(at, |_| Some(source.as_str()))?.to_string()));
    let lines: BTreeSet<_> = lines.collect();
    assert!(
        lines.iter().any(|line| line.starts_with("a.sol:5:")),
        "{lines:?}"
    );
    let plain = compile(&solidity(&[("a.sol", FACTORY)], json!({}))).json;
    let plain = &plain["contracts"]["a.sol"]["Whole"]["eravm"];
    assert!(plain["sourceMap"].is_null());
    assert_eq!(plain["bytecode"], whole["bytecode"]);
}

#[test]
fn imports_that_are_not_in_the_input_are_named() {
    let import = "import \"nowhere/B.sol\";\ncontract A {}";
    let output = compile(&solidity(&[("a.sol", import)], json!({})));
    assert_error(&output, &["nowhere/B.sol", "a.sol:3:"]);
}

#[test]
fn what_is_no_json_object_is_unreadable() {
    for text in ["", "{", "garbage", "[]", "null", "7", "\u{0}"] {
        let output = compiler(&TempProject::empty()).compile_text(text);
        assert!(!output.readable, "{text:?}");
        assert_error(&output, &["standard JSON input"]);
    }
}

#[test]
fn malformed_inputs_are_answered_with_errors() {
    let source = json!({ "content": "contract A {}" });
    let with = |key: &str, value: Value| {
        let mut input = json!({ "language": "Solidity", "sources": { "a.sol": source } });
        input[key] = value;
        input
    };
    let setting = |key: &str, value: Value| with("settings", json!({ key: value }));
    let cases = [
        (json!({}), "language"),
        (with("language", json!("Vyper")), "Vyper"),
        (with("sources", json!({})), "no sources"),
        (with("sources", json!(5)), "malformed"),
        (
            with("sources", json!({ "a.sol": {} })),
            "neither `content` nor `urls`",
        ),
        (
            with("sources", json!({ "a.sol": { "urls": ["nowhere.sol"] } })),
            "nowhere.sol",
        ),
        (
            with("sources", json!({ "a/b.sol": source, "a//b.sol": source })),
            "twice",
        ),
        (with("unknown", json!(1)), "unknown"),
        (
            setting("libraries", json!({ "a.sol": { "L": "0x12" } })),
            "0x12",
        ),
        (setting("libraries", json!([])), "settings.libraries"),
        (setting("optimizer", json!("fast")), "settings.optimizer"),
        (
            setting("outputSelection", json!(["abi"])),
            "settings.outputSelection",
        ),
        (
            setting("enableEraVMExtensions", json!("yes")),
            "settings.enableEraVMExtensions",
        ),
        (setting("forceEVMLA", json!(true)), "forceEVMLA"),
        (setting("codegen", json!("evmla")), "evmla"),
    ];
    for (input, word) in cases {
        let output = compiler(&TempProject::empty()).compile_text(&input.to_string());
        assert!(output.readable);
        assert_error(&output, &[word]);
    }
}

#[test]
fn settings_that_solc_does_not_know_are_refused_by_it() {
    let output = compile(&solidity(&[("a.sol", FACTORY)], json!({ "speed": 9 })));
    assert_error(&output, &["speed"]);
}

#[test]
fn settings_without_effect_are_warned_of() {
    let settings = json!({
        "optimizer": { "enabled": true, "mode": "z", "fallback_to_optimizing_for_size": true },
        "LLVMOptions": ["-x"],
        "viaIR": false,
        "metadata": { "bytecodeHash": "keccak256" },
        "suppressedWarnings": ["txorigin", "everything"],
        "codegen": "yul",
        "forceEVMLA": false,
        "detectMissingLibraries": true,
    });
    let output = compile(&solidity(&[("a.sol", FACTORY)], settings));
    assert!(output.errors().is_empty(), "{:?}", output.errors());
    let warnings = output.warnings();
    let words = [
        "optimizer.mode",
        "fallback_to",
        "LLVMOptions",
        "viaIR",
        "bytecodeHash",
        "everything",
    ];
    for word in words {
        assert_eq!(
            warnings.iter().filter(|text| text.contains(word)).count(),
            1,
            "{word}: {warnings:?}"
        );
    }
    assert_eq!(warnings.len(), words.len(), "{warnings:?}");
    let plain = compile(&solidity(&[("a.sol", FACTORY)], json!({})));
    assert_eq!(output.json["contracts"], plain.json["contracts"]);
}

#[test]
fn sources_may_stay_in_files() {
    let project = TempProject::with_solc();
    project.write("here/a.sol", &format!("{HEAD}{FACTORY}"));
    let input = json!({
        "language": "Solidity",
        "sources": { "a.sol": { "urls": ["nowhere.sol", "here/a.sol"] } },
    });
    let output = compiler(&project).compile_text(&input.to_string());
    assert!(
        output.json["contracts"]["a.sol"]["Whole"]["hash"].is_string(),
        "{}",
        output.json
    );
}

#[test]
fn files_are_compiled_with_their_imports_but_only_they_get_code() {
    let project = TempProject::with_solc();
    project.write("src/Lib.sol", &format!("{HEAD}{LIBRARY}"));
    project.write("user.sol", &format!("{HEAD}{USER}"));
    project.write("five.yul", YUL);
    let root = fs::canonicalize(project.path("")).unwrap();
    let compiler = StandardCompiler::new(&root, SolcRequest::Any, project.env.clone());
    let mut request = FileRequest::new(vec![root.join("user.sol"), root.join("five.yul")]);
    request.remappings.push("lib/=src/".parse().unwrap());
    let output = compiler.compile_files(&request).unwrap();
    assert!(output.errors().is_empty(), "{:?}", output.errors());
    assert_eq!(
        keys(&output.json["contracts"]),
        BTreeSet::from(["five.yul", "user.sol"])
    );
    assert_eq!(
        output.json["contracts"]["user.sol"]["User"]["missingLibraries"],
        json!(["src/Lib.sol:Lib"])
    );

    let missing = FileRequest::new(vec![Path::new("nowhere.sol").to_path_buf()]);
    let error = compiler.compile_files(&missing).unwrap_err().to_string();
    assert!(error.contains("nowhere.sol"), "{error}");
}

#[test]
fn without_any_solc_the_answer_says_what_to_install() {
    let input = solidity(&[("a.sol", FACTORY)], json!({}));
    let output = compiler(&TempProject::empty()).compile_text(&input.to_string());
    assert_error(&output, &["solc"]);
}
