//! The SDK that apps use, `zksync-sso` from npm as it is published, against our contracts on our node.
//!
//! Programs in `test/sdk` drive it and report each step; these tests start the node, deploy the suite and judge.

use std::net::Ipv4Addr;

use alloy::primitives::aliases::U96;
use alloy::primitives::{Address, FixedBytes, U256, address};
use alloy::sol_types::SolCall;
use eyre::{ContextCompat, ensure};
use zksso_bindings::{
    AAFactory, ERC7579Account, GuardianRecovery, SessionKeyValidator, SponsorPaymaster,
};
use zksso_core::Call;
use zksso_deployer::SuiteParts;
use zksso_node::{NodeConfig, RICH_ACCOUNTS};
use zksso_testkit::{Embedded, ORIGIN, World, ether};

use crate::programs::Reports;

/// Whom the session may pay.
const RECIPIENT: Address = address!("1111111111111111111111111111111111111111");
/// Somebody no policy names.
const STRANGER: Address = address!("2222222222222222222222222222222222222222");

#[tokio::test(flavor = "multi_thread")]
async fn the_published_sdk_signs_on_by_passkey_and_keeps_to_its_session() -> eyre::Result<()> {
    let (world, reports) = play("passkey.mjs").await?;
    check_sign_on(&reports)?;
    check_use(&reports, &world).await?;
    check_refusals(&reports)?;
    check_revocation(&reports)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_sdk_deploys_for_an_owner_with_a_first_session() -> eyre::Result<()> {
    let (world, reports) = play("owner.mjs").await?;
    let deployed = &reports.done("deploy")?["account"];
    ensure!(reports.done("find")?["account"] == *deployed);
    for step in ["fund", "transfer-by-owner", "transfer"] {
        reports.done(step)?;
    }
    let chain = world.backend.wallet().chain();
    ensure!(chain.balance(RECIPIENT).await? == U256::from(5 + 400));
    Ok(())
}

/// `deployAccount` with its four modules, paid for by a sponsor, and a recovery from the first guardian to the new device.
#[tokio::test(flavor = "multi_thread")]
async fn the_published_sdk_deploys_with_guardians_and_a_sponsor() -> eyre::Result<()> {
    let (world, reports) = play_with("recovery.mjs", sponsored_recovery).await?;
    // The SDK demands an address for recovery by OpenID Connect, which the suite does not have.
    reports.refused_because(
        "deploy-with-three-modules",
        "Address \"undefined\" is invalid",
    )?;
    let error: ERC7579Account::AccountModuleTypeMismatch =
        reports.refused_with("deploy-with-no-module")?;
    ensure!(error.module.is_zero());
    reports.refused_with::<ERC7579Account::AccountModuleAlreadyInstalled>(
        "deploy-with-a-module-twice",
    )?;
    let deployed = &reports.done("deploy")?["account"];
    ensure!(reports.done("find")?["account"] == *deployed);
    ensure!(reports.done("deploy-modular")?["account"] != *deployed);
    for step in [
        "propose",
        "propose-another",
        "confirm",
        "confirm-another",
        "remove-another",
        "guardians",
        "start",
        "pending",
        "finish",
        "transfer",
        "add-passkey",
    ] {
        reports.done(step)?;
    }
    reports.refused_with::<GuardianRecovery::RecoveryGuardianNotActive>("start-as-stranger")?;
    reports.refused_with::<GuardianRecovery::RecoveryNotReady>("finish-early")?;
    // Guardians hold no key of the account, so the module is no validator and transactions that nobody signs are refused.
    let unsigned = &reports.step("finish-as-validator")?["error"];
    let message = unsigned["message"].as_str().unwrap_or_default();
    ensure!(message.contains("account validation"), "{unsigned}");
    let chain = world.backend.wallet().chain();
    ensure!(chain.balance(RECIPIENT).await? == U256::from(5));
    Ok(())
}

/// Deploys what a program needs beyond the core, and returns its settings.
async fn sponsored_recovery(world: &World) -> eyre::Result<Vec<(&'static str, String)>> {
    let wallet = world.backend.wallet();
    let parts = SuiteParts::core()
        .with_modules()
        .with_paymaster(wallet.address());
    let contracts = world.deploy_parts(parts).await?.optional;
    let paymaster = contracts.sponsor_paymaster.wrap_err("asked for")?;
    let limits = SponsorPaymaster::setLimitsCall {
        newLimits: SponsorPaymaster::SponsorLimits {
            maxFee: U96::MAX,
            senderFee: U96::MAX,
            senderCount: 1,
            period: u32::MAX,
            budget: U96::MAX,
        },
    };
    let rule = SponsorPaymaster::setRuleCall {
        target: world.suite.factory,
        selector: FixedBytes(AAFactory::deployProxySsoAccountCall::SELECTOR),
        terms: SponsorPaymaster::SponsorTerms {
            allowed: true,
            needsSignature: false,
            allowsValue: false,
        },
    };
    wallet.transfer(paymaster, ether(1)).await?;
    wallet.send(&Call::function(paymaster, &limits)).await?;
    wallet.send(&Call::function(paymaster, &rule)).await?;
    let address = |contract: Option<Address>| contract.wrap_err("asked for");
    Ok(vec![
        ("PAYMASTER", paymaster.to_string()),
        (
            "GUARDIAN_RECOVERY",
            address(contracts.guardian_recovery)?.to_string(),
        ),
        (
            "DEAD_MAN_SWITCH",
            address(contracts.dead_man_switch)?.to_string(),
        ),
    ])
}

/// Runs a program against a node with the core of the suite on it.
async fn play(program: &'static str) -> eyre::Result<(World, Reports)> {
    play_with(program, async |_| Ok(Vec::new())).await
}

/// The same with more contracts, of which the program is told by further settings.
async fn play_with(
    program: &'static str,
    prepare: impl AsyncFn(&World) -> eyre::Result<Vec<(&'static str, String)>>,
) -> eyre::Result<(World, Reports)> {
    let embedded = Embedded::start(NodeConfig::default()).await?;
    let server = embedded.node().serve((Ipv4Addr::LOCALHOST, 0).into());
    let server = server.await?;
    let world = World::deploy(Box::new(embedded)).await?;
    let mut settings = settings(&world, server.url());
    settings.extend(prepare(&world).await?);
    let run =
        tokio::task::spawn_blocking(move || Reports::of_program("test/sdk", program, &settings));
    Ok((world, run.await??))
}

fn check_sign_on(reports: &Reports) -> eyre::Result<()> {
    reports.done("register")?;
    let deployed = &reports.done("deploy")?["account"];
    ensure!(reports.done("find")?["account"] == *deployed);
    for step in ["fund", "transfer-by-passkey", "create-session"] {
        reports.done(step)?;
    }
    Ok(())
}

/// What passed inside the policies has arrived, and nothing else.
async fn check_use(reports: &Reports, world: &World) -> eyre::Result<()> {
    reports.done("transfer")?;
    reports.done("transfer-tokens")?;
    let chain = world.backend.wallet().chain();
    ensure!(chain.balance(RECIPIENT).await? == U256::from(5 + 400));
    ensure!(chain.balance(STRANGER).await? == U256::ZERO);
    ensure!(world.token_balance(RECIPIENT).await? == ether(4));
    ensure!(world.token_balance(STRANGER).await? == U256::ZERO);
    Ok(())
}

/// The SDK looks at a session's state before it sends; what it lets through, or is kept from looking at, the contracts refuse.
fn check_refusals(reports: &Reports) -> eyre::Result<()> {
    refused_by_sdk(reports, "too-much", "value_limit_exceeded")?;
    let error: SessionKeyValidator::SessionLifetimeLimitExceeded =
        reports.refused_with("too-much-unchecked")?;
    ensure!(error.used == U256::from(400) && error.amount == U256::from(601));

    refused_by_sdk(reports, "stranger", "no_transfer_policy")?;

    let error: SessionKeyValidator::SessionAllowanceExceeded =
        reports.refused_with("too-many-tokens")?;
    ensure!(error.used == ether(4) && error.amount == ether(7) && error.limit == ether(10));
    let error: SessionKeyValidator::SessionConditionFailed =
        reports.refused_with("tokens-to-stranger")?;
    ensure!(error.index == U256::ZERO && error.actual == STRANGER.into_word());
    Ok(())
}

fn check_revocation(reports: &Reports) -> eyre::Result<()> {
    reports.done("revoke")?;
    refused_by_sdk(reports, "revoked", "session_inactive")?;
    for step in ["revoked-unchecked", "revoked-tokens"] {
        reports.refused_with::<SessionKeyValidator::SessionNotActive>(step)?;
    }
    Ok(())
}

/// A program's settings, as environment variables.
fn settings(world: &World, rpc_url: String) -> Vec<(&'static str, String)> {
    let suite = &world.suite;
    vec![
        ("RPC_URL", rpc_url),
        ("PRIVATE_KEY", RICH_ACCOUNTS[1].private_key.to_string()),
        ("ORIGIN", ORIGIN.to_owned()),
        ("FACTORY", suite.factory.to_string()),
        ("WEB_AUTH_VALIDATOR", suite.web_auth_validator.to_string()),
        (
            "SESSION_KEY_VALIDATOR",
            suite.session_key_validator.to_string(),
        ),
        ("TOKEN", world.token.to_string()),
        ("RECIPIENT", RECIPIENT.to_string()),
        ("STRANGER", STRANGER.to_string()),
    ]
}

/// Insists that the SDK itself refused a step, after what it read from the chain.
fn refused_by_sdk(reports: &Reports, step: &str, code: &str) -> eyre::Result<()> {
    reports.refused_because(step, &format!("({code})"))
}
