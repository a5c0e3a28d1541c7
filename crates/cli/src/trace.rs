//! `zksso trace`: what a transaction did.

use alloy::providers::Provider as _;
use eyre::{WrapErr, eyre};
use serde_json::{json, value::RawValue};
use zksso_client::Chain;
use zksso_node::TransactionReport;

use crate::args::TraceArgs;
use crate::{log, output::print};

pub(crate) async fn run(arguments: &TraceArgs) -> eyre::Result<()> {
    let chain = Chain::connect(&arguments.rpc_url).await?;
    // Read as text first: calls may nest deeper than values are read.
    let answer: Box<RawValue> = chain
        .provider()
        .raw_request("zksso_traceTransaction".into(), json!([arguments.hash]))
        .await
        .wrap_err("the node does not trace source lines; a `zksso node` does")?;
    let report: Option<TransactionReport> = serde_json::from_str(answer.get())
        .wrap_err("the node's answer is of another version of zksso")?;
    let report =
        report.ok_or_else(|| eyre!("there is no transaction {} on this chain", arguments.hash))?;
    if arguments.json {
        print(&serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&log::transaction(&report, arguments.all).join("\n"))?;
    }
    Ok(())
}
