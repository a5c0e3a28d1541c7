//! Storage layouts that depend on the contract alone.

use std::collections::BTreeMap;

use serde_json::Value;

/// Removes `astId`s, and renumbers the ids in names of types such as `t_struct(Spec)123_storage` by first appearance.
///
/// solc numbers syntax nodes across all sources, so the same contract would otherwise have another layout as soon as any
/// file changes.
pub(super) fn stable_layout(layout: Value) -> Value {
    stable(layout, &mut BTreeMap::new())
}

fn stable(value: Value, ids: &mut BTreeMap<String, usize>) -> Value {
    match value {
        Value::String(text) => Value::String(renumber(&text, ids)),
        Value::Array(items) => items.into_iter().map(|item| stable(item, ids)).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(key, _)| key != "astId");
            Value::Object(
                fields
                    .map(|(key, value)| (renumber(&key, ids), stable(value, ids)))
                    .collect(),
            )
        }
        other => other,
    }
}

/// Replaces each run of digits that follows a closing parenthesis.
fn renumber(text: &str, ids: &mut BTreeMap<String, usize>) -> String {
    let mut parts = text.split(')');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        out.push(')');
        if digits > 0 {
            let next = ids.len();
            out.push_str(
                &ids.entry(part[..digits].to_owned())
                    .or_insert(next)
                    .to_string(),
            );
        }
        out.push_str(&part[digits..]);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn layouts_do_not_depend_on_ast_ids() {
        let layout = |id: u32| {
            json!({
                "storage": [{ "astId": id, "type": format!("t_mapping(t_address,t_struct(Spec){id}_storage)") }],
                "types": { format!("t_struct(Spec){id}_storage"): { "label": "struct Spec" }, "t_array(t_uint8)7_storage": {} },
            })
        };
        assert_eq!(stable_layout(layout(4)), stable_layout(layout(1234)));
        assert_eq!(
            stable_layout(layout(4))["storage"][0]["type"],
            "t_mapping(t_address,t_struct(Spec)0_storage)"
        );
    }
}
