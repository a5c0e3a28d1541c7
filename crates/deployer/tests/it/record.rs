//! Records on disk.

use std::fs;

use alloy::primitives::{Address, B256};
use zksso_deployer::{Deployment, Error};

const RECORD: &str = r#"{
  "chainId": 260,
  "deployer": "0x0101010101010101010101010101010101010101",
  "contracts": {
    "AAFactory": {
      "address": "0x0202020202020202020202020202020202020202",
      "bytecodeHash": "0x0303030303030303030303030303030303030303030303030303030303030303",
      "transaction": "0x0404040404040404040404040404040404040404040404040404040404040404"
    }
  }
}
"#;

fn loaded() -> (tempfile::TempDir, Deployment) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("260.json"), RECORD).unwrap();
    let deployment = Deployment::load(folder.path(), 260).unwrap().unwrap();
    (folder, deployment)
}

#[test]
fn a_record_survives_saving_and_loading() {
    let (_, deployment) = loaded();
    assert_eq!(
        deployment.address("AAFactory").unwrap(),
        Address::repeat_byte(2)
    );
    assert_eq!(
        deployment.contracts()["AAFactory"].transaction,
        Some(B256::repeat_byte(4))
    );

    let folder = tempfile::tempdir().unwrap();
    let nested = folder.path().join("a/b");
    let path = deployment.save(&nested).unwrap();
    assert_eq!(fs::read_to_string(path).unwrap(), RECORD);
    assert_eq!(Deployment::load(&nested, 260).unwrap(), Some(deployment));
    assert_eq!(
        fs::read_dir(&nested).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[test]
fn a_chain_without_record_has_none() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Deployment::load(folder.path(), 1).unwrap(), None);
}

#[test]
fn records_of_another_chain_or_shape_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("1.json"), RECORD).unwrap();
    let wrong = Deployment::load(folder.path(), 1);
    assert!(matches!(
        wrong,
        Err(Error::WrongChain {
            expected: 1,
            actual: 260,
            ..
        })
    ));
    fs::write(folder.path().join("2.json"), &RECORD[..40]).unwrap();
    assert!(matches!(
        Deployment::load(folder.path(), 2),
        Err(Error::Malformed { .. })
    ));
    fs::create_dir(folder.path().join("3.json")).unwrap();
    assert!(matches!(
        Deployment::load(folder.path(), 3),
        Err(Error::File { .. })
    ));
}

#[test]
fn a_partial_deployment_is_no_suite() {
    let (_folder, deployment) = loaded();
    let missing = deployment.suite();
    assert!(
        matches!(missing, Err(Error::MissingContract { contract, chain_id: 260 }) if contract == "ERC7579Account")
    );
}
