//! What the flows cost, against the committed snapshot.
//!
//! Ergs are counted, not timed, so the figures are the same on every machine up to the few bytes by which random keys and
//! signatures differ; the comparison leaves [`TOLERANCE_PERMILLE`] for those.

mod flows;
mod report;
mod trace;

use std::{collections::BTreeMap, fs};

use eyre::{WrapErr, ensure};
use zksso_node::NodeConfig;
use zksso_testkit::{Embedded, World, artifacts, project_root};

use report::{Cost, Snapshot};

/// Set it to write the snapshot instead of comparing with it.
const UPDATE_VARIABLE: &str = "ZKSSO_UPDATE_SNAPSHOTS";

/// By how much a figure may differ from the snapshot.
const TOLERANCE_PERMILLE: u64 = 5;

/// Contracts whose size is part of the snapshot.
const CONTRACTS: [&str; 5] = [
    "AAFactory",
    "AccountProxy",
    "ERC7579Account",
    "SessionKeyValidator",
    "WebAuthValidator",
];

#[tokio::test(flavor = "multi_thread")]
async fn flows_and_contracts_cost_what_the_snapshot_says() -> eyre::Result<()> {
    let world = World::deploy(Box::new(Embedded::start(NodeConfig::default()).await?)).await?;
    let current = Snapshot {
        flows: flows::measure(&world).await?,
        bytes: sizes()?,
    };
    let folder = project_root().join("snapshots");
    let (data, table) = (folder.join("gas.json"), folder.join("gas.md"));
    if std::env::var_os(UPDATE_VARIABLE).is_some() {
        let text = serde_json::to_string_pretty(&current)?;
        fs::write(&data, text + "\n")?;
        fs::write(&table, current.table())?;
        return Ok(());
    }
    let text = fs::read_to_string(&data)
        .wrap_err_with(|| format!("no snapshot; run the test once with {UPDATE_VARIABLE}=1"))?;
    let committed: Snapshot = serde_json::from_str(&text)?;
    ensure!(
        committed.table() == fs::read_to_string(&table)?,
        "snapshots/gas.md does not show snapshots/gas.json; run the test once with {UPDATE_VARIABLE}=1"
    );
    let differences = committed.differences(&current, TOLERANCE_PERMILLE);
    ensure!(
        differences.is_empty(),
        "costs changed; if they should, run the test once with {UPDATE_VARIABLE}=1:\n{}",
        differences.join("\n")
    );
    Ok(())
}

fn sizes() -> eyre::Result<BTreeMap<String, u64>> {
    let size = |name: &&str| {
        let code = artifacts().bytecode(name)?.code;
        Ok(((*name).to_owned(), u64::try_from(code.len())?))
    };
    CONTRACTS.iter().map(size).collect()
}

/// Flows in the order in which they are shown, with their costs.
type Flows = BTreeMap<String, Cost>;
