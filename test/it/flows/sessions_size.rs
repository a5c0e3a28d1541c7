//! How large a session may be: validation has a limit of computational gas.

use alloy::primitives::{Address, U256};
use alloy::providers::Provider;
use eyre::ensure;
use serde::Deserialize;
use serde_json::Value;
use zksso_bindings::{ERC20, SessionKeyValidator};
use zksso_client::{Error, Receipt, SendOptions, SmartAccount};
use zksso_core::{
    Call, CallPolicy, Condition, Constraint, Limit, MAX_LIMITS, MAX_TRACKERS, SessionConfig,
    TokenBudget, TransferPolicy, batch_call,
};
use zksso_node::NodeConfig;
use zksso_testkit::{Embedded, World, ether};

use super::sessions::open_on;
use super::{RECIPIENT, on_each_backend, refused_as_unauthorised, refused_with};

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

fn mixed(index: usize) -> Constraint {
    match index < MAX_LIMITS {
        true => nine_in_all(index),
        false => at_most_nine(index),
    }
}

/// A session whose one call is charged with as many limits as a call may be: sums over arguments, budgets, uses and value.
fn most_charges(token: Address) -> eyre::Result<(SessionConfig, Call)> {
    let one = || Limit::lifetime(U256::MAX);
    let mut policy = CallPolicy::of::<ERC20::transferCall>(token)?
        .with_value_limit(one())
        .with_use_limit(one());
    for _ in 0..MAX_LIMITS {
        policy = policy.with_constraint(Constraint::limited(1, one()));
    }
    let mut config = SessionConfig::default()
        .with_use_limit(one())
        .with_call(policy);
    for _ in 0..MAX_LIMITS {
        config = config.with_token_budget(TokenBudget::new(token, one()));
    }
    let (to, value) = (RECIPIENT, U256::from(1));
    Ok((
        config,
        Call::function(token, &ERC20::transferCall { to, value }),
    ))
}

/// As many calls in one transaction, each a transfer with a limit.
fn batch(account: Address, count: usize) -> (SessionConfig, Call) {
    let limit = Limit::lifetime(U256::from(1_000));
    let config = SessionConfig::default()
        .with_transfer(TransferPolicy::new(RECIPIENT, limit))
        .with_use_limit(limit);
    let calls = vec![Call::transfer(RECIPIENT, U256::from(1)); count];
    (config, batch_call(account, &calls))
}

/// E-53: whatever session can be opened, each call that it allows is validated within what nodes give.
///
/// Each counter that a call charges takes 7,300 gas the first time. How many calls fit into a batch depends on what they charge.
#[tokio::test(flavor = "multi_thread")]
async fn the_largest_sessions_can_be_validated() -> eyre::Result<()> {
    let world = measuring_world().await?;
    let account = world.account().await?;
    let (all, constraints) = (MAX_TRACKERS, MAX_TRACKERS - 1);
    for (name, (config, call)) in [
        ("1 transfer policy", many_transfers(1)),
        ("120 transfer policies", many_transfers(all)),
        ("1 condition", many_constraints(1, at_most_nine)),
        (
            "119 conditions",
            many_constraints(constraints, at_most_nine),
        ),
        ("1 limit", many_constraints(1, nine_in_all)),
        ("8 limits", many_constraints(MAX_LIMITS, nine_in_all)),
        (
            "119 constraints, 8 of them limits",
            many_constraints(constraints, mixed),
        ),
        (
            "8 limits, 8 budgets, limits on value and uses",
            most_charges(world.token)?,
        ),
        ("20 calls", batch(account.address(), 20)),
    ] {
        let gas = validation_gas(&account, &config, &call).await?;
        println!("{name}: {gas} of {VALIDATION_GAS}");
        ensure!(gas <= VALIDATION_GAS, "{name}: {gas} of {VALIDATION_GAS}");
    }
    Ok(())
}

/// E-53: a batch that nodes cannot validate costs nothing, and leaves the session as it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_too_large_costs_nothing() -> eyre::Result<()> {
    let world = World::deploy(Box::new(Embedded::start(NodeConfig::default()).await?)).await?;
    let account = world.account().await?;
    let (config, call) = batch(account.address(), 300);
    let client = open_on(&account, &config.with_fee_limit(Limit::lifetime(ether(1)))).await?;
    let before = account.chain().balance(account.address()).await?;
    refused_as_unauthorised(client.execute(&call).await)?;
    ensure!(account.chain().balance(account.address()).await? == before);
    ensure!(client.record().await?.trackers.iter().all(U256::is_zero));
    Ok(())
}

/// E-53: the module does not open a session with a call that could not be validated.
#[tokio::test(flavor = "multi_thread")]
async fn calls_with_too_many_limits_are_not_opened() -> eyre::Result<()> {
    on_each_backend(async |world| {
        let account = world.account().await?;
        let (config, _) = many_constraints(MAX_LIMITS, nine_in_all);
        let now = account.chain().time().await?;
        let mut session = config.to_session(RECIPIENT, now)?;
        let constraints = &mut session.spec.callPolicies[0].constraints;
        constraints.push(constraints[0].clone());
        let error: SessionKeyValidator::SessionTooManyLimits =
            refused_with(account.create_session(&session).await)?;
        ensure!(
            error.limits == U256::from(MAX_LIMITS + 1) && error.highest == U256::from(MAX_LIMITS)
        );
        Ok(())
    })
    .await
}
