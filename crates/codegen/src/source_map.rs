//! From the instructions of a bytecode to the Solidity source.
//!
//! # Text form
//!
//! As solc's source maps: one entry for each instruction, separated by `;`, of the fields `s:l:f:j`.
//!
//! | Field | Meaning |
//! |---|---|
//! | `s` | first byte in the source file |
//! | `l` | number of bytes |
//! | `f` | index into the list of files, or -1 if the instruction has no place; `s` and `l` then mean nothing |
//! | `j` | `i` for a jump into a function, `o` for one back to the caller, else `-` |
//!
//! An empty field is as in the entry before, and colons behind the last field that is not empty are left out.
//!
//! # What has no place
//!
//! The stub that every contract begins with; functions that are not in the source, because solc or the code generator made
//! them, where they are called (where they are inlined, they have the place of the call); code that stands for several places
//! of the source, because they do the same before they leave the contract. Whoever follows a run through such code finds
//! the place at the last instruction before it that has one ([`SourceMap::last_range`]). The padding behind the last
//! instruction has no entry.
//!
//! What runs before and after the functions of the source, such as the search for the function that is called, has the place
//! of the whole contract.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use crate::yul::{Location, Locations, RangeId, Span};
use thiserror::Error;
use zksso_eravm::{Instruction, Op, Src};

/// The places of all instructions of a bytecode. [`Display`] writes the text form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceMap {
    sources: Vec<String>,
    entries: Vec<MapEntry>,
}

/// The place of one instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MapEntry {
    /// The source it comes from, if it is known.
    pub range: Option<MapRange>,
    /// Whether it enters or leaves a function.
    pub jump: JumpKind,
}

/// Bytes of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapRange {
    /// The file, as an index into [`SourceMap::sources`].
    pub source: usize,
    /// First byte.
    pub start: u32,
    /// Number of bytes.
    pub length: u32,
}

/// What a jump does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JumpKind {
    /// It enters a function (`i`).
    Into,
    /// It goes back to the caller (`o`).
    Out,
    /// Neither, or no jump at all (`-`).
    #[default]
    Regular,
}

/// A place for people, as in `path:line:column`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePosition {
    /// The file, by the name that the compiler knows it by.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
}

impl Display for SourcePosition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A text that is no source map.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("entry {entry} of the source map, `{text}`, is malformed")]
pub struct SourceMapError {
    /// Number of the entry, from 0.
    pub entry: usize,
    /// The entry.
    pub text: String,
}

impl SourceMap {
    /// The map of instructions with their places. Files without instructions are not listed; the others are in order of
    /// their names, so that a map does not depend on what else was compiled.
    pub(crate) fn new(
        instructions: &[(Instruction, Option<RangeId>)],
        locations: &Locations,
    ) -> Self {
        let range = |id: &Option<RangeId>| locations.range((*id)?);
        let name = |source: u32| locations.sources().get(source as usize);
        let used: BTreeSet<&String> = instructions
            .iter()
            .filter_map(|(_, id)| name(range(id)?.source))
            .collect();
        let sources: Vec<String> = used.into_iter().cloned().collect();
        let entry = |(instruction, id): &(Instruction, Option<RangeId>)| MapEntry {
            range: range(id).and_then(|range| {
                Some(MapRange {
                    source: sources.binary_search(name(range.source)?).ok()?,
                    start: range.start,
                    length: range.end - range.start,
                })
            }),
            jump: jump_kind(instruction),
        };
        Self {
            entries: instructions.iter().map(entry).collect(),
            sources,
        }
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// The first entry that is malformed or names a file that is not in `sources`.
    pub fn parse(text: &str, sources: Vec<String>) -> Result<Self, SourceMapError> {
        let mut last = Fields::default();
        let texts = text.split(';').filter(|_| !text.is_empty());
        let entries = texts.enumerate().map(|(entry, text)| {
            let read = last.advance(text).and_then(|()| last.entry(sources.len()));
            read.ok_or_else(|| SourceMapError {
                entry,
                text: text.to_owned(),
            })
        });
        let entries = entries.collect::<Result<_, _>>()?;
        Ok(Self { sources, entries })
    }

    /// The files, by the names that the compiler knows them by.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// All entries in the order of the instructions.
    pub fn entries(&self) -> &[MapEntry] {
        &self.entries
    }

    /// Whether no instruction has a place.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// File, first byte and number of bytes that an instruction comes from.
    pub fn range(&self, instruction: usize) -> Option<(&str, u32, u32)> {
        let range = self.entries.get(instruction)?.range?;
        let source = self.sources.get(range.source)?;
        Some((source, range.start, range.length))
    }

    /// The range of the last of these instructions that has one: of a run, it is where the run has got to.
    pub fn last_range<I>(&self, run: I) -> Option<(&str, u32, u32)>
    where
        I: IntoIterator<Item = usize, IntoIter: DoubleEndedIterator>,
    {
        let mut run = run.into_iter().rev();
        run.find_map(|instruction| self.range(instruction))
    }

    /// The line that an instruction comes from. `text` gives the content of a file, if it is there.
    pub fn position<'t>(
        &self,
        instruction: usize,
        text: impl FnOnce(&str) -> Option<&'t str>,
    ) -> Option<SourcePosition> {
        let (file, start, length) = self.range(instruction)?;
        let end = start.saturating_add(length);
        let found = Location::find(text(file)?, Span { start, end });
        Some(SourcePosition {
            file: file.to_owned(),
            line: found.line,
            column: found.column,
        })
    }
}

