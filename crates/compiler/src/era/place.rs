//! Where in the Solidity source a finding of the code generator lies.
//!
//! Yul is requested without debugging comments, which makes it a third of the size. Only when the code generator refuses
//! a contract is solc asked again, for that contract with comments. They precede what they are about:
//!
//! ```text
//! /// @use-src 0:"contracts/A.sol", 3:"contracts/B.sol"
//! /// @src 3:120:140
//! ```

use foundry_compilers::artifacts::{Error, Severity, error::SourceLocation, sources::Sources};
use zksso_codegen::yul::{Diagnostic, Location, Span};

use super::settings::EraOptions;
use crate::backend::translate;

/// Translates annotated Yul once more, to turn what the code generator says into errors with Solidity places.
pub(super) fn locate(name: &str, yul: &str, options: &EraOptions, sources: &Sources) -> Vec<Error> {
    let diagnostics = match translate(name, yul, options) {
        Ok(_) => return Vec::new(),
        Err(diagnostics) => diagnostics,
    };
    diagnostics
        .into_iter()
        .map(|diagnostic| to_error(name, yul, diagnostic, sources))
        .collect()
}

fn to_error(name: &str, yul: &str, diagnostic: Diagnostic, sources: &Sources) -> Error {
    match diagnostic.span.and_then(|span| source_range(yul, span)) {
        Some(range) => in_solidity(name, diagnostic, range, sources),
        None => without_place(name, diagnostic),
    }
}

/// Makes an error of a diagnostic that has no place in Solidity.
pub(super) fn without_place(name: &str, diagnostic: Diagnostic) -> Error {
    error(diagnostic.in_contract(name), None)
}

fn in_solidity(
    name: &str,
    diagnostic: Diagnostic,
    range: SourceRange<'_>,
    sources: &Sources,
) -> Error {
    let SourceRange { file, start, end } = range;
    let mut diagnostic = diagnostic
        .in_contract(file)
        .with_note(format!("in contract {name}"));
    diagnostic.location = sources
        .get(std::path::Path::new(file))
        .map(|source| Location::find(source.as_ref(), Span { start, end }));
    let signed = |position: u32| i32::try_from(position).unwrap_or(i32::MAX);
    let location = SourceLocation {
        file: file.to_owned(),
        start: signed(start),
        end: signed(end),
    };
    error(diagnostic, Some(location))
}

fn error(diagnostic: Diagnostic, source_location: Option<SourceLocation>) -> Error {
    let severity = match diagnostic.severity {
        zksso_codegen::yul::Severity::Warning => Severity::Warning,
        zksso_codegen::yul::Severity::Error => Severity::Error,
    };
    Error {
        source_location,
        secondary_source_locations: Vec::new(),
        r#type: "CodegenError".to_owned(),
        component: "eravm".to_owned(),
        severity,
        error_code: None,
        message: diagnostic.message.clone(),
        formatted_message: Some(format!("{diagnostic}\n")),
    }
}

/// Bytes of a Solidity file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SourceRange<'a> {
    file: &'a str,
    start: u32,
    end: u32,
}

/// Finds the last `@src` comment before a span, and the file that it names.
fn source_range(yul: &str, span: Span) -> Option<SourceRange<'_>> {
    let before = yul.get(..usize::try_from(span.start).ok()?)?;
    let comments = before
        .rmatch_indices("@src ")
        .map(|(at, comment)| &before[at + comment.len()..]);
    let (index, start, end) = comments.filter_map(parse_range).next()?;
    Some(SourceRange {
        file: file_name(before, index)?,
        start,
        end,
    })
}

/// Parses `index:start:end`; unknown places are written with negative numbers and skipped.
fn parse_range(text: &str) -> Option<(u32, u32, u32)> {
    let mut numbers = text
        .split_whitespace()
        .next()?
        .splitn(3, ':')
        .map(str::parse);
    Some((
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
    ))
}

/// Looks a file up in the nearest `@use-src` list.
fn file_name(before: &str, index: u32) -> Option<&str> {
    let list = before[before.rfind("@use-src ")?..]
        .lines()
        .next()?
        .strip_prefix("@use-src ")?;
    let entry = format!("{index}:\"");
    list.split(", ")
        .find_map(|item| item.strip_prefix(&entry)?.strip_suffix('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_known_place_is_taken() {
        let yul = "/// @use-src 0:\"a.sol\", 12:\"b/c.sol\"\nobject \"A_1\" {\n/// @src 12:5:9\nx()\n/// @src -1:-1:-1\ny()";
        let start = u32::try_from(yul.find("y()").unwrap()).unwrap();
        let range = source_range(
            yul,
            Span {
                start,
                end: start + 3,
            },
        );
        assert_eq!(
            range,
            Some(SourceRange {
                file: "b/c.sol",
                start: 5,
                end: 9
            })
        );
    }

    #[test]
    fn yul_without_comments_has_no_place() {
        assert_eq!(
            source_range("object \"A\" { code { y() } }", Span { start: 20, end: 23 }),
            None
        );
    }
}
