//! Source maps of artifacts: an entry `s:l:f:j` for each instruction, separated by `;`, empty fields as in the entry before.

/// Bytes of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// The file, as an index into the map's list.
    pub(crate) file: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The places of all instructions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SourceMap(Vec<Option<Range>>);

impl SourceMap {
    /// Reads a map of `files` files; `None` if it is malformed.
    pub(crate) fn parse(text: &str, files: usize) -> Option<Self> {
        let mut last = Entry::default();
        let texts = text.split(';').filter(|_| !text.is_empty());
        let entries = texts.map(|text| {
            last.advance(text)?;
            last.range(files)
        });
        entries.collect::<Option<_>>().map(Self)
    }

    /// The places in the order of the instructions.
    pub(crate) fn ranges(&self) -> &[Option<Range>] {
        &self.0
    }

    pub(crate) fn range(&self, instruction: u16) -> Option<Range> {
        self.0.get(usize::from(instruction)).copied().flatten()
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    start: usize,
    length: usize,
    file: Option<usize>,
}

impl Entry {
    fn advance(&mut self, text: &str) -> Option<()> {
        let mut fields = text
            .split(':')
            .map(|field| Some(field).filter(|field| !field.is_empty()));
        if let Some(start) = fields.next().flatten() {
            self.start = start.parse().ok()?;
        }
        if let Some(length) = fields.next().flatten() {
            self.length = length.parse().ok()?;
        }
        match fields.next().flatten() {
            Some("-1") => self.file = None,
            Some(file) => self.file = Some(file.parse().ok()?),
            None => {}
        }
        matches!(fields.next().flatten(), None | Some("i" | "o" | "-")).then_some(())
    }

    /// The range; the outer `None` if it is impossible.
    fn range(&self, files: usize) -> Option<Option<Range>> {
        let Some(file) = self.file else {
            return Some(None);
        };
        let end = self.start.checked_add(self.length)?;
        (file < files).then_some(Some(Range {
            file,
            start: self.start,
            end,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_are_those_of_the_entry_before() {
        let map = SourceMap::parse("0:0:-1:-;3:4:1;;:6::i;::-1", 2).unwrap();
        let range = |start, end| {
            Some(Range {
                file: 1,
                start,
                end,
            })
        };
        assert_eq!(
            map.ranges(),
            [None, range(3, 7), range(3, 7), range(3, 9), None]
        );
        assert_eq!(map.range(9), None);
    }

    #[test]
    fn malformed_maps_are_none() {
        for text in [
            "x",
            "1:2:2",
            "1:2:0:q",
            "18446744073709551615:2:0",
            "1:-2:0",
        ] {
            assert_eq!(SourceMap::parse(text, 2), None, "{text}");
        }
        assert_eq!(SourceMap::parse("", 0), Some(SourceMap::default()));
    }
}
