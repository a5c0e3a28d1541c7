use core::fmt::{self, Display, Formatter};

use super::{ast::Span, code::Code, locations::Locations};

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Compilation goes on.
    Warning,
    /// No bytecode is produced.
    Error,
}

impl Display for Severity {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Where a span lies in its source, with the line itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The part of the line around the span, without indentation.
    text: String,
    /// Characters of `text` before the span.
    caret: usize,
    /// Characters of the span within `text`, at least one.
    width: usize,
}

impl Location {
    /// Longest excerpt shown of a line, in characters.
    const EXCERPT: usize = 160;

    /// Finds `span` in `source`; positions outside are moved to the nearest character inside.
    pub fn find(source: &str, span: Span) -> Self {
        let start = floor_boundary(source, span.start);
        let line_start = source[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = source[start..]
            .find('\n')
            .map_or(source.len(), |newline| start + newline);
        let end = floor_boundary(source, span.end).clamp(start, line_end);
        let before = source[line_start..start].chars().count();
        let line: Vec<char> = source[line_start..line_end].chars().collect();
        let indentation = line
            .iter()
            .take_while(|c| c.is_whitespace())
            .count()
            .min(before);
        let first = indentation.max(before.saturating_sub(Self::EXCERPT / 2));
        let text: String = line.iter().skip(first).take(Self::EXCERPT).collect();
        let caret = before - first;
        let room = text.chars().count().saturating_sub(caret).max(1);
        Self {
            line: source[..line_start].matches('\n').count() + 1,
            column: before + 1,
            width: source[start..end].chars().count().clamp(1, room),
            text: text.trim_end().to_owned(),
            caret,
        }
    }
}

fn floor_boundary(source: &str, position: u32) -> usize {
    let mut position = (position as usize).min(source.len());
    while !source.is_char_boundary(position) {
        position -= 1;
    }
    position
}

/// Bytes of a Solidity file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The file's name.
    pub file: String,
    /// Its bytes.
    pub span: Span,
}

/// One finding about a source, printed in the manner of rustc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Severity.
    pub severity: Severity,
    /// What it is about.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// The contract (Yul object) it is in.
    pub contract: Option<String>,
    /// The place it is about.
    pub span: Option<Span>,
    /// The place in lines and columns; filled in by [`Diagnostics::locate`].
    pub location: Option<Location>,
    /// The place in the Solidity source, if the Yul tells it; filled in by [`Diagnostics::trace`].
    pub source: Option<SourceFile>,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error without place.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    /// A warning without place.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    const fn new(severity: Severity, code: Code, message: String) -> Self {
        Self {
            severity,
            code,
            message,
            contract: None,
            span: None,
            location: None,
            source: None,
            notes: Vec::new(),
            help: None,
        }
    }

    /// Says where.
    #[must_use]
    pub const fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Says in which contract.
    #[must_use]
    pub fn in_contract(mut self, name: impl Into<String>) -> Self {
        self.contract = Some(name.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl Display for Diagnostic {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.code, self.message)?;
        match (&self.contract, &self.location) {
            (Some(contract), Some(at)) => write!(f, "\n --> {contract}:{}:{}", at.line, at.column)?,
            (Some(contract), None) => write!(f, "\n --> {contract}")?,
            (None, Some(at)) => write!(f, "\n --> {}:{}", at.line, at.column)?,
            (None, None) => {}
        }
        if let Some(at) = &self.location {
            let (number, bar) = (at.line.to_string(), "|");
            let pad = " ".repeat(number.len());
            write!(f, "\n{pad} {bar}\n{number} {bar} {}", at.text)?;
            write!(
                f,
                "\n{pad} {bar} {}{}",
                " ".repeat(at.caret),
                "^".repeat(at.width)
            )?;
        }
        for note in &self.notes {
            write!(f, "\n  = note: {note}")?;
        }
        self.help
            .iter()
            .try_for_each(|help| write!(f, "\n  = help: {help}"))
    }
}

/// Findings in the order they were made. As an error value it holds at least one of [`Severity::Error`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No findings.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of findings.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether any is an error.
    pub fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The findings.
    pub fn iter(&self) -> core::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Fills in lines and columns of every span, so that printing shows the source line.
    #[must_use]
    pub fn locate(mut self, source: &str) -> Self {
        for diagnostic in &mut self.0 {
            diagnostic.location = diagnostic.span.map(|span| Location::find(source, span));
        }
        self
    }

    /// Fills in the places in the Solidity source, as far as the comments of the Yul tell them.
    #[must_use]
    pub(crate) fn trace(mut self, locations: &Locations) -> Self {
        for diagnostic in &mut self.0 {
            let range = diagnostic
                .span
                .and_then(|span| locations.before(span.start));
            diagnostic.source = range.and_then(|range| {
                let file = locations.sources().get(range.source as usize)?.clone();
                let (start, end) = (range.start, range.end);
                let span = Span { start, end };
                Some(SourceFile { file, span })
            });
        }
        self
    }

    /// Names the contract in every finding that does not name one.
    #[must_use]
    pub fn in_contract(mut self, name: &str) -> Self {
        for diagnostic in &mut self.0 {
            diagnostic.contract.get_or_insert_with(|| name.to_owned());
        }
        self
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: T) {
        self.0.extend(diagnostics);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = core::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl Display for Diagnostics {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl core::error::Error for Diagnostics {}
