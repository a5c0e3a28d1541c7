//! Decoded values as text.

use serde_json::Value;

use super::Kind;

/// Longest bytes, as hexadecimal digits, that are shown in full.
const MAX_DIGITS: usize = 2 + 2 * 68;

/// Most elements of a list, and signs of a string, that are shown.
const MAX_ELEMENTS: usize = 32;
const MAX_SIGNS: usize = 400;

/// A value as text: strings in quotes, long bytes and lists shortened, control characters escaped.
pub(crate) fn show(kind: &Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::String, Value::String(text)) => quoted(text),
        (Kind::List(inner) | Kind::Array(inner, _), Value::Array(values)) => {
            list(values.iter().map(|value| show(inner, value)), values.len())
        }
        (Kind::Struct(fields), Value::Object(values)) => {
            let parts = fields.iter().zip(values);
            let parts =
                parts.map(|((_, kind), (name, value))| format!("{name}: {}", show(kind, value)));
            format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
        }
        (Kind::Struct(fields), Value::Array(values)) => {
            let parts = fields.iter().zip(values);
            let parts = parts.map(|((_, kind), value)| show(kind, value));
            format!("({})", parts.collect::<Vec<_>>().join(", "))
        }
        (_, Value::String(text)) => shortened(text),
        (_, other) => other.to_string(),
    }
}

fn list(values: impl Iterator<Item = String>, length: usize) -> String {
    let mut shown: Vec<String> = values.take(MAX_ELEMENTS).collect();
    if length > shown.len() {
        shown.push(format!("… {length} in all"));
    }
    format!("[{}]", shown.join(", "))
}

fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_SIGNS) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

fn shortened(text: &str) -> String {
    if text.len() <= MAX_DIGITS || !text.is_ascii() {
        return text.to_owned();
    }
    let bytes = (text.len() - 2) / 2;
    format!(
        "{}…{} ({bytes} bytes)",
        &text[..42],
        &text[text.len() - 8..]
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(ty: &str, value: Value) -> String {
        show(&Kind::parse(ty).unwrap(), &value)
    }

    #[test]
    fn values_are_short_and_unambiguous() {
        assert_eq!(shown("string", json!("a\u{1b}[2J\"")), r#""a\u{1b}[2J\"""#);
        assert_eq!(
            shown("(uint256,string)", json!({ "a": "1", "b": "x" })),
            r#"{a: 1, b: "x"}"#
        );
        assert_eq!(
            shown("uint8[]", json!(vec!["1"; 40])).matches('1').count(),
            32
        );
        let long = format!("0x{}", "ab".repeat(100));
        assert!(shown("bytes", json!(long)).ends_with("abababab (100 bytes)"));
    }
}
