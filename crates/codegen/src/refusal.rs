//! Why a finished program has no bytecode, as a finding.

use crate::machine::{AssembleError, Chain};
use crate::yul::{Code, Diagnostic, Span};
use std::cmp::Reverse;

/// Functions of a chain of calls that are shown.
const SHOWN: usize = 12;

/// The finding that a program, whose Yul is `source`, does not fit the machine.
pub(crate) fn refusal(error: &AssembleError, source: &str) -> Diagnostic {
    use zksso_eravm::Error::{TooManyInstructions, TooManyWords};
    let code = match error {
        AssembleError::StackTooDeep(chain) => return too_deep(error, chain, source),
        AssembleError::TooManyInstructions(_) | AssembleError::Encoding(TooManyInstructions(_)) => {
            Code::Instructions
        }
        AssembleError::Encoding(TooManyWords(_)) => Code::Words,
        AssembleError::Allocation(_) | AssembleError::Encoding(_) => {
            return internal(error.to_string());
        }
    };
    Diagnostic::error(code, error.to_string())
        .with_note("both halves of a contract, constructor and run time, share one bytecode")
        .with_help(
            "move part of the contract into another one, or into a library with external functions",
        )
}

/// A defect of this crate.
pub(crate) fn internal(message: String) -> Diagnostic {
    Diagnostic::error(
        Code::Internal,
        format!("internal compiler error: {message}"),
    )
    .with_help("no code was made of the contract; report this with its source")
}

/// Names the functions of the chain, and points at that with the largest frame.
fn too_deep(error: &AssembleError, chain: &Chain, source: &str) -> Diagnostic {
    let found = Diagnostic::error(Code::Stack, error.to_string())
        .with_note(format!(
            "the deepest calls, each with its words: {}",
            listed(chain, source)
        ))
        .with_note(
            "every call in progress keeps its variables on the stack, unless the functions call each other in a circle",
        )
        .with_help(
            "keep fewer values across calls, put them into memory, or let calls nest less deep",
        );
    let named = chain.links.iter().filter(|link| link.definition > 0);
    match named.max_by_key(|link| link.words) {
        Some(widest) => found.at(name_at(source, widest.definition)),
        None => found,
    }
}

/// Lists the functions with the largest frames in the order of the calls.
fn listed(chain: &Chain, source: &str) -> String {
    let mut widest: Vec<_> = chain.links.iter().enumerate().collect();
    widest.sort_by_key(|(_, link)| Reverse(link.words));
    widest.truncate(SHOWN);
    widest.sort_by_key(|&(at, _)| at);
    let shown = widest.into_iter().map(|(_, link)| {
        let Span { start, end } = name_at(source, link.definition);
        let name = match link.definition {
            0 => "code outside of functions",
            _ => source.get(start as usize..end as usize).unwrap_or_default(),
        };
        format!("{name} ({})", link.words)
    });
    let list = shown.collect::<Vec<_>>().join(", ");
    match chain.links.len().saturating_sub(SHOWN) {
        0 => list,
        more => format!("{list}, and {more} more"),
    }
}

/// The place of the name that begins at an offset of the Yul.
fn name_at(source: &str, offset: u32) -> Span {
    let rest = source.get(offset as usize..).unwrap_or_default();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.');
    let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    let end = offset.saturating_add(u32::try_from(length).unwrap_or(u32::MAX));
    Span { start: offset, end }
}
