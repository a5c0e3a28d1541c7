//! The snapshot: figures, comparison and table.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::{Deserialize, Serialize};

use super::Flows;

/// What one flow costs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Cost {
    /// Ergs of `validateTransaction`.
    pub(super) validate: Option<u64>,
    /// Ergs of the validator module within it.
    pub(super) module: Option<u64>,
    /// Ergs of `executeTransaction`.
    pub(super) execute: Option<u64>,
    /// Gas charged for the transaction.
    pub(super) total: u64,
    /// Bytes of published data.
    pub(super) pubdata: u64,
}

/// Costs of all flows and sizes of all contracts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Snapshot {
    pub(super) flows: Flows,
    /// Code of each contract, in bytes.
    pub(super) bytes: BTreeMap<String, u64>,
}

/// Figures of `zksync-sso-clave-contracts` 980f050 on anvil-zksync, and the most that ours should cost.
struct Reference {
    flow: &'static str,
    peer_validate: &'static str,
    peer_total: &'static str,
    aim_validate: &'static str,
    aim_total: &'static str,
}

const REFERENCES: [Reference; 5] = [
    reference(
        "passkey: ETH transfer",
        "121,324 (78,725)",
        "242,192",
        "50,000",
        "195,000",
    ),
    reference(
        "session: ETH transfer",
        "90,098 (43,556)",
        "214,502",
        "45,000",
        "190,000",
    ),
    reference(
        "session: ERC-20 transfer",
        "105,081 (57,940)",
        "227,312",
        "52,000",
        "200,000",
    ),
    reference(
        "passkey: create session",
        "123,099",
        "285,357",
        "–",
        "230,000",
    ),
    reference("deploy account", "–", "371,026", "–", "300,000"),
];

const fn reference(
    flow: &'static str,
    peer_validate: &'static str,
    peer_total: &'static str,
    aim_validate: &'static str,
    aim_total: &'static str,
) -> Reference {
    Reference {
        flow,
        peer_validate,
        peer_total,
        aim_validate,
        aim_total,
    }
}

/// Code sizes of the peer's contracts and the most that ours should have, in bytes.
const SIZE_REFERENCES: [(&str, &str, &str); 3] = [
    ("ERC7579Account", "72,352", "48,000"),
    ("WebAuthValidator", "34,272", "16,000"),
    ("SessionKeyValidator", "53,536", "32,000"),
];

impl Snapshot {
    /// Every figure that is off by more than the tolerance.
    pub(super) fn differences(&self, current: &Self, permille: u64) -> Vec<String> {
        let (before, now) = (self.figures(), current.figures());
        let names: std::collections::BTreeSet<_> = before.keys().chain(now.keys()).collect();
        let mut differences = Vec::new();
        for name in names {
            let figures = (before.get(name).copied(), now.get(name).copied());
            let close = match figures {
                (Some(before), Some(now)) => before.abs_diff(now) * 1_000 <= before * permille,
                _ => false,
            };
            if !close {
                let show = |figure: Option<u64>| figure.map_or_else(|| "–".to_owned(), grouped);
                differences.push(format!("{name}: {} → {}", show(figures.0), show(figures.1)));
            }
        }
        differences
    }

    fn figures(&self) -> BTreeMap<String, u64> {
        let mut figures = BTreeMap::new();
        for (name, cost) in &self.flows {
            let parts = [
                ("validate", cost.validate),
                ("module", cost.module),
                ("execute", cost.execute),
                ("total", Some(cost.total)),
            ];
            for (part, figure) in parts {
                if let Some(figure) = figure {
                    figures.insert(format!("{name}, {part}"), figure);
                }
            }
        }
        for (name, bytes) in &self.bytes {
            figures.insert(format!("bytes of {name}"), *bytes);
        }
        figures
    }

    /// The snapshot as Markdown, beside the figures of the peer.
    pub(super) fn table(&self) -> String {
        let mut text = String::from(
            "# Costs\n\nMeasured on the embedded node by `cargo test --release --workspace gas`; ergs unless stated otherwise. \
             The peer is `zksync-sso-clave-contracts` 980f050. In brackets: the validator module.\n\n\
             | flow | validate | execute | total gas | pubdata, bytes | aim: validate, total | peer: validate | peer: total gas |\n\
             |---|---|---|---|---|---|---|---|\n",
        );
        let show = |figure: Option<u64>| figure.map_or_else(|| "–".to_owned(), grouped);
        for (name, cost) in &self.flows {
            let reference = REFERENCES.iter().find(|reference| reference.flow == name);
            let module = cost
                .module
                .map_or_else(String::new, |ergs| format!(" ({})", grouped(ergs)));
            let aim = reference.map_or_else(
                || "–".to_owned(),
                |aim| format!("{}, {}", aim.aim_validate, aim.aim_total),
            );
            let _ = writeln!(
                text,
                "| {name} | {}{module} | {} | {} | {} | {aim} | {} | {} |",
                show(cost.validate),
                show(cost.execute),
                grouped(cost.total),
                grouped(cost.pubdata),
                reference.map_or("–", |peer| peer.peer_validate),
                reference.map_or("–", |peer| peer.peer_total),
            );
        }
        text.push_str("\n| contract | bytes | aim | peer |\n|---|---|---|---|\n");
        for (name, bytes) in &self.bytes {
            let found = SIZE_REFERENCES.iter().find(|reference| reference.0 == name);
            let (peer, aim) = found.map_or(("–", "–"), |reference| (reference.1, reference.2));
            let _ = writeln!(text, "| {name} | {} | {aim} | {peer} |", grouped(*bytes));
        }
        text
    }
}

/// A number in groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
