//! How large a session may be: validation has a limit of computational gas.

use alloy::primitives::{Address, U256};
use alloy::providers::Provider;
use eyre::ensure;
use serde::Deserialize;
use serde_json::Value;
use zksso_client::{Error, Receipt, SendOptions, SmartAccount};
use zksso_core::{
    Call, CallPolicy, Condition, Constraint, Limit, MAX_TRACKERS, SessionConfig, TransferPolicy,
};
use zksso_node::NodeConfig;
use zksso_testkit::{Embedded, World, ether};

use super::sessions::open_on;
use super::{RECIPIENT, refused_as_unauthorised};

/// Computational gas that nodes give validation.
const VALIDATION_GAS: u64 = 300_000;

/// A chain that lets validation take as long as it likes, and measures.
async fn measuring_world() -> eyre::Result<World> {
    let config = NodeConfig {
        validation_gas_limit: u32::MAX,
        ..NodeConfig::default()
    };
    World::deploy(Box::new(Embedded::start(config).await?)).await
}

/// Computational gas of the validation of a call by a new session.
async fn validation_gas(
    account: &SmartAccount,
    config: &SessionConfig,
    call: &Call,
) -> eyre::Result<u64> {
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Details {
        validation_gas: u64,
    }
    let config = config.clone().with_fee_limit(Limit::lifetime(ether(1)));
    let client = open_on(account, &config).await?;
    let receipt = client.execute_with(call, &SendOptions::default()).await;
    let hash = match receipt {
        Ok(Receipt { hash, .. }) | Err(Error::Reverted { hash, .. }) => hash,
        Err(error) => return Err(error.into()),
    };
    let provider = account.chain().provider();
    let method = "zksso_getTransactionDetails".into();
    let details: Value = provider.raw_request(method, [hash]).await?;
    let details: Details = serde_json::from_value(details)?;
    Ok(details.validation_gas)
}

/// Transfers to many addresses, and one to the last of them.
fn many_transfers(count: usize) -> (SessionConfig, Call) {
    let target = |i: usize| Address::left_padding_from(&(0x10_0000 + i).to_be_bytes());
    let policy = |i| TransferPolicy::new(target(i), Limit::lifetime(U256::from(9)));
    let config = SessionConfig {
        transfers: (0..count).map(policy).collect(),
        ..SessionConfig::default()
    };
    (config, Call::transfer(target(count - 1), U256::from(1)))
}

/// A function of many arguments, each with a constraint.
fn many_constraints(count: usize, constraint: fn(usize) -> Constraint) -> (SessionConfig, Call) {
    let signature = format!("f({})", vec!["uint256"; count].join(","));
    let policy = CallPolicy::parse(RECIPIENT, &signature).expect("a signature");
    let mut data = policy.selector().to_vec();
    data.extend(U256::from(1).to_be_bytes::<32>().repeat(count));
    let policy = (0..count)
        .map(constraint)
        .fold(policy, CallPolicy::with_constraint);
    let call = Call {
        to: RECIPIENT,
        value: U256::ZERO,
        data: data.into(),
    };
    (SessionConfig::default().with_call(policy), call)
}

fn at_most_nine(index: usize) -> Constraint {
    Constraint::new(index, Condition::LessEqual, 9)
}

fn nine_in_all(index: usize) -> Constraint {
    Constraint::limited(index, Limit::lifetime(U256::from(9)))
}

/// E-53: sessions with as many policies or conditions as can be opened are validated within what nodes give, and calls with up to 30
/// limits on their arguments.
///
/// Each counter that a call charges takes 7,300 gas. More limits can be written down for one function than nodes then let a call of it
/// charge; such calls are refused by nodes, at nobody's cost.
#[tokio::test(flavor = "multi_thread")]
async fn the_largest_sessions_can_be_validated() -> eyre::Result<()> {
    let world = measuring_world().await?;
    let account = world.account().await?;
    let (all, constraints) = (MAX_TRACKERS, MAX_TRACKERS - 1);
    let shapes = [
        ("1 transfer policy", many_transfers(1), true),
        ("120 transfer policies", many_transfers(all), true),
        ("1 condition", many_constraints(1, at_most_nine), true),
        (
            "119 conditions",
            many_constraints(constraints, at_most_nine),
            true,
        ),
        ("1 limit", many_constraints(1, nine_in_all), true),
        ("30 limits", many_constraints(30, nine_in_all), true),
        (
            "119 limits",
            many_constraints(constraints, nine_in_all),
            false,
        ),
    ];
    for (name, (config, call), fits) in shapes {
        let gas = validation_gas(&account, &config, &call).await?;
        println!("{name}: {gas} of {VALIDATION_GAS}");
        ensure!(
            gas <= VALIDATION_GAS || !fits,
            "{name}: {gas} of {VALIDATION_GAS}"
        );
    }
    Ok(())
}

/// E-53: a call that nodes cannot validate costs nothing, and leaves the session as it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_with_too_many_limits_costs_nothing() -> eyre::Result<()> {
    let world = World::deploy(Box::new(Embedded::start(NodeConfig::default()).await?)).await?;
    let account = world.account().await?;
    let (config, call) = many_constraints(MAX_TRACKERS - 1, nine_in_all);
    let client = open_on(&account, &config.with_fee_limit(Limit::lifetime(ether(1)))).await?;
    let before = account.chain().balance(account.address()).await?;
    refused_as_unauthorised(client.execute(&call).await)?;
    ensure!(account.chain().balance(account.address()).await? == before);
    ensure!(client.record().await?.trackers.iter().all(U256::is_zero));
    Ok(())
}
