//! Addresses of libraries in code that was compiled without them.
//!
//! Where an address is missing the hexadecimal code holds solc's placeholder, `__$` and `$__` around the beginning of
//! the hash of `path:Name`. No tool can take such text for code that is ready to be deployed.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, hex};
use zksso_eravm::bytecode_hash;

use crate::{backend::Compiled, placeholder::placeholder};

/// What became of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkOutcome {
    /// All missing addresses were filled in: the code in hexadecimal and its versioned hash.
    Linked(String, B256),
    /// Nothing was missing: the same.
    Complete(String, B256),
    /// These placeholders are left.
    Unlinked(Vec<String>),
}

/// Fills the addresses of libraries, by `path:Name`, into hexadecimal code.
///
/// # Errors
///
/// Says why the text is no bytecode.
pub fn link(code: &str, libraries: &BTreeMap<String, Address>) -> Result<LinkOutcome, String> {
    let text = code.trim();
    let text = text.strip_prefix("0x").unwrap_or(text);
    let mut linked = text.to_owned();
    for (name, address) in libraries {
        linked = linked.replace(&placeholder(name), &hex::encode(address));
    }
    let left = placeholders(&linked);
    if !left.is_empty() {
        return Ok(LinkOutcome::Unlinked(left));
    }
    let bytes = hex::decode(&linked).map_err(|error| format!("it is not hexadecimal: {error}"))?;
    let hash = bytecode_hash(&bytes).map_err(|error| error.to_string())?;
    Ok(if linked == text {
        LinkOutcome::Complete(linked, hash)
    } else {
        LinkOutcome::Linked(linked, hash)
    })
}

/// Code in hexadecimal, with placeholders for missing addresses.
pub(super) fn unlinked_hex(code: &Compiled) -> String {
    let mut text = hex::encode(&code.bytecode);
    for link in &code.links {
        // The address takes the last twenty bytes of the word.
        let (start, end) = ((link.offset + 12) * 2, (link.offset + 32) * 2);
        if text.is_char_boundary(start) && end <= text.len() {
            text.replace_range(start..end, &placeholder(&link.library));
        }
    }
    text
}

/// The placeholders in a text, each once.
fn placeholders(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .match_indices("__$")
        .filter_map(|(at, _)| text.get(at..at + 40))
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_replaces_its_placeholder_only() {
        let (known, other) = ("a.sol:L", "b.sol:M");
        let word = |library: &str| format!("{}{}", "00".repeat(12), placeholder(library));
        let address = Address::repeat_byte(0x11);
        let libraries = BTreeMap::from([(known.to_owned(), address)]);
        let both = format!("{}{}{}", word(known), word(other), "00".repeat(32));
        assert_eq!(
            link(&both, &libraries),
            Ok(LinkOutcome::Unlinked(vec![placeholder(other)]))
        );
        let LinkOutcome::Linked(code, hash) = link(&word(known), &libraries).unwrap() else {
            panic!("nothing was missing");
        };
        assert_eq!(code, hex::encode(address.into_word()));
        assert_eq!(
            link(&code, &libraries),
            Ok(LinkOutcome::Complete(code, hash))
        );
    }

    #[test]
    fn text_that_is_no_code_is_refused() {
        for text in ["", "0x12", "zz", "__$short"] {
            assert!(
                !matches!(link(text, &BTreeMap::new()), Ok(LinkOutcome::Complete(..))),
                "{text}"
            );
        }
    }
}
