//! Carrying plans out on the real virtual machine, with code of the protocol's own contracts.

use alloy::primitives::{Address, B256, Bytes, U256};
use zksso_deployer::{Error, Event, Plan, execute};

use super::support::{empty_contract, wallet};

fn plan(deployer: Address) -> Plan {
    let mut plan = Plan::new(deployer, B256::repeat_byte(1));
    let first = plan.add(empty_contract("First"), ()).unwrap();
    plan.add(empty_contract("Second"), (first, U256::from(7)))
        .unwrap();
    plan
}

fn record(log: &mut Vec<String>) -> impl FnMut(Event<'_>) {
    |event| {
        log.push(match event {
            Event::Started(step) => format!("start {}", step.name()),
            Event::Deployed(step, _) => format!("deploy {}", step.name()),
            Event::Skipped(step) => format!("skip {}", step.name()),
            _ => String::new(),
        });
    }
}

#[tokio::test]
async fn contracts_land_where_the_plan_says_and_a_second_run_skips_them() {
    let (_node, wallet) = wallet().await;
    let plan = plan(wallet.address());
    let mut log = Vec::new();
    let deployment = execute(&plan, &wallet, record(&mut log)).await.unwrap();
    assert_eq!(
        log,
        [
            "start First",
            "deploy First",
            "start Second",
            "deploy Second"
        ]
    );
    for step in plan.steps() {
        let contract = &deployment.contracts()[step.name()];
        assert_eq!(
            (contract.address, contract.bytecode_hash),
            (step.address(), step.bytecode_hash())
        );
        assert!(contract.transaction.is_some());
        let hash = wallet.chain().code_hash(step.address()).await.unwrap();
        assert_eq!(hash, step.bytecode_hash());
    }

    log.clear();
    let mut again = execute(&plan, &wallet, record(&mut log)).await.unwrap();
    assert_eq!(log, ["skip First", "skip Second"]);
    again.absorb(&deployment);
    assert_eq!(again, deployment);
}

#[tokio::test]
async fn the_plan_of_another_wallet_is_refused() {
    let (_node, wallet) = wallet().await;
    let other = Address::repeat_byte(9);
    let refused = execute(&plan(other), &wallet, |_| ()).await;
    assert!(matches!(refused, Err(Error::WrongDeployer { planned, .. }) if planned == other));
}

#[tokio::test]
async fn a_step_the_chain_refuses_is_named() {
    let (_node, wallet) = wallet().await;
    // Code that is no instruction: its constructor fails.
    let mut broken = empty_contract("Broken");
    broken.bytecode = Bytes::from(vec![0xff; 32]);
    let mut plan = Plan::new(wallet.address(), B256::ZERO);
    plan.add(broken, ()).unwrap();
    let refused = execute(&plan, &wallet, |_| ()).await;
    assert!(
        matches!(&refused, Err(Error::Chain { contract, .. }) if contract == "Broken"),
        "{refused:?}"
    );
}

#[test]
fn plans_refuse_what_cannot_be_deployed() {
    let mut plan = plan(Address::repeat_byte(1));
    let twice = plan.add(empty_contract("First"), ());
    assert!(matches!(twice, Err(Error::DuplicateContract(name)) if name == "First"));
    let mut odd = empty_contract("Odd");
    odd.factory_dependencies.push(vec![0; 33].into());
    assert!(
        matches!(plan.add(odd, ()), Err(Error::Bytecode { contract, .. }) if contract == "Odd")
    );
}

#[test]
fn addresses_depend_on_deployer_salt_code_and_arguments() {
    let address = |deployer, salt, argument: u64| {
        let mut plan = Plan::new(Address::repeat_byte(deployer), B256::repeat_byte(salt));
        plan.add(empty_contract("C"), (U256::from(argument),))
            .unwrap()
    };
    let base = address(1, 1, 1);
    assert_eq!(base, address(1, 1, 1));
    for other in [address(2, 1, 1), address(1, 2, 1), address(1, 1, 2)] {
        assert_ne!(base, other);
    }
}
