//! Libraries with contracts of their own: linked before or after compilation.

use alloy_primitives::{Address, U256, address, keccak256};
use zksso_codegen::{Contract, Options, compile};
use zksso_eravm::bytecode_hash;

use crate::harness::{
    era::{Call, Era, word},
    solc,
};

const LIBRARY: Address = address!("00000000000000000000000000000000001b1b1b");
const NAME: &str = "Linked.sol:Ledger";

fn build(name: &str, options: &Options) -> Contract {
    let contracts = solc::compile(&[solc::source("codegen", "Linked.sol")]);
    let contract = contracts
        .iter()
        .find(|contract| contract.name == name)
        .expect("is compiled");
    let output =
        compile(name, &contract.yul, options).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    output.root().expect("has a root").clone()
}

fn call(era: &mut Era, to: Address, signature: &str, words: &[U256]) -> Option<Vec<U256>> {
    let selector = keccak256(signature)[..4].to_vec();
    let data = selector
        .into_iter()
        .chain(words.iter().flat_map(U256::to_be_bytes::<32>));
    let effect = era.call(&Call::new(to, data.collect::<Vec<_>>())).effect;
    effect
        .success
        .then(|| effect.data.chunks(32).map(U256::from_be_slice).collect())
}

fn linked() -> Contract {
    let options = Options {
        libraries: [(NAME.to_owned(), LIBRARY)].into(),
        ..Options::default()
    };
    build("Linked", &options)
}

#[test]
fn linked_code_delegates_to_the_library() {
    let mut era = Era::new();
    era.create_at(LIBRARY, &build("Ledger", &Options::default()).bytecode, &[])
        .expect("library deploys");
    assert!(era.has_code(LIBRARY));
    let contract = era.create(&linked().bytecode, &[], 0).expect("deploys");
    let who = word(LIBRARY);
    let add = |era: &mut Era, amount: u64| {
        call(
            era,
            contract,
            "add(address,uint256)",
            &[who, U256::from(amount)],
        )
    };
    assert_eq!(add(&mut era, 5), Some([5, 5].map(U256::from).to_vec()));
    assert_eq!(add(&mut era, 7), Some([12, 12].map(U256::from).to_vec()));
    let list = [32u64, 3, 10, 20, 30].map(U256::from);
    assert_eq!(
        call(&mut era, contract, "sumOf(uint256[])", &list),
        Some(vec![U256::from(60)])
    );
}

#[test]
fn a_library_refuses_direct_calls_that_could_write() {
    let mut era = Era::new();
    era.create_at(LIBRARY, &build("Ledger", &Options::default()).bytecode, &[])
        .expect("library deploys");
    assert_eq!(
        call(
            &mut era,
            LIBRARY,
            "touch(Ledger.Book storage)",
            &[U256::ZERO]
        ),
        None
    );
    let list = [32u64, 2, 10, 20].map(U256::from);
    assert_eq!(
        call(&mut era, LIBRARY, "sum(uint256[])", &list),
        Some(vec![U256::from(30)])
    );
    assert!(era.slots(LIBRARY).is_empty());
}

#[test]
fn patching_the_references_gives_the_linked_code() {
    let mut contract = build("Linked", &Options::default());
    assert!(!contract.link_references.is_empty());
    for reference in &contract.link_references {
        assert_eq!(reference.library, NAME);
        contract.bytecode[reference.offset..reference.offset + 32]
            .copy_from_slice(&word(LIBRARY).to_be_bytes::<32>());
    }
    let expected = linked();
    assert!(expected.link_references.is_empty());
    let mut era = Era::new();
    era.create_at(LIBRARY, &build("Ledger", &Options::default()).bytecode, &[])
        .expect("library deploys");
    for code in [contract.bytecode, expected.bytecode.clone()] {
        let at = era.create(&code, &[], 0).expect("deploys");
        let list = [32u64, 1, 10].map(U256::from);
        assert_eq!(
            call(&mut era, at, "sumOf(uint256[])", &list),
            Some(vec![U256::from(10)])
        );
    }
    assert_eq!(
        bytecode_hash(&expected.bytecode).expect("hashes"),
        expected.hash
    );
}
