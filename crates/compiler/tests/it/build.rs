//! Builds with the real solc: what is compiled, what is kept, and that neither changes the result.

use std::time::Duration;

use zksso_compiler::Error;

use crate::support::{Recorder, TempProject, compiled, hashes};

/// A leaf, a contract that uses it, and one that does not.
fn three_contracts(project: &TempProject) {
    project.contract("Leaf", "library Leaf { function twice(uint256 x) internal pure returns (uint256) { return 2 * x; } }");
    project.contract(
        "Uses",
        "import {Leaf} from \"./Leaf.sol\";\n\
         contract Uses { function f(uint256 x) external pure returns (uint256) { return Leaf.twice(x) + 1; } }",
    );
    project.contract(
        "Other",
        "contract Other { mapping(address => uint256) public kept; event Set(address who, uint256 value);\n\
         function set(uint256 v) external { require(v > 1, \"small\"); kept[msg.sender] = v; emit Set(msg.sender, v); } }",
    );
}

#[test]
fn only_what_changed_is_compiled_and_the_result_is_that_of_a_clean_build() {
    let project = TempProject::with_solc();
    three_contracts(&project);
    let first = project.build().unwrap();
    assert_eq!(
        compiled(&first),
        ["contracts/Other.sol:Other", "contracts/Uses.sol:Uses"]
    );
    assert!(
        !first.cached && first.warnings.is_empty(),
        "{:?}",
        first.warnings
    );

    let second = project.build().unwrap();
    assert!(second.cached && second.compiled.is_empty());
    assert_eq!(hashes(&second), hashes(&first));
    assert_eq!(second.solc, first.solc);
    // Debug builds hash and parse ten times slower, on a machine that runs other tests.
    assert!(
        cfg!(debug_assertions) || second.timings.total < Duration::from_secs(1),
        "{:?}",
        second.timings
    );

    project.contract("Leaf", "library Leaf { function twice(uint256 x) internal pure returns (uint256) { return x + x; } }");
    let touched = project.build().unwrap();
    assert_eq!(compiled(&touched), ["contracts/Uses.sol:Uses"]);
    assert_eq!(hashes(&touched)[0], hashes(&first)[0]);

    let clean = TempProject::with_solc();
    three_contracts(&clean);
    clean.contract("Leaf", "library Leaf { function twice(uint256 x) internal pure returns (uint256) { return x + x; } }");
    assert_eq!(hashes(&clean.build().unwrap()), hashes(&touched));
}

#[test]
fn unrelated_sources_do_not_change_bytecode() {
    let project = TempProject::with_solc();
    three_contracts(&project);
    let alone = hashes(&project.build().unwrap());
    // Sorts before the others and moves their AST ids from two digits to three and four.
    let functions: String = (0..60)
        .map(|n| {
            format!(
                "function f{n}(uint256 x) external pure returns (uint256) {{ return x ^ {n}; }}\n"
            )
        })
        .collect();
    let crowd = TempProject::with_solc();
    three_contracts(&crowd);
    crowd.contract("AAA", &format!("contract AAA {{ {functions} }}"));
    let crowded = hashes(&crowd.build().unwrap());
    assert_eq!(
        crowded
            .into_iter()
            .filter(|(name, _)| !name.ends_with("AAA"))
            .collect::<Vec<_>>(),
        alone
    );
}

