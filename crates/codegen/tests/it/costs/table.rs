//! Two sets of figures side by side, in Markdown.

use std::fmt::Write;

use super::figures::{Figures, Kind};

/// Rows of the figures that both have, then the geometric mean of the ratios of each kind.
pub(super) fn compare(before: &Figures, now: &Figures) -> String {
    let mut table = String::from("| figure | before | now | ratio |\n|---|---:|---:|---:|\n");
    let mut means = String::from("\n| mean of | figures | ratio |\n|---|---:|---:|\n");
    for kind in Kind::ALL {
        let mut ratios = Vec::new();
        for (name, after) in now.of(kind) {
            let Some(first) = before.0.get(&(kind, name.to_owned())) else {
                continue;
            };
            let ratio = after as f64 / *first as f64;
            ratios.push(ratio);
            row(
                &mut table,
                &format!("{name}, {}", unit(kind)),
                *first,
                after,
                ratio,
            );
        }
        let mean = mean(&ratios);
        writeln!(means, "| {} | {} | {mean:.3} |", kind.name(), ratios.len())
            .expect("strings take everything");
    }
    table + &means
}

fn row(table: &mut String, name: &str, before: u64, now: u64, ratio: f64) {
    writeln!(table, "| {name} | {before} | {now} | {ratio:.3} |").expect("strings take everything");
}

const fn unit(kind: Kind) -> &'static str {
    match kind {
        Kind::Bytes => "bytes",
        Kind::Compute | Kind::Call => "ergs",
    }
}

/// Geometric mean; 1 of nothing.
fn mean(ratios: &[f64]) -> f64 {
    if ratios.is_empty() {
        return 1.0;
    }
    let logarithms: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    (logarithms / ratios.len() as f64).exp()
}
