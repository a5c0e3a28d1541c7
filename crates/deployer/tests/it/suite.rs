//! The suite's own plan, with the same small contract in every role.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256};
use alloy::sol_types::SolValue;
use zksso_client::{OptionalContracts, Suite};
use zksso_deployer::{
    ContractCode, Deployment, Error, Event, MODULE_CONTRACTS, PAYMASTER_CONTRACT, Plan,
    SUITE_CONTRACTS, SuiteCode, SuiteParts, VERIFIER_CONTRACTS, execute,
};

use super::support::{empty_contract, wallet};

const OWNER: Address = Address::repeat_byte(0x0e);

fn every_contract() -> Vec<&'static str> {
    let groups: [&[&str]; 4] = [
        &SUITE_CONTRACTS,
        &MODULE_CONTRACTS,
        &VERIFIER_CONTRACTS,
        &[PAYMASTER_CONTRACT],
    ];
    groups.concat()
}

/// The contract without code of its own, of a length that tells its roles apart.
fn contract(name: &str) -> ContractCode {
    let mut code = empty_contract(name);
    let position = every_contract()
        .iter()
        .position(|known| *known == name)
        .unwrap_or_else(|| panic!("{name} is not of the suite"));
    let words = 2 * position;
    let padded = [code.bytecode.to_vec(), vec![0; 32 * words]].concat();
    code.bytecode = padded.into();
    code
}

fn code(parts: SuiteParts) -> SuiteCode {
    SuiteCode::collect::<Error>(parts, |name| Ok(contract(name))).unwrap()
}

fn plan(deployer: Address, parts: SuiteParts) -> (Plan, Suite) {
    Plan::suite(deployer, B256::ZERO, code(parts)).unwrap()
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.steps().iter().map(|step| step.name()).collect()
}

fn everything() -> SuiteParts {
    SuiteParts::core()
        .with_modules()
        .with_verifiers()
        .with_paymaster(OWNER)
}

#[test]
fn only_what_is_asked_for_is_planned() {
    let deployer = Address::repeat_byte(1);
    let (core, suite) = plan(deployer, SuiteParts::core());
    assert_eq!(names(&core), SUITE_CONTRACTS);
    assert_eq!(suite.optional, OptionalContracts::default());

    let (modules, suite) = plan(deployer, SuiteParts::core().with_modules());
    assert_eq!(names(&modules)[4..], MODULE_CONTRACTS);
    assert!(suite.optional.guardian_recovery.is_some() && suite.optional.p256_verifier.is_none());

    let (verifiers, suite) = plan(deployer, SuiteParts::core().with_verifiers());
    assert_eq!(names(&verifiers)[4..], VERIFIER_CONTRACTS);
    assert!(suite.optional.p256_verifier.is_some() && suite.optional.sponsor_paymaster.is_none());

    let (paymaster, suite) = plan(deployer, SuiteParts::core().with_paymaster(OWNER));
    assert_eq!(names(&paymaster)[4..], [PAYMASTER_CONTRACT]);
    assert!(suite.optional.sponsor_paymaster.is_some());

    let (all, _) = plan(deployer, everything());
    assert_eq!(names(&all), every_contract());
}

#[test]
fn what_else_is_deployed_moves_nothing() {
    let deployer = Address::repeat_byte(1);
    let (_, core) = plan(deployer, SuiteParts::core());
    let (all_plan, all) = plan(deployer, everything());
    assert_eq!(
        core,
        Suite {
            optional: OptionalContracts::default(),
            ..all
        }
    );
    let places: BTreeSet<Address> = all_plan.steps().iter().map(|step| step.address()).collect();
    assert_eq!(places.len(), every_contract().len());
}