#[test]
fn number_of_processes_does_not_change_artifacts() {
    let artifacts = |jobs: usize| {
        let project = TempProject::with_solc();
        project.configure(&format!("[external.zksso]\njobs = {jobs}\n"));
        three_contracts(&project);
        let output = project.build().unwrap();
        output
            .artifacts
            .names()
            .map(|name| output.artifacts.get(name).unwrap().clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(artifacts(1), artifacts(3));
}

#[test]
fn changed_settings_compile_everything_again() {
    let project = TempProject::with_solc();
    project.contract(
        "A",
        "contract A { function f(uint256 x) external pure returns (uint256) { return x + 1; } }",
    );
    project.build().unwrap();
    project.configure("optimizer_runs = 1\n");
    assert_eq!(compiled(&project.build().unwrap()), ["contracts/A.sol:A"]);
    project.configure("optimizer_runs = 1\n[external.zksso]\nera_extensions = false\n");
    assert_eq!(compiled(&project.build().unwrap()), ["contracts/A.sol:A"]);
    // A setting that changes nothing about the output is noticed but costs no compilation.
    project.configure("optimizer_runs = 1\n[external.zksso]\nera_extensions = false\njobs = 1\n");
    assert!(project.build().unwrap().cached);
}

#[test]
fn removed_and_damaged_artifacts_are_replaced() {
    let project = TempProject::with_solc();
    project.contract("A", "contract A {}");
    project.contract("B", "contract B {}");
    let first = project.build().unwrap();
    let file = first.artifacts.dir().join("A.sol/A.json");
    std::fs::remove_file(&file).unwrap();
    let second = project.build().unwrap();
    assert!(second.cached && file.is_file());
    std::fs::remove_file(project.path("contracts/B.sol")).unwrap();
    let third = project.build().unwrap();
    assert_eq!(
        third.artifacts.names().collect::<Vec<_>>(),
        ["contracts/A.sol:A"]
    );
    assert!(!third.artifacts.dir().join("B.sol").exists());
}

#[test]
fn events_tell_what_a_build_does() {
    let project = TempProject::with_solc();
    project.contract("A", "contract A {}");
    let recorder = Recorder::default();
    project.open().unwrap().build(&recorder).unwrap();
    let compiling = [
        "SolcStarted",
        "SolcFinished",
        "CodegenStarted",
        "CodegenFinished",
    ];
    let expected: Vec<_> = ["Resolving", "SolcFound"]
        .into_iter()
        .chain(compiling)
        .chain(["Finished"])
        .collect();
    assert_eq!(recorder.names(), expected);
}

#[test]
fn another_folder_of_the_project_has_artifacts_of_its_own() {
    let project = TempProject::with_solc();
    project.contract("A", "contract A { uint256 public x; }");
    let test = "pragma solidity ^0.8.24; import {A} from \"../contracts/A.sol\"; contract T { function make() external { new A(); } }";
    project.write("test/T.sol", test);
    let output = project.open().unwrap().folder("test").build(&()).unwrap();
    assert_eq!(compiled(&output), ["test/T.sol:T"]);
    assert_eq!(
        output.artifacts.factory_dependency_closure("T").unwrap()[0].name,
        "contracts/A.sol:A"
    );
    assert!(matches!(
        project.open().unwrap().artifacts().unwrap_err(),
        Error::ArtifactsMissing { .. }
    ));
}

#[test]
fn source_folders_must_exist_and_hold_contracts() {
    let project = TempProject::with_solc();
    assert!(
        project
            .failure()
            .contains("contracts does not exist: create it or correct `src`")
    );
    project.write("contracts/readme.md", "");
    assert!(project.failure().starts_with("no .sol file below "));
}

#[test]
fn sources_larger_than_the_compilers_stack_are_compiled() {
    let project = TempProject::with_solc();
    let comment = "x".repeat(3_000_000);
    project.contract("Large", &format!("/* {comment} */\ncontract Large {{}}"));
    assert_eq!(
        compiled(&project.build().unwrap()),
        ["contracts/Large.sol:Large"]
    );
}

#[test]
fn created_contracts_are_described_wherever_they_are_defined() {
    let project = TempProject::with_solc();
    let part = "/// What a part holds.\nstruct Held { uint256 amount; }\n\
                contract Part { Held private held; function take(Held calldata given) external { held = given; } }";
    project.write(
        "lib/Part.sol",
        &format!("// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n{part}\n"),
    );
    project.contract("Part", "contract Part { uint256 public size; }");
    project.contract(
        "Plant",
        "import {Part as Outer} from \"../lib/Part.sol\"; import {Part} from \"./Part.sol\";\n\
         contract Plant { function make() external returns (Outer, Part) { return (new Outer(), new Part()); } }",
    );
    let check = |output: &zksso_compiler::BuildOutput| {
        let outer = output.artifacts.get("lib/Part.sol:Part").unwrap();
        assert!(outer.abi.functions.contains_key("take"));
        assert_eq!(outer.storage_layout["storage"][0]["label"], "held");
        assert!(
            outer
                .method_identifiers
                .keys()
                .any(|name| name.starts_with("take("))
        );
        let own = output.artifacts.get("contracts/Part.sol:Part").unwrap();
        assert!(own.abi.functions.contains_key("size"));
        let plant = output.artifacts.get("Plant").unwrap();
        let created: Vec<_> = plant.factory_dependencies.values().collect();
        assert_eq!(created.len(), 2);
        for name in ["lib/Part.sol:Part", "contracts/Part.sol:Part"] {
            assert!(
                created.iter().any(|created| *created == name),
                "{created:?}"
            );
        }
    };
    check(&project.build().unwrap());
    project.contract(
        "Plant",
        "import {Part as Outer} from \"../lib/Part.sol\"; import {Part} from \"./Part.sol\";\n\
         contract Plant { function make() external returns (Part, Outer) { return (new Part(), new Outer()); } }",
    );
    let touched = project.build().unwrap();
    assert_eq!(compiled(&touched), ["contracts/Plant.sol:Plant"]);
    check(&touched);
}

#[test]
fn libraries_without_external_functions_have_no_code() {
    let project = TempProject::with_solc();
    three_contracts(&project);
    project.contract(
        "Empty",
        "contract Empty {} library Open { function f() external pure {} }\n\
         contract Holds { function g() external pure returns (bytes memory) { return type(Hidden).creationCode; } }\n\
         library Hidden { function h() internal pure {} }",
    );
    let output = project.build().unwrap();
    // The code of one that is created nevertheless belongs to its creator, under a name that ends in its hash.
    let sizes: Vec<_> = output
        .sizes
        .iter()
        .map(|contract| contract.name.split('-').next().unwrap())
        .collect();
    assert_eq!(
        sizes,
        [
            "contracts/Empty.sol:Empty",
            "contracts/Empty.sol:Hidden",
            "contracts/Empty.sol:Holds",
            "contracts/Empty.sol:Open",
            "contracts/Other.sol:Other",
            "contracts/Uses.sol:Uses",
        ]
    );
}
