//! Artifacts: format, names, and factory dependencies.

use alloy_primitives::{B256, keccak256};
use zksso_compiler::{Artifacts, Error};

use crate::support::TempProject;

/// A factory of factories; two contracts share the name `Part`.
fn factories() -> TempProject {
    let project = TempProject::with_solc();
    project.contract("parts/Part", "contract Part { uint256 public size = 1; }");
    project.contract("other/Part", "contract Part { uint256 public weight = 2; }");
    project.contract(
        "Machine",
        "import {Part} from \"./parts/Part.sol\"; import {Part as Heavy} from \"./other/Part.sol\";\n\
         /// @notice Makes parts.\n\
         contract Machine { struct Size { uint8 x; } mapping(uint256 => Size) sizes;\n\
         function make() external returns (address) { return address(new Part()); }\n\
         function heavy() external returns (address) { return address(new Heavy()); } }",
    );
    project.contract(
        "Plant",
        "import {Machine} from \"./Machine.sol\"; import {Part} from \"./parts/Part.sol\";\n\
         contract Plant { function build() external returns (address, address) { return (address(new Machine()), address(new Part())); } }\n\
         interface IPlant { function build() external; }",
    );
    project
}

#[test]
fn artifacts_describe_contracts_completely() {
    let project = factories();
    let output = project.build().unwrap();
    let artifacts = Artifacts::load(output.artifacts.dir()).unwrap();

    let machine = artifacts.get("Machine").unwrap();
    assert_eq!(machine.name(), "contracts/Machine.sol:Machine");
    assert_eq!(machine.userdoc["notice"], "Makes parts.");
    assert_eq!(
        machine.method_identifiers["make()"].as_bytes(),
        alloy_primitives::hex::encode(&keccak256("make()")[..4]).as_bytes()
    );
    assert_eq!(
        machine.storage_layout["storage"][0]["type"],
        "t_mapping(t_uint256,t_struct(Size)0_storage)"
    );
    assert_eq!(machine.solc_version.to_string(), "0.8.28");
    assert_eq!(
        machine.bytecode_hash,
        Some(versioned_hash(&machine.bytecode))
    );

    let text = std::fs::read_to_string(artifacts.dir().join("Machine.sol/Machine.json")).unwrap();
    assert_eq!(
        serde_json::from_str::<zksso_compiler::Artifact>(&text).unwrap(),
        *machine
    );

    let interface = artifacts.get("IPlant").unwrap();
    assert!(!interface.is_deployable() && interface.bytecode.is_empty());
    assert!(matches!(
        artifacts.bytecode("IPlant").unwrap_err(),
        Error::ArtifactUnknown { .. }
    ));

    // One name in two folders.
    let Error::ArtifactAmbiguous { candidates, .. } = artifacts.get("Part").unwrap_err() else {
        panic!()
    };
    assert_eq!(
        candidates,
        [
            "contracts/other/Part.sol:Part",
            "contracts/parts/Part.sol:Part"
        ]
    );
    assert!(
        artifacts
            .get("contracts/parts/Part.sol:Part")
            .unwrap()
            .method_identifiers
            .contains_key("size()")
    );
    assert!(
        artifacts
            .dir()
            .join("contracts/parts/Part.sol/Part.json")
            .is_file()
    );

    let error = artifacts.get("Nobody").unwrap_err().to_string();
    assert_eq!(
        error,
        "no artifact named Nobody: known contracts are Machine, Plant, Part, Part"
    );

    // Dependencies come before those that need them, each once.
    let closure = artifacts.factory_dependency_closure("Plant").unwrap();
    let names: Vec<_> = closure.iter().map(|code| code.name.as_str()).collect();
    let position = |name: &str| names.iter().position(|other| *other == name).unwrap();
    assert_eq!(names.len(), 3);
    assert!(position("contracts/Machine.sol:Machine") > position("contracts/other/Part.sol:Part"));
    assert!(position("contracts/Machine.sol:Machine") > position("contracts/parts/Part.sol:Part"));
    for code in &closure {
        assert_eq!(code.hash, versioned_hash(&code.code));
        assert_eq!(
            artifacts.bytecode(&code.name).unwrap(),
            *code,
            "the created code is that of the contract's own artifact"
        );
    }
}

#[test]
fn missing_and_damaged_folders_are_explained() {
    let project = TempProject::empty();
    let error = Artifacts::load(&project.path("artifacts"))
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("run `zksso build` first"), "{error}");
    project.write("artifacts/index.json", "{}");
    assert!(matches!(
        Artifacts::load(&project.path("artifacts")).unwrap_err(),
        Error::ArtifactInvalid { .. }
    ));
    project.write(
        "artifacts/index.json",
        r#"{"format": "other", "contracts": {}}"#,
    );
    let error = Artifacts::load(&project.path("artifacts"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("its format is other"), "{error}");
}

/// The hash of the protocol: version 1, length in words, and the end of a SHA-256.
fn versioned_hash(code: &[u8]) -> B256 {
    zksso_eravm::bytecode_hash(code).unwrap()
}

#[test]
fn source_maps_lead_to_lines_of_the_project() {
    let project = TempProject::with_solc();
    project.contract(
        "Vault",
        "contract Vault {\n    uint256 public total;\n    function put(uint256 amount) external {\n        \
         require(amount != 7, \"seven\");\n        total += amount;\n    }\n}",
    );
    let artifacts = project.build().unwrap().artifacts;
    let artifact = artifacts.get("Vault").unwrap();
    let map = artifact.source_map.as_ref().unwrap().decode().unwrap();
    assert_eq!(map.sources(), ["contracts/Vault.sol"]);
    let text = std::fs::read_to_string(project.path("contracts/Vault.sol")).unwrap();
    let lines = (0..map.entries().len())
        .filter_map(|at| Some(map.position(at, |_| Some(text.as_str()))?.line));
    let lines: std::collections::BTreeSet<_> = lines.collect();
    // The contract and the check; how precise the others are depends on which of solc's Yul is translated.
    assert!([3, 6].iter().all(|line| lines.contains(line)), "{lines:?}");
    assert!(lines.iter().all(|line| (3..=7).contains(line)), "{lines:?}");
}
