//! Libraries that programs reach ZKsync chains with, as they are published, against the embedded node's server.
//!
//! Programs in `test/clients` use viem, zksync-ethers and ethers and report each step; [`judge`] compares what they saw with what the
//! node itself says. alloy-zksync does the same in Rust.

mod alloy_zksync;
mod judge;

use std::net::Ipv4Addr;

use ::alloy::primitives::{Address, address};
use zksso_node::{Node, NodeConfig, RICH_ACCOUNTS, RichAccount};
use zksso_testkit::artifacts;

use self::judge::{Dialect, Judge};
use crate::programs::Reports;

/// Somebody to pay.
const RECIPIENT: Address = address!("1111111111111111111111111111111111111111");

/// Who sends.
fn sender() -> &'static RichAccount {
    &RICH_ACCOUNTS[1]
}

#[tokio::test(flavor = "multi_thread")]
async fn viem_gets_what_it_asks_for() -> eyre::Result<()> {
    let judge = play("viem.mjs", Dialect::VIEM).await?;
    judge.common().await?;
    judge
        .deployments(&["deploy-create2", "deploy-account", "deploy-account-create2"])
        .await?;
    judge.answers(
        "fees",
        &[
            ("/suffices", "true"),
            ("/rewards/0/1", "0"),
            ("/gasPerPubdata", "100"),
        ],
    )?;
    judge.answers("state", &[("/code", "true"), ("/none", "null")])?;
    judge.mined("estimate-fee", "0x2").await?;
    judge.mined("signed-712", "0x71").await?;
    judge.subscription("0x2").await?;
    judge.answers("block", &[("/l1BatchNumber", "true")])?;
    judge.answers(
        "overrides",
        &[("/price", "7"), ("/result", "5"), ("/gas", "true")],
    )?;
    judge.access_list()?;
    judge.smart_account().await?;
    judge.protocol().await?;
    judge.details().await?;
    judge.l1_is_missing()?;
    let notes = [
        "legacy",
        "1559",
        "712",
        "subscribed",
        "an estimate",
        "sponsored",
    ];
    judge.end(5 + 1 + 2 + 3 + 3, &notes).await
}

#[tokio::test(flavor = "multi_thread")]
async fn zksync_ethers_gets_what_it_asks_for() -> eyre::Result<()> {
    let judge = play("zksync-ethers.mjs", Dialect::ETHERS).await?;
    judge.common().await?;
    judge
        .deployments(&["deploy-create2", "deploy-account", "deploy-account-create2"])
        .await?;
    judge.answers(
        "fees",
        &[("/maxFeePerGas", "90500000"), ("/gasPerPubdata", "0x64")],
    )?;
    judge.answers("state", &[("/sameByHash", "true"), ("/none", "0x")])?;
    judge.answers("account-kinds", &[("/account", "1"), ("/contract", "0")])?;
    judge.answers("status", &[("/finalized", "true"), ("/unknown", "true")])?;
    judge.answers("filters", &[("/logs", "1"), ("/blocks", "1")])?;
    judge.answers("events", &[("/raw", "3")])?;
    judge.mined("estimate-fee", "0x71").await?;
    judge.mined("signed-712", "0x71").await?;
    judge.answers("block", &[("/l1BatchNumber", "true")])?;
    judge.smart_account().await?;
    judge.protocol().await?;
    judge.answers(
        "protocol",
        &[
            ("/tokens/0/symbol", "ETH"),
            ("/version/minorVersion", "26"),
            ("/deployments", "3"),
        ],
    )?;
    judge.details().await?;
    judge.detailed_output().await?;
    judge.l1_is_missing()?;
    let notes = [
        "legacy",
        "1559",
        "712",
        "filtered",
        "an estimate",
        "sponsored",
        "detailed",
    ];
    judge.end(5 + 1 + 2 + 3 + 3, &notes).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ethers_gets_what_it_asks_for() -> eyre::Result<()> {
    let judge = play("ethers.mjs", Dialect::ETHERS).await?;
    judge.common().await?;
    judge.deployments(&["deploy-1559"]).await?;
    judge.answers("fees", &[("/maxFeePerGas", "90500000")])?;
    judge.answers("state", &[("/none", "0x")])?;
    judge.subscription("0x2").await?;
    judge.reports.refused_because(
        "deploy-as-on-ethereum",
        "contracts are created by calling ContractDeployer",
    )?;
    let notes = [
        "legacy",
        "1559",
        "712",
        "subscribed",
        "an estimate",
        "sponsored",
    ];
    judge.end(5, &notes).await
}

/// Runs a program against a node of its own.
async fn play(program: &'static str, dialect: Dialect) -> eyre::Result<Judge> {
    let node = Node::start(NodeConfig::default())?;
    let server = node.serve((Ipv4Addr::LOCALHOST, 0).into()).await?;
    let settings = [
        ("RPC_URL", server.url()),
        ("PRIVATE_KEY", sender().private_key.to_string()),
        ("RECIPIENT", RECIPIENT.to_string()),
        ("ARTIFACTS", artifacts().dir().display().to_string()),
    ];
    let run = tokio::task::spawn_blocking(move || {
        Reports::of_program("test/clients", program, &settings)
    });
    let reports = run.await??;
    Ok(Judge {
        node,
        reports,
        dialect,
    })
}