fn jump_kind(instruction: &Instruction) -> JumpKind {
    match instruction.op {
        Op::Jump { link, .. } if !link.is_zero() => JumpKind::Into,
        Op::Jump { target, .. } if !matches!(target, Src::Imm(_)) => JumpKind::Out,
        _ => JumpKind::Regular,
    }
}

impl Display for SourceMap {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut last = None;
        for entry in &self.entries {
            if last.is_some() {
                f.write_str(";")?;
            }
            let fields = Fields::of(entry, last.unwrap_or_default());
            f.write_str(&fields.behind(last))?;
            last = Some(fields);
        }
        Ok(())
    }
}

/// The fields of an entry as they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fields {
    start: u32,
    length: u32,
    source: Option<usize>,
    jump: char,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            start: 0,
            length: 0,
            source: None,
            jump: '-',
        }
    }
}

impl Fields {
    /// The fields of an entry behind another one, from which it takes what means nothing.
    fn of(entry: &MapEntry, last: Self) -> Self {
        let (start, length) = entry.range.map_or((last.start, last.length), |range| {
            (range.start, range.length)
        });
        Self {
            start,
            length,
            source: entry.range.map(|range| range.source),
            jump: match entry.jump {
                JumpKind::Into => 'i',
                JumpKind::Out => 'o',
                JumpKind::Regular => '-',
            },
        }
    }

    /// The text behind another entry.
    fn behind(&self, last: Option<Self>) -> String {
        let (own, last) = (self.texts(), last.map(|last| last.texts()));
        let mut fields: Vec<&str> = own.iter().map(String::as_str).collect();
        if let Some(last) = &last {
            for (field, last) in fields.iter_mut().zip(last) {
                if *field == last {
                    *field = "";
                }
            }
        }
        fields.join(":").trim_end_matches(':').to_owned()
    }

    fn texts(&self) -> [String; 4] {
        let source = self.source.map(|source| source.to_string());
        [
            self.start.to_string(),
            self.length.to_string(),
            source.unwrap_or_else(|| "-1".to_owned()),
            self.jump.to_string(),
        ]
    }

    /// Takes over the fields of the next entry that are not empty.
    fn advance(&mut self, text: &str) -> Option<()> {
        let mut fields = text.split(':');
        let mut next = || fields.next().filter(|field| !field.is_empty());
        if let Some(start) = next() {
            self.start = start.parse().ok()?;
        }
        if let Some(length) = next() {
            self.length = length.parse().ok()?;
        }
        match next() {
            Some("-1") => self.source = None,
            Some(source) => self.source = Some(source.parse().ok()?),
            None => {}
        }
        if let Some(jump) = next() {
            self.jump = jump.parse().ok()?;
        }
        fields.next().is_none().then_some(())
    }

    fn entry(&self, sources: usize) -> Option<MapEntry> {
        let range = match self.source {
            Some(source) if source >= sources => return None,
            Some(source) => Some(MapRange {
                source,
                start: self.start,
                length: self.length,
            }),
            None => None,
        };
        let jump = match self.jump {
            'i' => JumpKind::Into,
            'o' => JumpKind::Out,
            '-' => JumpKind::Regular,
            _ => return None,
        };
        Some(MapEntry { range, jump })
    }
}
