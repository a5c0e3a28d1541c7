//! What the demo prints: one row per step, as a table or as JSON.

use comfy_table::{
    Cell, CellAlignment, Color, ContentArrangement, Table, presets::UTF8_FULL_CONDENSED,
};
use serde::Serialize;

/// How the chain answered a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// Included in a block, with success.
    Accepted,
    /// Kept out of the chain by the account's or a module's rules.
    Refused,
}

/// One step of the demo.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct StepReport {
    /// What was tried, in words.
    pub(crate) step: String,
    /// Transaction hash; none where nothing reached a block.
    pub(crate) transaction: Option<String>,
    /// How the chain answered.
    pub(crate) outcome: Outcome,
    /// The decoded error of a refusal.
    pub(crate) error: Option<String>,
    /// Gas charged, where a block holds the transaction.
    pub(crate) gas: Option<u64>,
    /// Wall time of the step in milliseconds.
    pub(crate) ms: u64,
}

/// Renders the steps as a table for people.
pub(crate) fn table(steps: &[StepReport]) -> String {
    let mut table = Table::new();
    table
        .load_preset(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["step", "transaction", "outcome", "gas", "time"]);
    for step in steps {
        table.add_row([
            Cell::new(&step.step),
            Cell::new(step.transaction.as_deref().map_or("–".into(), shortened)),
            outcome_cell(step),
            right(step.gas.map_or("–".into(), grouped)),
            right(format!("{} ms", step.ms)),
        ]);
    }
    table.to_string()
}

fn outcome_cell(step: &StepReport) -> Cell {
    match (step.outcome, &step.error) {
        (Outcome::Accepted, _) => Cell::new("accepted").fg(Color::Green),
        (Outcome::Refused, Some(error)) => Cell::new(format!("refused: {error}")).fg(Color::Yellow),
        (Outcome::Refused, None) => Cell::new("refused").fg(Color::Yellow),
    }
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// `0x12345678…9abc` for a 32-byte hash; anything shorter stays as it is.
fn shortened(hash: &str) -> String {
    match (hash.get(..10), hash.get(hash.len().saturating_sub(4)..)) {
        (Some(head), Some(tail)) if hash.len() > 16 => format!("{head}…{tail}"),
        _ => hash.to_owned(),
    }
}

/// Digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|g| std::str::from_utf8(g).ok())
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::{grouped, shortened};

    #[test]
    fn numbers_are_grouped_by_three_digits() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ];
        for (number, text) in cases {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn hashes_keep_their_ends() {
        let hash = format!("0x12345678{}", "0".repeat(52) + "9abc");
        assert_eq!(shortened(&hash), "0x12345678…9abc");
        assert_eq!(shortened("0x12"), "0x12");
    }
}
