//! From addresses in a bytecode to functions and lines of the source.

mod map;
mod outline;
mod text;

pub(crate) use self::{
    map::{Range, SourceMap},
    text::{Sources, Text},
};

use serde::{Deserialize, Serialize};

/// A place in the source, in one of the functions that have not returned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Frame {
    /// Name of the contract or library in which the code stands.
    pub contract: Option<String>,
    /// Name of the function; absent for code outside of functions, such as the getters of state variables.
    pub function: Option<String>,
    /// File, as the compiler knows it.
    pub file: String,
    /// Line, counted from 1; absent if the file is not there.
    pub line: Option<usize>,
    /// Column in characters, counted from 1.
    pub column: Option<usize>,
}

impl std::fmt::Display for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.contract, &self.function) {
            (Some(contract), Some(function)) => write!(f, "{contract}.{function} ")?,
            (Some(name), None) | (None, Some(name)) => write!(f, "{name} ")?,
            (None, None) => {}
        }
        match self.line {
            Some(line) => write!(f, "({}:{line})", self.file),
            None => write!(f, "({})", self.file),
        }
    }
}
