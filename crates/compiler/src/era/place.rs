//! Findings of the code generator as solc would put them: with the place in the Solidity source and its line.

use std::path::Path;

use foundry_compilers::artifacts::{Error, Severity, error::SourceLocation, sources::Sources};
use zksso_codegen::yul::{self, Diagnostic, Diagnostics, Location, SourceFile};

/// Turns findings about a contract, `path:Name`, into errors. What has no place in Solidity keeps that in the Yul.
pub(super) fn errors(name: &str, found: &Diagnostics, sources: &Sources) -> Vec<Error> {
    let found = found.iter().cloned();
    let errors = found.map(|diagnostic| match diagnostic.source.clone() {
        Some(source) => in_solidity(name, diagnostic, &source, sources),
        None => error(diagnostic.in_contract(name), None),
    });
    errors.collect()
}

fn in_solidity(
    name: &str,
    diagnostic: Diagnostic,
    source: &SourceFile,
    sources: &Sources,
) -> Error {
    let SourceFile { file, span } = source;
    let mut diagnostic = diagnostic
        .in_contract(file)
        .with_note(format!("in contract {name}"));
    diagnostic.location = sources
        .get(Path::new(file))
        .map(|text| Location::find(text.as_ref(), *span));
    let signed = |position: u32| i32::try_from(position).unwrap_or(i32::MAX);
    let location = SourceLocation {
        file: file.to_owned(),
        start: signed(span.start),
        end: signed(span.end),
    };
    error(diagnostic, Some(location))
}

fn error(diagnostic: Diagnostic, source_location: Option<SourceLocation>) -> Error {
    let severity = match diagnostic.severity {
        yul::Severity::Warning => Severity::Warning,
        yul::Severity::Error => Severity::Error,
    };
    Error {
        source_location,
        secondary_source_locations: Vec::new(),
        r#type: "CodegenError".to_owned(),
        component: "eravm".to_owned(),
        severity,
        error_code: Some(diagnostic.code.number().into()),
        message: diagnostic.message.clone(),
        formatted_message: Some(format!("{diagnostic}\n")),
    }
}