#[test]
fn a_paymaster_needs_an_owner_and_is_at_another_place_for_each() {
    let deployer = Address::repeat_byte(1);
    let nobody = SuiteParts::core().with_paymaster(Address::ZERO);
    let refused = Plan::suite(deployer, B256::ZERO, code(nobody));
    assert!(matches!(refused, Err(Error::NoOwner(name)) if name == PAYMASTER_CONTRACT));

    let owned_by = |owner| {
        let parts = SuiteParts::core().with_paymaster(owner);
        plan(deployer, parts).1.optional.sponsor_paymaster
    };
    assert_ne!(owned_by(OWNER), owned_by(Address::repeat_byte(2)));

    // The owner is the constructor's only argument, and nothing else can be.
    let mut by_hand = Plan::new(deployer, B256::ZERO);
    let input = (OWNER,).abi_encode_params();
    let address = by_hand.add_encoded(contract(PAYMASTER_CONTRACT), input.into());
    assert_eq!(owned_by(OWNER), Some(address.unwrap()));
}

#[test]
fn a_contract_that_is_not_found_ends_the_collection() {
    for missing in every_contract() {
        let collected = SuiteCode::collect(everything(), |name| match name == missing {
            true => Err(name.to_owned()),
            false => Ok(contract(name)),
        });
        assert_eq!(collected.unwrap_err(), missing);
    }
}

#[tokio::test]
async fn a_core_grows_into_the_whole_suite_and_a_second_run_deploys_nothing() {
    let (_node, wallet) = wallet().await;
    let (core, _) = plan(wallet.address(), SuiteParts::core());
    let first = execute(&core, &wallet, |_| ()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    first.save(folder.path()).unwrap();

    let (all, suite) = plan(wallet.address(), everything());
    let (mut deployed, mut skipped) = (Vec::new(), Vec::new());
    let count = |event: Event<'_>| match event {
        Event::Deployed(step, _) => deployed.push(step.name().to_owned()),
        Event::Skipped(step) => skipped.push(step.name().to_owned()),
        _ => {}
    };
    let mut second = execute(&all, &wallet, count).await.unwrap();
    assert_eq!(skipped, SUITE_CONTRACTS);
    assert_eq!(deployed, every_contract()[4..]);
    second.absorb(&first);
    let transactions = second.contracts().values();
    assert!(transactions.clone().all(|c| c.transaction.is_some()));
    second.save(folder.path()).unwrap();

    let chain_id = wallet.chain().chain_id();
    let recorded = Deployment::load(folder.path(), chain_id).unwrap().unwrap();
    assert_eq!(recorded, second);
    assert_eq!(recorded.suite().unwrap(), suite);
    for step in all.steps() {
        let hash = wallet.chain().code_hash(step.address()).await.unwrap();
        assert_eq!(hash, recorded.contracts()[step.name()].bytecode_hash);
    }

    let nonce = wallet
        .chain()
        .next_nonce(wallet.address(), Default::default());
    let before = nonce.await.unwrap();
    execute(&all, &wallet, |event| {
        assert!(matches!(event, Event::Skipped(_)), "{event:?}");
    })
    .await
    .unwrap();
    let nonce = wallet
        .chain()
        .next_nonce(wallet.address(), Default::default());
    assert_eq!(nonce.await.unwrap(), before);
}

#[test]
fn addresses_are_written_by_name_and_missing_ones_not_at_all() {
    let (_, core) = plan(Address::repeat_byte(1), SuiteParts::core());
    let json = serde_json::to_value(core).unwrap();
    assert_eq!(json.as_object().unwrap().len(), 4);
    assert_eq!(serde_json::from_value::<Suite>(json).unwrap(), core);

    let (_, all) = plan(Address::repeat_byte(1), everything());
    let json = serde_json::to_value(all).unwrap();
    let guardians = serde_json::to_value(all.optional.guardian_recovery).unwrap();
    assert_eq!(json["guardianRecovery"], guardians);
    assert_eq!(json.as_object().unwrap().len(), every_contract().len());
    assert_eq!(serde_json::from_value::<Suite>(json).unwrap(), all);
}
