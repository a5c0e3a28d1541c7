//! From counts of instructions to lines and functions of the source.

use std::collections::{BTreeMap, HashMap};

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use crate::{
    Contracts,
    source::{Range, Text},
};

/// Runs of one instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstructionCount {
    /// How often it ran.
    pub runs: u64,
    /// Gas that it took, calls without their callees.
    pub gas: u64,
}

/// Lines and functions of source files, with how often they ran and the gas they took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Coverage {
    /// By name of the file, as the compiler knows it.
    pub files: BTreeMap<String, FileCoverage>,
    /// Gas of known contracts outside of any function of the source, such as the search for the function that is called.
    pub gas_of_generated_code: u64,
    /// Gas of code without a source map.
    pub gas_of_unknown_code: u64,
}

/// A source file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileCoverage {
    /// Lines that have code, by number from 1.
    pub lines: BTreeMap<usize, LineCoverage>,
    /// Functions that have code, in the order of the file.
    pub functions: Vec<FunctionCoverage>,
}

/// A line of the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineCoverage {
    /// How often it ran: of each contract's code, as often as the instruction of the line that ran most.
    pub runs: u64,
    /// Gas of all its instructions.
    pub gas: u64,
}

/// A function of the source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FunctionCoverage {
    /// `Contract.function`, or the name alone for a function outside of contracts.
    pub name: String,
    /// Line at which it begins.
    pub line: usize,
    /// How often it was entered: as often as the first of its code that ran.
    pub runs: u64,
    /// Gas of all its instructions.
    pub gas: u64,
}

/// A function while it is counted; its first code is what stands first in the source, of what ran.
#[derive(Clone, Debug, Default)]
struct Entry {
    coverage: FunctionCoverage,
    first: Option<usize>,
    entered: u64,
}

/// What one contract's code adds: its lines and functions, by file and line or first byte.
#[derive(Default)]
struct Share {
    lines: BTreeMap<(String, usize), LineCoverage>,
    functions: BTreeMap<(String, usize), Entry>,
    generated: u64,
}

impl Contracts {
    /// Lines and functions of all contracts with a source map; those that did not run are there with zeros.
    pub fn coverage(&self, counts: &HashMap<B256, Vec<InstructionCount>>) -> Coverage {
        let mut coverage = Coverage::default();
        let mut functions = BTreeMap::new();
        for (hash, mapped) in self.mapped() {
            let counts = counts.get(&hash).map_or(&[][..], Vec::as_slice);
            let mut share = Share::default();
            let texts = self.texts(mapped);
            for (at, range) in mapped.map.ranges().iter().enumerate() {
                let count = counts.get(at).copied().unwrap_or_default();
                let text = range.and_then(|range| Some((range, texts.get(range.file)?.as_ref()?)));
                match text {
                    Some((range, text)) => share.add(&mapped.files[range.file], text, range, count),
                    None => share.generated += count.gas,
                }
            }
            coverage.merge(share, &mut functions);
        }
        for ((file, _), function) in functions {
            coverage
                .files
                .entry(file)
                .or_default()
                .functions
                .push(function);
        }
        let unknown = counts.iter().filter(|(hash, _)| !self.has_source(**hash));
        coverage.gas_of_unknown_code = unknown
            .flat_map(|(_, counts)| counts)
            .map(|count| count.gas)
            .sum();
        coverage
    }
}

impl Share {
    fn add(&mut self, file: &str, text: &Text, range: Range, count: InstructionCount) {
        let line = text.line(range.start);
        let (Some(line), false) = (line, text.outline.is_vague(range.start, range.end)) else {
            self.generated += count.gas;
            return;
        };
        let entry = self.lines.entry((file.to_owned(), line)).or_default();
        entry.runs = entry.runs.max(count.runs);
        entry.gas += count.gas;
        let Some(function) = text.outline.function(range.start, range.end) else {
            return;
        };
        let contract = text.outline.contract(range.start, range.end);
        let entry = self
            .functions
            .entry((file.to_owned(), function.start))
            .or_default();
        entry.coverage.name = contract.map_or_else(
            || function.name.clone(),
            |contract| format!("{}.{}", contract.name, function.name),
        );
        entry.coverage.line = text.line(function.start).unwrap_or(line);
        entry.coverage.gas += count.gas;
        entry.note(range.start, count.runs);
    }
}

impl Entry {
    /// Notes code of the function. What did not run does not tell: the first code may be a failure's.
    fn note(&mut self, start: usize, runs: u64) {
        if runs == 0 {
            return;
        }
        if self.first.is_none_or(|first| start < first) {
            self.first = Some(start);
            self.entered = 0;
        }
        if self.first == Some(start) {
            self.entered = self.entered.max(runs);
        }
    }
}

impl Coverage {
    fn merge(&mut self, share: Share, functions: &mut BTreeMap<(String, usize), FunctionCoverage>) {
        self.gas_of_generated_code += share.generated;
        for ((file, line), more) in share.lines {
            let sum = self
                .files
                .entry(file)
                .or_default()
                .lines
                .entry(line)
                .or_default();
            sum.runs += more.runs;
            sum.gas += more.gas;
        }
        for (key, more) in share.functions {
            let sum = functions.entry(key).or_default();
            sum.name = more.coverage.name;
            sum.line = more.coverage.line;
            sum.runs += more.entered;
            sum.gas += more.coverage.gas;
        }
    }

    /// Adds another run's numbers. A function is the same if it begins at the same line of the same file.
    pub fn add(&mut self, other: Self) {
        self.gas_of_generated_code += other.gas_of_generated_code;
        self.gas_of_unknown_code += other.gas_of_unknown_code;
        for (name, other) in other.files {
            self.files.entry(name).or_default().add(other);
        }
    }

    /// Only the files that `keep` names.
    #[must_use]
    pub fn filtered(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.files.retain(|file, _| keep(file));
        self
    }

    /// Lines with code and those of them that ran.
    pub fn line_totals(&self) -> (usize, usize) {
        let lines = self.files.values().flat_map(|file| file.lines.values());
        let ran = lines.clone().filter(|line| line.runs > 0);
        (lines.clone().count(), ran.count())
    }
}

impl FileCoverage {
    fn add(&mut self, other: Self) {
        for (line, more) in other.lines {
            let sum = self.lines.entry(line).or_default();
            sum.runs += more.runs;
            sum.gas += more.gas;
        }
        for more in other.functions {
            let mut own = self.functions.iter_mut();
            match own.find(|function| function.line == more.line) {
                Some(function) => {
                    function.runs += more.runs;
                    function.gas += more.gas;
                }
                None => self.functions.push(more),
            }
        }
        self.functions.sort_by_key(|function| function.line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_was_entered_as_often_as_the_first_of_its_code_that_ran() {
        let mut entry = Entry::default();
        for (start, runs) in [(50, 9), (20, 3), (10, 0), (20, 2), (30, 7)] {
            entry.note(start, runs);
        }
        assert_eq!(entry.entered, 3);
    }
}
