//! The node's log, for people or as JSON.

use std::env;

use alloy::primitives::{Address, utils::format_units};
use console::Style;
use zksso_node::{
    FeeSplit, NodeEvent, NodeObserver, RefusalReport, RequestReport, TransactionReport,
};
use zksso_trace::{Call, Failure, Paint, Role, tree};

use crate::output::print;

/// Most signs of a request's parameters that are shown.
const MAX_PARAMS: usize = 200;

/// Prints what happens in a node on standard output.
pub(crate) struct Log {
    json: bool,
    /// 1 shows requests, 2 the calls that only serve the protocol.
    verbose: u8,
}

impl Log {
    pub(crate) const fn new(json: bool, verbose: u8) -> Self {
        Self { json, verbose }
    }

    fn text(&self, event: &NodeEvent) -> Option<String> {
        let all = self.verbose > 1;
        let lines = match event {
            _ if self.json => return serde_json::to_string(event).ok(),
            NodeEvent::Request(request) => vec![request_line(request)],
            NodeEvent::Transaction(report) => transaction(report, all),
            NodeEvent::Refusal(report) => refusal(report, all),
            NodeEvent::Lost { events } => vec![lost(*events)],
            _ => return None,
        };
        Some(lines.join("\n"))
    }
}

impl NodeObserver for Log {
    fn event(&self, event: &NodeEvent) {
        if let Some(text) = self.text(event) {
            // Nobody reads the log any more: the node goes on.
            let _ = print(&text);
        }
    }

    fn listens_to_requests(&self) -> bool {
        self.verbose > 0
    }
}

/// The colours of a terminal, unless NO_COLOR is set.
pub(crate) struct Colours;

impl Paint for Colours {
    fn paint(&self, role: Role, text: &str) -> String {
        let style = match role {
            Role::Contract => Style::new().cyan(),
            Role::Name => Style::new().bold(),
            Role::Failure => Style::new().red(),
            Role::Console => Style::new().yellow(),
            Role::Quiet => Style::new().dim(),
        };
        let is_off = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if is_off {
            return text.to_owned();
        }
        style.apply_to(text).to_string()
    }
}

/// A transaction of a block: what it is, what it cost, and what it did.
pub(crate) fn transaction(report: &TransactionReport, all: bool) -> Vec<String> {
    let status = match report.success {
        true => console::style("success").green(),
        false => console::style("failed").red(),
    };
    let header = header(
        &report.hash.to_string(),
        report.tx_type,
        report.from,
        report.to,
    );
    let mut lines = vec![
        format!("{header}  {status} in block {}", report.block_number),
        format!("  {}", fee(&report.fee)),
    ];
    for created in &report.created {
        let name = created.contract.as_deref().unwrap_or("a contract");
        lines.push(format!("  created {name} at {}", created.address));
    }
    lines.extend(calls(&report.calls, all));
    let events = report.events.iter().map(|event| event.line(&Colours));
    lines.extend(events.map(|event| format!("  event {event}")));
    lines.extend(reason(report.failure.as_ref()));
    lines
}

fn refusal(report: &RefusalReport, all: bool) -> Vec<String> {
    let header = report.transaction.as_ref().map_or_else(
        || "a transaction".to_owned(),
        |tx| header(&tx.hash.to_string(), tx.tx_type, tx.from, tx.to),
    );
    let mut lines = vec![
        format!("{header}  {}", console::style("refused").red()),
        format!("  {}", Colours.paint(Role::Failure, &report.reason)),
    ];
    lines.extend(calls(&report.calls, all));
    lines.extend(reason(report.failure.as_ref()));
    lines
}

fn lost(events: u64) -> String {
    let text = format!("{events} events are missing here: the log was read too slowly");
    Colours.paint(Role::Failure, &text)
}

fn header(hash: &str, tx_type: u32, from: Address, to: Option<Address>) -> String {
    let to = to.map_or_else(|| "nobody".to_owned(), |to| to.to_string());
    format!(
        "{}  type {tx_type}  {from} → {to}",
        console::style(hash).bold()
    )
}

fn calls(calls: &[Call], all: bool) -> Vec<String> {
    let lines = tree(calls, &Colours, all).into_iter();
    lines.map(|line| format!("  {line}")).collect()
}

fn reason(failure: Option<&Failure>) -> Option<String> {
    let text = failure.map(|failure| format!("reverted: {}", failure.text()))?;
    Some(format!("  {}", Colours.paint(Role::Failure, &text)))
}

/// The sum, and what it is made of.
fn fee(fee: &FeeSplit) -> String {
    let price = format_units(fee.gas_price, "gwei").unwrap_or_default();
    let total = format_units(fee.fee, "ether").unwrap_or_default();
    let trimmed = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    format!(
        "fee {} ETH ({} wei) = {} gas × {} gwei: execution {} (validation {}) + pubdata {} bytes × {} = {} + overhead {}; {} gas of the limit given back",
        trimmed(&total),
        fee.fee,
        fee.gas_used,
        trimmed(&price),
        fee.execution_gas,
        fee.validation_gas,
        fee.pubdata_bytes,
        fee.gas_per_pubdata,
        fee.pubdata_gas,
        fee.overhead_gas,
        fee.refund,
    )
}

fn request_line(request: &RequestReport) -> String {
    let params = request.params.as_deref().unwrap_or_default();
    let params = match params.char_indices().nth(MAX_PARAMS) {
        Some((end, _)) => format!("{}…", &params[..end]),
        None => params.to_owned(),
    };
    let error = request
        .error
        .as_ref()
        .map(|error| format!(": error {}, {}", error.code, error.message));
    let line = format!("{} {params} ({} µs)", request.method, request.micros);
    format!(
        "{}{}",
        Colours.paint(Role::Quiet, &line),
        Colours.paint(Role::Failure, &error.unwrap_or_default())
    )
}
