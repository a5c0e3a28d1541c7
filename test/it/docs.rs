//! Code in the documentation is taken from files that compile.
//!
//! A code block whose first line names a file, as in ```` ```solidity contracts/examples/AllowListValidator.sol ````, has to be a run
//! of lines of that file.

use std::fs;
use std::path::{Path, PathBuf};

/// Documents whose code is compared.
const DOCUMENTS: &[&str] = &["docs/modules.md", "docs/paymaster.md"];

/// Documents without code of contracts.
const OTHERS: &[&str] = &[
    "README.md",
    "docs/compiler.md",
    "docs/costs.md",
    "docs/deployment.md",
    "docs/sdk.md",
    "docs/traces.md",
];

/// A code block of a document.
struct Block<'a> {
    /// File that the block says it is taken from, and where it begins in the document.
    source: Option<&'a str>,
    line: usize,
    code: Vec<&'a str>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

/// Solidity code blocks of a document.
fn blocks(document: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut lines = document.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```solidity") else {
            continue;
        };
        let code = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| !line.starts_with("```"))
            .collect();
        found.push(Block {
            source: Some(info.trim()).filter(|source| !source.is_empty()),
            line: index + 1,
            code,
        });
    }
    found
}

#[test]
fn code_in_documents_is_taken_from_the_sources() {
    for document in DOCUMENTS {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let blocks = blocks(&text);
        assert!(!blocks.is_empty(), "{document} has no code");
        for block in blocks {
            let place = format!("{document}:{}", block.line);
            let source = block
                .source
                .unwrap_or_else(|| panic!("{place} names no file"));
            let code = fs::read_to_string(root().join(source)).unwrap();
            let lines: Vec<&str> = code.lines().collect();
            assert!(
                lines
                    .windows(block.code.len())
                    .any(|window| window == block.code.as_slice()),
                "{place} is not in {source}"
            );
        }
    }
}

#[test]
fn documents_link_to_files_that_exist() {
    for document in DOCUMENTS.iter().chain(OTHERS) {
        let path = root().join(document);
        let text = fs::read_to_string(&path).unwrap();
        for rest in text.split("](").skip(1) {
            let target = rest.split(')').next().unwrap();
            let target = target.split('#').next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let file = path.parent().unwrap().join(target);
            assert!(file.exists(), "{document} links to {target}");
        }
    }
}
