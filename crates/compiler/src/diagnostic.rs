//! Errors and warnings with a place in the Solidity source.

use std::fmt;

use foundry_compilers::artifacts;

/// One finding of solc or of the code generator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Source file relative to the project's root, if the finding has a place.
    pub file: Option<String>,
    /// What was found, in one line.
    pub message: String,
    /// Full text: kind, message, `--> file:line:column` and the source line.
    pub formatted: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.formatted.trim_end())
    }
}

impl From<&artifacts::Error> for Diagnostic {
    fn from(error: &artifacts::Error) -> Self {
        Self {
            file: error
                .source_location
                .as_ref()
                .map(|location| location.file.clone()),
            message: error.message.trim().to_owned(),
            formatted: error
                .formatted_message
                .clone()
                .unwrap_or_else(|| error.message.clone()),
        }
    }
}
