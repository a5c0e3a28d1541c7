//! What a contract knows of its own objects and code.

use alloy_primitives::U256;
use zksso_codegen::{Contract, Options, compile};

use crate::harness::era::{Call, Era};

fn contract(source: &str) -> Contract {
    let output =
        compile("Own", source, &Options::default()).unwrap_or_else(|found| panic!("{found}"));
    output.root().expect("has a root").clone()
}

/// Calls of a contract whose object has no code for them fail, and tell nothing.
#[test]
fn objects_without_runtime_code_can_be_deployed_but_not_called() {
    let contract = contract("object \"Own\" { code { sstore(1, 2) return(0, 0) } }");
    let mut era = Era::new();
    let address = era.create(&contract.bytecode, &[], 0).expect("deploys");
    assert_eq!(era.slots(address).get(&U256::from(1)), Some(&U256::from(2)));
    for data in [vec![], vec![0; 36]] {
        let effect = era.call(&Call::new(address, data)).effect;
        assert!(!effect.success && effect.data.is_empty(), "{effect:?}");
    }
}

#[test]
fn contracts_know_the_size_of_the_code_that_runs() {
    let contract = contract(
        "object \"Own\" { code { return(0, 0) } object \"Own_deployed\" { code {
            mstore(0, codesize()) mstore(0x20, extcodesize(address())) return(0, 0x40)
        } } }",
    );
    let mut era = Era::new();
    let address = era.create(&contract.bytecode, &[], 0).expect("deploys");
    let effect = era.call(&Call::new(address, vec![])).effect;
    let sizes: Vec<_> = effect.data.chunks(32).map(U256::from_be_slice).collect();
    assert_eq!(sizes, [U256::from(contract.bytecode.len()); 2]);
}

#[test]
fn a_library_that_is_mentioned_in_several_places_has_one_word() {
    let contract = contract(
        "object \"Own\" { code { sstore(0, linkersymbol(\"a.sol:A\")) return(0, 0) } object \"Own_deployed\" { code {
            switch calldataload(0)
            case 0 { mstore(0, linkersymbol(\"a.sol:A\")) }
            case 1 { mstore(0, linkersymbol(\"b.sol:B\")) }
            default { mstore(0, xor(linkersymbol(\"a.sol:A\"), calldataload(0))) }
            return(0, 0x20)
        } } }",
    );
    let names: Vec<_> = contract
        .link_references
        .iter()
        .map(|link| link.library.as_str())
        .collect();
    assert_eq!(names, ["a.sol:A", "b.sol:B"]);
    let mut code = contract.bytecode.clone();
    for (link, address) in contract.link_references.iter().zip([0xa1, 0xb2]) {
        assert_eq!(code[link.offset..][..32], [0; 32]);
        code[link.offset + 31] = address;
    }
    let mut era = Era::new();
    let address = era.create(&code, &[], 0).expect("deploys");
    assert_eq!(era.slots(address).get(&U256::ZERO), Some(&U256::from(0xa1)));
    for (which, expected) in [(0_u64, 0xa1_u64), (1, 0xb2), (2, 0xa3)] {
        let data = U256::from(which).to_be_bytes::<32>();
        let effect = era.call(&Call::new(address, data)).effect;
        assert_eq!(U256::from_be_slice(&effect.data), U256::from(expected));
    }
}
