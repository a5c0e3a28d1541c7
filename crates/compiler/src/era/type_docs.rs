//! Which source files can hold NatSpec of structs and enums, so that solc need not print the syntax trees of others.

/// Returns whether a comment of any form stands before a `struct` or `enum`.
pub(super) fn may_document_types(source: &str) -> bool {
    let mut after_comment = false;
    for token in Tokens(source) {
        let is_comment = token.starts_with("//") || token.starts_with("/*");
        if after_comment && matches!(token, "struct" | "enum") {
            return true;
        }
        after_comment = is_comment || (after_comment && token.trim().is_empty());
    }
    false
}

/// Cuts Solidity into comments, strings, words, and single other characters. What is malformed is cut somehow: solc
/// refuses it.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.0;
        let first = text.chars().next()?;
        let length = match first {
            '/' if text.starts_with("//") => text.find(['\n', '\r']).unwrap_or(text.len()),
            '/' if text.starts_with("/*") => text[2..].find("*/").map_or(text.len(), |end| end + 4),
            '"' | '\'' => string_length(text, first),
            _ if is_word(first) => text.find(|c| !is_word(c)).unwrap_or(text.len()),
            _ => first.len_utf8(),
        };
        let (token, rest) = text.split_at(length);
        self.0 = rest;
        Some(token)
    }
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$')
}

/// Returns the length of the string that `text` begins with, quotes included. It ends at the end of its line at the latest.
fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            '\n' | '\r' => return index,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return index + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_before_structs_and_enums_are_seen() {
        for source in [
            "/// Doc.\nstruct S { uint256 a; }",
            "contract C { /** Doc. */\n\n\tenum E { A } }",
            "/// Doc.\r\nstruct S { uint256 a; }",
            "/// Doc. // */ \"\n/* other */ struct S { uint256 a; }",
            "string constant A = \"/*\\\"\"; /// Doc.\nstruct S {}",
            "string constant A = '//'; /*'*/ enum E { A }",
            "/// Doc.\n/* open */struct S {}",
        ] {
            assert!(may_document_types(source), "{source}");
        }
    }

    #[test]
    fn other_files_are_not_taken_for_documented() {
        for source in [
            "",
            "struct S { uint256 a; }",
            "/// struct S\ncontract C { struct S { uint256 a; } }",
            "string constant A = \"/// a\"; struct S {}",
            "/// Doc.\nstructure S;",
            "/* never closed struct",
            "\"never closed",
        ] {
            assert!(!may_document_types(source), "{source}");
        }
    }
}
