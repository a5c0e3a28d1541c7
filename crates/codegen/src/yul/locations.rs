//! Places in the Solidity source, from the comments that solc prints into Yul for `debugInfo: ["location"]`.
//!
//! Before an object stand the files, each with the number that solc gave it, and before code the bytes of the file it came
//! from; both in comments that begin with `///` or `/**`:
//!
//! ```text
//! /// @use-src 0:"contracts/A.sol", 3:"contracts/B.sol"
//! object "A_17" {
//!     code {
//!         /// @src 0:120:480
//!         let x := add(/** @src -1:-1:-1 */ 0, /** @src 3:64:70 */ y)
//! ```
//!
//! A place holds for everything up to the next one in the text, whatever braces come between. Numbers of -1 say that there is
//! none. Behind `@src` may follow a quoted piece of the source; other tags are passed over. Comments decide nothing
//! about code: what is malformed in them, or names an unknown file, means "no place", and is never an error.

use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceRange {
    /// The file, as an index into [`Locations::sources`].
    pub source: u32,
    /// First byte.
    pub start: u32,
    /// Byte behind the last.
    pub end: u32,
}

/// A range of a [`Locations`]; equal ranges have equal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RangeId(u32);

/// The places of a Yul text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locations {
    sources: Vec<String>,
    ranges: Vec<SourceRange>,
    numbers: BTreeMap<SourceRange, RangeId>,
    /// Offsets in the text, ascending, each with what holds from there on.
    marks: Vec<(u32, Option<RangeId>)>,
    /// Ranges of whole contracts, which solc gives to code that it makes on its own.
    contracts: BTreeSet<RangeId>,
    /// solc's numbers of the current object's files.
    files: BTreeMap<u32, u32>,
    /// Whether an object has just begun, whose first place is that of its contract.
    begins: bool,
}

impl Locations {
    /// Names of the files.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// The bytes of a range.
    pub fn range(&self, id: RangeId) -> Option<SourceRange> {
        self.ranges.get(id.0 as usize).copied()
    }

    /// What holds at an offset of the text. Offset zero, where no code can be, means code that is not from this text.
    pub fn at(&self, offset: u32) -> Option<RangeId> {
        self.last_mark(offset).and_then(|at| self.marks[at].1)
    }

    /// The last place that is known at an offset, even if none holds there.
    pub fn before(&self, offset: u32) -> Option<SourceRange> {
        let last = self.last_mark(offset)?;
        let known = self.marks[..=last].iter().rev().find_map(|mark| mark.1);
        self.range(known?)
    }

    fn last_mark(&self, offset: u32) -> Option<usize> {
        if offset == 0 {
            return None;
        }
        self.marks
            .partition_point(|&(from, _)| from <= offset)
            .checked_sub(1)
    }

    /// Whether the place says less than that of a call which this code is part of: there is none, or it is that of the whole
    /// contract, which solc gives to code of its own making.
    pub(crate) fn is_vague(&self, offset: u32) -> bool {
        match self.at(offset) {
            Some(id) => self.contracts.contains(&id),
            None => offset == 0 || !self.marks.is_empty(),
        }
    }

    /// Reads a comment, without the signs around it, that ends at `end`.
    pub(super) fn read(&mut self, comment: &str, end: u32) {
        let mut rest = comment;
        loop {
            let (word, behind) = split_word(rest);
            rest = match word {
                "" => return,
                "@use-src" => return self.open(behind),
                "@src" => {
                    let (place, behind) = split_word(behind);
                    self.mark(end, parse_range(place));
                    skip_snippet(behind)
                }
                _ => behind,
            };
        }
    }

    fn mark(&mut self, offset: u32, range: Option<SourceRange>) {
        let file = range.and_then(|range| self.files.get(&range.source));
        let id = file.copied().zip(range).map(|(source, range)| {
            let fresh = RangeId(u32::try_from(self.ranges.len()).unwrap_or(u32::MAX));
            let range = SourceRange { source, ..range };
            *self.numbers.entry(range).or_insert_with(|| {
                self.ranges.push(range);
                fresh
            })
        });
        if let Some(id) = id
            && std::mem::take(&mut self.begins)
        {
            self.contracts.insert(id);
        }
        self.marks.push((offset, id));
    }

    /// Reads the files of an object, up to what is malformed.
    fn open(&mut self, list: &str) {
        self.files.clear();
        self.begins = true;
        let mut rest = list.trim_start();
        while let Some((number, path, behind)) = parse_file(rest) {
            let known = self.sources.iter().position(|source| *source == path);
            let index = known.unwrap_or_else(|| {
                self.sources.push(path);
                self.sources.len() - 1
            });
            self.files
                .insert(number, u32::try_from(index).unwrap_or(u32::MAX));
            rest = behind.trim_start();
            rest = rest.strip_prefix(',').unwrap_or("").trim_start();
        }
    }
}

/// The first word and what is behind it.
fn split_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at(end)
}

/// Parses `source:start:end`; -1 is no number here.
fn parse_range(text: &str) -> Option<SourceRange> {
    let mut numbers = text.split(':').map(|number| number.parse::<u32>().ok());
    let range = SourceRange {
        source: numbers.next()??,
        start: numbers.next()??,
        end: numbers.next()??,
    };
    (numbers.next().is_none() && range.start <= range.end).then_some(range)
}

/// Leaves out a quoted piece of the source, which may contain anything; without its end the rest is left out.
fn skip_snippet(text: &str) -> &str {
    match text.trim_start().strip_prefix('"') {
        Some(quoted) => parse_string(quoted).map_or("", |(_, behind)| behind),
        None => text,
    }
}

/// Parses `number:"path"`.
fn parse_file(text: &str) -> Option<(u32, String, &str)> {
    let (number, rest) = text.split_once(':')?;
    let (path, behind) = parse_string(rest.strip_prefix('"')?)?;
    Some((number.parse().ok()?, path, behind))
}

/// Reads a string behind its opening quote; returns it and what is behind the closing one.
fn parse_string(text: &str) -> Option<(String, &str)> {
    let (mut value, mut rest) = (String::new(), text.chars());
    loop {
        match rest.next()? {
            '"' => return Some((value, rest.as_str())),
            '\\' => value.push(escaped(&mut rest)?),
            other => value.push(other),
        }
    }
}

/// The character behind a backslash.
fn escaped(rest: &mut std::str::Chars<'_>) -> Option<char> {
    let digits = match rest.next()? {
        'n' => return Some('\n'),
        'r' => return Some('\r'),
        't' => return Some('\t'),
        'x' => 2,
        'u' => 4,
        other => return Some(other),
    };
    let text = rest.as_str().get(..digits)?;
    *rest = rest.as_str()[digits..].chars();
    char::from_u32(u32::from_str_radix(text, 16).ok()?)
}
