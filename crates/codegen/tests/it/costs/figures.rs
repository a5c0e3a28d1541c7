//! Named numbers of three kinds, and their file.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What a figure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Bytes of a contract's code.
    Bytes,
    /// Ergs of a call that mostly computes.
    Compute,
    /// Ergs of a call that mostly reads or writes storage, or calls.
    Call,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Bytes, Self::Compute, Self::Call];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Compute => "ergs of computing calls",
            Self::Call => "ergs of other calls",
        }
    }
}

/// Figures by kind and name, `Contract` or `Contract: call`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures(pub(super) BTreeMap<(Kind, String), u64>);

impl Figures {
    /// # Panics
    /// If there is a figure of this name.
    pub(super) fn add(&mut self, kind: Kind, name: String, figure: u64) {
        let before = self.0.insert((kind, name.clone()), figure);
        assert!(before.is_none(), "two figures are called {name}");
    }

    pub(super) fn merge(&mut self, other: Self) {
        for ((kind, name), figure) in other.0 {
            self.add(kind, name, figure);
        }
    }

    /// The figures of one kind in order of their names.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = (&str, u64)> {
        let all = self.0.iter().filter(move |((other, _), _)| *other == kind);
        all.map(|((_, name), figure)| (name.as_str(), *figure))
    }

    pub(super) fn to_json(&self) -> String {
        let mut all = serde_json::Map::new();
        for kind in Kind::ALL {
            let entries = self
                .of(kind)
                .map(|(name, figure)| (name.to_owned(), json!(figure)));
            all.insert(kind.name().to_owned(), Value::Object(entries.collect()));
        }
        format!("{:#}\n", Value::Object(all))
    }

    pub(super) fn from_json(text: &str) -> Self {
        let all: Value = serde_json::from_str(text).expect("figures are JSON");
        let mut figures = Self::default();
        for kind in Kind::ALL {
            for (name, figure) in all[kind.name()].as_object().into_iter().flatten() {
                let figure = figure.as_u64().expect("figures are whole numbers");
                figures.add(kind, name.clone(), figure);
            }
        }
        figures
    }

    /// A line for each figure that is not the same.
    pub(super) fn differences(&self, now: &Self) -> Vec<String> {
        let both = self.0.keys().chain(now.0.keys());
        let keys: std::collections::BTreeSet<_> = both.collect();
        let line = |key: &(Kind, String)| {
            let change = match (self.0.get(key), now.0.get(key)) {
                (Some(before), Some(after)) if before == after => return None,
                (Some(before), Some(after)) => {
                    let percent = (*after as f64 / *before as f64 - 1.0) * 100.0;
                    format!("{before} → {after} ({percent:+.2}%)")
                }
                (None, Some(after)) => format!("new: {after}"),
                (before, None) => format!("gone: {}", before.copied().unwrap_or_default()),
            };
            Some(format!("{}: {}: {change}", key.0.name(), key.1))
        };
        keys.into_iter().filter_map(line).collect()
    }
}
