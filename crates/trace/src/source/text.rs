//! Source files.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{Frame, Range, outline::Outline};

/// A source file with what is where in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    content: String,
    /// First byte of each line.
    lines: Vec<usize>,
    pub(crate) outline: Outline,
}

impl Text {
    pub(crate) fn new(content: String) -> Self {
        let ends = content.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            lines: std::iter::once(0).chain(ends).collect(),
            outline: Outline::of(&content),
            content,
        }
    }

    /// Line of a byte, counted from 1; `None` behind the end.
    pub(crate) fn line(&self, at: usize) -> Option<usize> {
        (at <= self.content.len()).then(|| self.lines.partition_point(|start| *start <= at))
    }

    fn column(&self, at: usize) -> Option<usize> {
        let start = *self.lines.get(self.line(at)?.checked_sub(1)?)?;
        Some(self.content.get(start..at)?.chars().count() + 1)
    }

    /// A range with the names around it.
    pub(crate) fn frame(&self, file: &str, range: Range) -> Frame {
        let Range { start, end, .. } = range;
        let name =
            |found: Option<&super::outline::Definition>| found.map(|found| found.name.clone());
        Frame {
            contract: name(self.outline.contract(start, end)),
            function: name(self.outline.function(start, end)),
            file: file.to_owned(),
            line: self.line(start),
            column: self.column(start),
        }
    }
}

/// Folder of an artifact and name of a file in it.
type Name = (PathBuf, String);

/// Source files that were read, by their names; each name is searched once.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    texts: Mutex<HashMap<Name, Option<Arc<Text>>>>,
}

impl Sources {
    /// A source file of an artifact in `folder`: relative to it or to the nearest folder above that has the file.
    pub(crate) fn text(&self, folder: &Path, name: &str) -> Option<Arc<Text>> {
        // The map is consistent between calls, whatever panicked.
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let text = texts
            .entry((folder.to_owned(), name.to_owned()))
            .or_insert_with(|| {
                let mut found = folder
                    .ancestors()
                    .map(|above| fs::read_to_string(above.join(name)));
                found
                    .find_map(Result::ok)
                    .map(|content| Arc::new(Text::new(content)))
            });
        text.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_lines_and_columns() {
        let text = Text::new("contract A {\n  é function f() {} }\n".to_owned());
        let start = text.content.find("function").unwrap();
        let range = |start, end| Range {
            file: 0,
            start,
            end,
        };
        let frame = text.frame("A.sol", range(start, start + 15));
        assert_eq!(frame.to_string(), "A.f (A.sol:2)");
        assert_eq!(frame.column, Some(5));
        let beyond = text.frame("A.sol", range(10_000, 10_001));
        assert_eq!(beyond.to_string(), "(A.sol)");
        // Between the bytes of a letter.
        assert_eq!(text.frame("A.sol", range(16, 17)).column, None);
    }
}
