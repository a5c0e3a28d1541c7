//! The whole suite, deployed by its own plan.

use alloy::primitives::{Address, B256, address};
use alloy::sol;
use eyre::{ContextCompat, ensure};
use zksso_bindings::SponsorPaymaster;
use zksso_client::Suite;
use zksso_deployer::{
    Deployment, Error, Event, MODULE_CONTRACTS, PAYMASTER_CONTRACT, Plan, SUITE_CONTRACTS,
    SuiteCode, SuiteParts, VERIFIER_CONTRACTS, execute,
};
use zksso_node::NodeConfig;
use zksso_testkit::{Backend, Embedded, contract_code, project_root};

/// Owns the paymaster, and is not who deploys it.
const OWNER: Address = address!("0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e");

sol! {
    #[sol(rpc)]
    interface Module {
        function isModuleType(uint256 moduleTypeId) external view returns (bool);
    }
}

fn everything() -> SuiteParts {
    SuiteParts::core()
        .with_modules()
        .with_verifiers()
        .with_paymaster(OWNER)
}

fn plan(deployer: Address) -> eyre::Result<(Plan, Suite)> {
    let code = SuiteCode::collect(everything(), contract_code)?;
    Ok(Plan::suite(deployer, B256::ZERO, code)?)
}

/// The plan works for the real contracts, twice, and its record is where everything is found again.
#[tokio::test(flavor = "multi_thread")]
async fn the_whole_suite_is_deployed_recorded_and_verified() -> eyre::Result<()> {
    let chain = Embedded::start(NodeConfig::default()).await?;
    let wallet = chain.wallet();
    let (plan, suite) = plan(wallet.address())?;
    let deployment = execute(&plan, wallet, |_| {}).await?;
    let mut deployed = 0;
    execute(&plan, wallet, |event| {
        deployed += usize::from(!matches!(event, Event::Skipped(_)));
    })
    .await?;
    ensure!(deployed == 0, "a second run deploys nothing");

    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("deployments");
    deployment.save(&folder)?;
    let recorded = Deployment::load(&folder, wallet.chain().chain_id())?;
    let recorded = recorded.wrap_err("it was just saved")?;
    ensure!(recorded.suite()? == suite);
    for (name, contract) in recorded.contracts() {
        let hash = wallet.chain().code_hash(contract.address).await?;
        ensure!(
            hash == contract.bytecode_hash && hash != B256::ZERO,
            "{name}"
        );
    }
    check_types(&chain, &suite).await?;

    let paymaster = suite.optional.sponsor_paymaster.wrap_err("asked for")?;
    let paymaster = SponsorPaymaster::new(paymaster, wallet.chain().provider());
    ensure!(paymaster.owner().call().await? == OWNER);
    ensure!(paymaster.pendingOwner().call().await?.is_zero());
    Ok(())
}

/// Each contract is under the name of its own kind.
async fn check_types(chain: &Embedded, suite: &Suite) -> eyre::Result<()> {
    let (validator, executor, hook) = (1, 2, 4);
    let modules = suite.optional;
    for (module, kind) in [
        (modules.guardian_recovery, executor),
        (modules.dead_man_switch, executor),
        (modules.spending_limit_hook, hook),
        (modules.registry_hook, hook),
        (modules.allow_list_validator, validator),
    ] {
        let module = module.wrap_err("it was asked for")?;
        let module = Module::new(module, chain.wallet().chain().provider());
        for other in [validator, executor, hook] {
            let kind_id = alloy::primitives::U256::from(other);
            ensure!(module.isModuleType(kind_id).call().await? == (other == kind));
        }
    }
    Ok(())
}

/// The constructor refuses nobody as owner, too, whoever deploys it.
#[tokio::test(flavor = "multi_thread")]
async fn a_paymaster_without_owner_is_not_deployed() -> eyre::Result<()> {
    let chain = Embedded::start(NodeConfig::default()).await?;
    let wallet = chain.wallet();
    let mut plan = Plan::new(wallet.address(), B256::ZERO);
    let address = plan.add(contract_code(PAYMASTER_CONTRACT)?, (Address::ZERO,))?;
    let refused = execute(&plan, wallet, |_| {}).await;
    ensure!(
        matches!(refused, Err(Error::Chain { contract, .. }) if contract == PAYMASTER_CONTRACT)
    );
    ensure!(wallet.chain().code_hash(address).await?.is_zero());
    Ok(())
}

/// A contract that is added to the product is deployed, or it is said here why it is not.
#[test]
fn every_contract_of_the_product_is_deployed() -> eyre::Result<()> {
    // Comes with the factory.
    const OF_OTHERS: &[&str] = &["AccountProxy"];
    let groups: [&[&str]; 5] = [
        &SUITE_CONTRACTS,
        &MODULE_CONTRACTS,
        &VERIFIER_CONTRACTS,
        &[PAYMASTER_CONTRACT],
        OF_OTHERS,
    ];
    let planned = groups.concat();
    let root = project_root().join("contracts");
    for folder in [
        "account",
        "examples",
        "factory",
        "hooks",
        "paymasters",
        "recovery",
        "validators",
        "verifiers",
    ] {
        for entry in std::fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            let name = path.file_stem().and_then(|stem| stem.to_str());
            let name = name.wrap_err("sources have names")?;
            let source = std::fs::read_to_string(&path)?;
            let concrete = source.contains(&format!("\ncontract {name} "));
            ensure!(!concrete || planned.contains(&name), "{name} is in no plan");
        }
    }
    Ok(())
}
