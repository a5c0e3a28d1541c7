//! Entries of `errors`.

use foundry_compilers::artifacts;
use serde_json::{Value, json};
use zksso_codegen::yul::{Code, Diagnostic, Severity};

/// One entry.
#[derive(Clone, Debug)]
pub(super) struct Message(Value);

impl Message {
    /// Something that keeps the input from being compiled.
    pub(super) fn error(text: impl Into<String>) -> Self {
        Self::new("Error", text.into())
    }

    /// Something that has no effect, or not the expected one.
    pub(super) fn warning(text: impl Into<String>) -> Self {
        Self::new("Warning", text.into())
    }

    fn new(kind: &str, text: String) -> Self {
        Self(json!({
            "component": "general",
            "errorCode": null,
            "formattedMessage": format!("{kind}: {text}\n"),
            "message": text,
            "severity": kind.to_lowercase(),
            "type": kind,
        }))
    }

    /// Says to which source it belongs.
    pub(super) fn at(mut self, file: &str, start: u32, end: u32) -> Self {
        self.0["sourceLocation"] = json!({ "file": file, "start": start, "end": end });
        self
    }

    /// Says what it is about, by the number of the code: tools expect digits.
    fn coded(mut self, code: Code) -> Self {
        self.0["errorCode"] = json!(code.number().to_string());
        self
    }

    /// Replaces the text for people.
    pub(super) fn formatted(mut self, text: String) -> Self {
        self.0["formattedMessage"] = json!(text);
        self
    }
}

impl From<Diagnostic> for Message {
    fn from(found: Diagnostic) -> Self {
        let message = match found.severity {
            Severity::Error => Self::error(found.message.clone()),
            Severity::Warning => Self::warning(found.message.clone()),
        };
        message.formatted(format!("{found}\n")).coded(found.code)
    }
}

impl From<artifacts::Error> for Message {
    fn from(error: artifacts::Error) -> Self {
        Self(json!(error))
    }
}

/// All entries, in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Messages(Vec<Value>);

impl Messages {
    pub(super) fn push(&mut self, message: Message) {
        self.0.push(message.0);
    }

    /// Adds entries of solc.
    pub(super) fn extend(&mut self, entries: Vec<Value>) {
        self.0.extend(entries);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has_errors(&self) -> bool {
        self.0.iter().any(|message| message["severity"] == "error")
    }

    pub(super) fn into_json(self) -> Value {
        Value::Array(self.0)
    }
}
